"""The value of a tree at a point, in arithmetic of many digits.

Used to test whether two trees are equal, so it knows nothing of derivatives or rewriting. Values
are real: NaN stands where the tree has no real value, or none below the overflow of doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.shorthand import mpmath
from derivc.symbolic.walk import postorder

Rule = Callable[[Any, list[Any]], Any]
DIGITS = 40
_LARGEST = 10**300
_FAILURES = (ValueError, TypeError, ArithmeticError, NotImplementedError, AttributeError)


def evaluate(tree: Any, point: Mapping[str, Any], digits: int = DIGITS) -> Any:
    """The value of a tree, as an mpmath number.

    Args:
        tree: any tree over symbols, of any size.
        point: a number for each symbol, by name.
        digits: decimal digits of the arithmetic.

    Returns:
        A real number; NaN where there is none.

    Example:
        >>> x = sp.Symbol("x")
        >>> float(evaluate(sp.sqrt(x) + sp.Max(x, 1), {"x": 4}))
        6.0
    """
    mp = mpmath()
    with mp.workdps(digits):
        found: dict[int, Any] = {}
        for node in postorder(tree):
            found[id(node)] = _value(node, [found[id(arg)] for arg in node.args], point)
        return +found[id(tree)] if not isinstance(found[id(tree)], bool) else found[id(tree)]


def _value(node: Any, args: list[Any], point: Mapping[str, Any]) -> Any:
    if not args:
        return mpmath().mpf(point[node.name]) if node.is_Symbol else _constant(node)
    try:
        return _real(_RULES.get(type(node), _function)(node, args))
    except _FAILURES:
        return mpmath().nan


def _real(value: Any) -> Any:
    """The number when it is real and not too large, else NaN; no number: as it is."""
    mp = mpmath()
    if isinstance(value, bool | tuple):
        return value
    if mp.im(value) != 0 or not abs(value) <= _LARGEST:
        return mp.nan
    return mp.mpf(mp.re(value))


def _constant(node: Any) -> Any:
    if node in (sp.true, sp.false):
        return bool(node)
    if node.is_Rational:
        return mpmath().mpf(int(node.p)) / int(node.q)
    if node in (sp.oo, -sp.oo):
        return mpmath().inf if node is sp.oo else -mpmath().inf
    if node in (sp.nan, sp.zoo, sp.I):
        return mpmath().nan
    return mpmath().mpf(node._to_mpmath(mpmath().prec))


def _power(node: Any, args: list[Any]) -> Any:
    base, exponent = args
    mp = mpmath()
    if mp.isnan(base) or mp.isnan(exponent) or (base < 0 and not mp.isint(exponent)):
        return mp.nan
    return mp.power(base, exponent)


def _choice(node: Any, args: list[Any]) -> Any:
    return next((value for value, condition in args if condition), mpmath().nan)


def _function(node: Any, args: list[Any]) -> Any:
    if node.is_Relational or node.is_Boolean:
        raise NotImplementedError(node)
    if any(mpmath().isnan(a) for a in args if not isinstance(a, bool)):
        return mpmath().nan
    op = registry.of_symbol(type(node))
    return _by_sympy(node, args) if op is None else _op_value(op, args)


def _op_value(op: Op, args: list[Any]) -> Any:
    """By mpmath's function, else the meaning, else the stable form, else the op's own truth."""
    full = [*args, *(evaluate(sp.sympify(op.defaults[p]), {}) for p in op.params[len(args) :])]
    if isinstance(op.truth, str):
        return getattr(mpmath(), op.truth)(*full)
    form = _form(op)
    if form is None:
        assert op.truth is not None
        return op.truth(*full)
    point = {f"a{i}": value for i, value in enumerate(full)}
    return evaluate(form, point, mpmath().dps)


@lru_cache(maxsize=1_000)
def _form(op: Op) -> Any:
    """The op's meaning (or stable form) over symbols a0, a1, ..., or None."""
    places = [sp.Symbol(f"a{i}", real=True) for i in range(op.arity)]
    formula = op.meaning or op.stable
    own = formula is None or (callable(op.truth) and formula is op.stable and op.name in _SELF)
    return None if own or formula is None else sp.sympify(formula(*places))


_SELF = frozenset(["lambertw", "elliptic_pi", "polygamma", "factorial", "trigamma"])
"""Ops whose stable form is an approximation, or circular: their truth is asked instead."""


def _by_sympy(node: Any, args: list[Any]) -> Any:
    mp = mpmath()
    name = type(node).__name__
    if hasattr(mp, name):
        return getattr(mp, name)(*args)
    value = node.func(*(sp.Float(a, mp.dps) for a in args)).evalf(mp.dps)
    return mp.mpf(value._to_mpmath(mp.prec))


_COMPARE: dict[Any, Callable[[Any, Any], bool]] = {
    sp.StrictLessThan: lambda a, b: bool(a < b),
    sp.LessThan: lambda a, b: bool(a <= b),
    sp.StrictGreaterThan: lambda a, b: bool(a > b),
    sp.GreaterThan: lambda a, b: bool(a >= b),
    sp.Equality: lambda a, b: bool(a == b),
    sp.Unequality: lambda a, b: bool(a != b),
}


def _comparison(node: Any, args: list[Any]) -> bool:
    return _COMPARE[type(node)](*args)


_RULES: dict[Any, Rule] = {
    sp.Add: lambda node, args: mpmath().fsum(args),
    sp.Mul: lambda node, args: mpmath().fprod(args),
    sp.Pow: _power,
    sp.Max: lambda node, args: max(args) if not any(a != a for a in args) else mpmath().nan,
    sp.Min: lambda node, args: min(args) if not any(a != a for a in args) else mpmath().nan,
    sp.Piecewise: _choice,
    ExprCondPair: lambda node, args: tuple(args),
    sp.And: lambda node, args: all(args),
    sp.Or: lambda node, args: any(args),
    sp.Not: lambda node, args: not args[0],
    sp.ITE: lambda node, args: bool(args[1] if args[0] else args[2]),
    **dict.fromkeys(_COMPARE, _comparison),
}
