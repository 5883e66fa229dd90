"""Where a tree has a value, and where it has no derivative: as conditions on its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.errors import LimitError
from derivc.ops import registry
from derivc.symbolic.canonical import canonical, fits, flattened
from derivc.symbolic.conditions import both, settled, within
from derivc.symbolic.evaluated import evaluated
from derivc.symbolic.walk import postorder


def validity(tree: Any) -> Any:
    """The condition under which every part of the tree, as written, has a real value.

    Of a choice only the branch that is taken must be valid.

    Args:
        tree: an expression over real symbols.

    Returns:
        A SymPy condition; `true` where there is none.

    Raises:
        LimitError: the tree is too large for its conditions to be written out.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> validity(sp.log(x - 1) + 1 / (x - 2))
        (x > 1) & Ne(x, 2)
    """
    _check(tree)
    forms: dict[int, Any] = {}
    found: dict[int, Any] = {}
    for node in postorder(tree):
        args = [forms[id(arg)] for arg in node.args]
        forms[id(node)] = evaluated(node, args)
        own = _RULES.get(type(node), _function)(node, args, [found[id(arg)] for arg in node.args])
        found[id(node)] = own
    return found[id(tree)]


@final
@dataclass(frozen=True)
class Corner:
    """A place without a derivative.

    Args:
        op: the op that has the kink.
        where: the condition under which its argument meets it.
        because: what is there, and what slope is returned.
    """

    op: str
    where: Any
    because: str


def corners(tree: Any) -> list[Corner]:
    """The places where a part of the tree has a kink or a jump, each once.

    Raises:
        LimitError: the tree is too large.

    Example:
        >>> corners(sp.Abs(sp.Symbol("x", real=True) - 1))[0].where
        Eq(x, 1)
    """
    _check(tree)
    found = [corner for node in postorder(canonical(tree)) for corner in _corners_of(node)]
    return list(dict.fromkeys(found))


def _check(tree: Any) -> None:
    if not fits(flattened(tree)):
        raise LimitError("the expression is too large for its conditions to be written out")


def _corners_of(node: Any) -> Iterator[Corner]:
    if isinstance(node, sp.Max | sp.Min):
        name = "maximum" if isinstance(node, sp.Max) else "minimum"
        first, *others = sorted(node.args, key=lambda arg: bool(arg.is_Number))
        kinks = [(first - other, registry.get(name).kinks[0].because) for other in others]
    else:
        op = registry.of_symbol(type(node))
        if op is None or len(node.args) != op.arity:
            return
        name = op.name
        kinks = [(kink.place(*node.args), kink.because) for kink in op.kinks]
    for place, because in kinks:
        where = settled(sp.Eq(sp.sympify(place), 0))
        if where != False:  # noqa: E712  SymPy's false
            yield Corner(name, where, because)


def _function(node: Any, args: list[Any], parts: list[Any]) -> Any:
    """The op's own domain, and its arguments'."""
    op = registry.of_symbol(type(node))
    own = sp.true
    if op is not None and op.domain is not None and len(args) == op.arity:
        own = settled(sp.sympify(op.domain(*args)))
    return both(own, *parts)


def _power(node: Any, args: list[Any], parts: list[Any]) -> Any:
    """b^n is valid for b != 0 when n < 0; b^p for b >= 0 (or > 0) when p is no integer."""
    base, exponent = args
    own = sp.true
    if exponent.is_Integer:
        own = sp.Ne(base, 0) if exponent.is_negative else sp.true
    elif not base.is_positive:
        own = base >= 0 if exponent.is_Rational and exponent.is_positive else base > 0
    return both(settled(own), *parts)


def _choice(node: Any, args: list[Any], parts: list[Any]) -> Any:
    """Each branch where it is taken; the conditions' own parts everywhere."""
    conditions = []
    before = sp.true
    for pair, valid in zip(args, parts, strict=True):
        guard = settled(pair.cond)
        conditions.append(within(both(before, guard), valid))
        before = both(before, sp.Not(guard))
    return both(*conditions)


def _pair(node: Any, args: list[Any], parts: list[Any]) -> Any:
    return parts[0]


_RULES: dict[Any, Callable[[Any, list[Any], list[Any]], Any]] = {
    sp.Pow: _power,
    sp.Piecewise: _choice,
    ExprCondPair: _pair,
}
