"""One node rebuilt over new parts: as SymPy evaluates it, or as written.

SymPy evaluates eagerly, and some of its evaluations run for minutes (large powers, factorials of
large numbers, a `Max` of many terms). Those are kept as written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.errors import UnsupportedError
from derivc.ops import registry
from derivc.ops.declaration import Op

Rule = Callable[[Any, list[Any]], Any]

_BITS = 4_096
_DIGITS = 40
_ARGUMENT = 64
_CHOICES = 6
_DENOMINATOR = 1_024
_FLOAT = 1_000_000
_PLAIN = frozenset(
    "add sub mul div neg square sqrt reciprocal rsqrt positive lerp addcmul addcdiv fma bounded"
    " maximum minimum".split()
)
_REFUSALS = (ValueError, TypeError, ArithmeticError, RecursionError, NotImplementedError)


def evaluated(node: Any, args: list[Any]) -> Any:
    """The node's function of these parts, as SymPy evaluates it.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> evaluated(sp.sin(x), [sp.pi])
        0
    """
    if not args:
        return number(node) if node.is_Float else node
    try:
        return _RULES.get(type(node), _function)(node, args)
    except _REFUSALS:
        return kept(node, args)


def kept(node: Any, args: list[Any]) -> Any:
    """The node's function of these parts, as written.

    Raises:
        UnsupportedError: the node is of a kind that cannot be built without evaluation.
    """
    if node.is_Piecewise:
        return sp.Basic.__new__(sp.Piecewise, *args)
    if isinstance(node, ExprCondPair):
        return pair(*args)
    try:
        return node.func(*args, evaluate=False)
    except TypeError:
        kind = type(node).__name__
        raise UnsupportedError(f"a SymPy {kind} is no real function: {str(node)[:80]}") from None


def pair(value: Any, condition: Any) -> Any:
    """One piece of a choice, as written: SymPy's own constructor searches the whole condition."""
    return sp.Tuple.__new__(ExprCondPair, value, sp.sympify(condition))


def written_choice(pairs: list[tuple[Any, Any]]) -> Any:
    """The Piecewise of (value, condition) pairs, as written."""
    return sp.Basic.__new__(sp.Piecewise, *(pair(*each) for each in pairs))


def number(value: Any) -> Any:
    """The float as a fraction, when it is a short one exactly: 2.0 is 2, 0.25 is 1/4.

    Example:
        >>> number(sp.Float(0.5)), number(sp.Float(3.0))
        (1/2, 3)
    """
    if not value.is_finite or abs(value) > _FLOAT:
        return value
    exact = sp.Rational(value)
    return exact if exact.q <= _DENOMINATOR else value


def power(base: Any, exponent: Any) -> Any:
    """The power; kept as written where its digits would be many or hard to find.

    Example:
        >>> power(sp.Integer(2), sp.Integer(10)), power(sp.Integer(2), sp.Integer(10) ** 9)
        (1024, 2**1000000000)
    """
    if base.is_Rational and exponent.is_Rational and not _is_cheap(base, exponent):
        return sp.Pow(base, exponent, evaluate=False)
    return sp.Pow(base, exponent)


def _is_cheap(base: Any, exponent: Any) -> bool:
    largest = max(abs(base.p), base.q)
    if exponent.q > 1 and largest > 10**_DIGITS:
        return False
    return largest <= 1 or math.log2(largest) * abs(float(exponent)) <= _BITS


def choice(pairs: list[tuple[Any, Any]]) -> Any:
    """The Piecewise of (value, condition) pairs, without the pieces that are never chosen.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> choice([(x, sp.false), (sp.Integer(1), x > 0), (sp.Integer(1), sp.true)])
        1
    """
    kept_pairs: list[tuple[Any, Any]] = []
    for value, condition in _unnested(pairs):
        if condition == False:  # noqa: E712  SymPy's false too
            continue
        if kept_pairs and kept_pairs[-1][0] == value and condition == True:  # noqa: E712
            kept_pairs.pop()
        kept_pairs.append((value, condition))
        if condition == True:  # noqa: E712
            break
    closed = len(kept_pairs) == 1 and kept_pairs[0][1] == True  # noqa: E712
    return kept_pairs[0][0] if closed else written_choice(kept_pairs)


def _unnested(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The pairs, a choice in the last place written as further pairs."""
    if pairs and pairs[-1][1] == True and pairs[-1][0].is_Piecewise:  # noqa: E712
        return [*pairs[:-1], *((p.expr, p.cond) for p in pairs[-1][0].args)]
    return pairs


def _power(node: Any, args: list[Any]) -> Any:
    return power(*args)


def _choice(node: Any, args: list[Any]) -> Any:
    return choice([(piece.expr, piece.cond) for piece in args])


def _extreme(node: Any, args: list[Any]) -> Any:
    """Max and Min compare each pair of terms; many terms are kept as written."""
    return node.func(*args) if len(args) <= _CHOICES else kept(node, args)


def _function(node: Any, args: list[Any]) -> Any:
    op = registry.of_symbol(type(node))
    if op is None:
        return node.func(*args)
    if op.name in _PLAIN and op.meaning is not None:
        return op.meaning(*args)
    return kept(node, args) if explodes(op, args) else node.func(*args)


def explodes(op: Op, args: Sequence[Any]) -> bool:
    """Whether SymPy would write out millions of digits: factorials and the like of large numbers.

    Example:
        >>> explodes(registry.get("gamma"), [sp.Integer(10**8)])
        True
    """
    return "special" in op.tags and any(a.is_Rational and abs(a) > _ARGUMENT for a in args)


def _as_is(node: Any, args: list[Any]) -> Any:
    return kept(node, args) if not all(a.is_Number for a in args) else node.func(*args)


_RULES: dict[Any, Rule] = {
    sp.Pow: _power,
    sp.Piecewise: _choice,
    ExprCondPair: lambda node, args: pair(*args),
    sp.Max: _extreme,
    sp.Min: _extreme,
    sp.Mod: _as_is,
    registry.get("maximum").symbol: lambda node, args: sp.Max(*args),
    registry.get("minimum").symbol: lambda node, args: sp.Min(*args),
}
