"""Conditions joined and made readable, by cheap steps only: SymPy's own may run for minutes."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.relational import Relational

_MANY = 40
_CLOSED = {sp.StrictGreaterThan: sp.GreaterThan, sp.StrictLessThan: sp.LessThan}
_OPEN = {closed: strict for strict, closed in _CLOSED.items()}


def settled(condition: Any) -> Any:
    """The condition with a linear one solved for its variable, others without minus signs.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> settled(1 - 2 * x >= 0), settled(1 - x**2 > 0)
        (x <= 1/2, x**2 < 1)
    """
    if isinstance(condition, sp.And | sp.Or):
        return condition.func(*(settled(arg) for arg in condition.args))
    if not isinstance(condition, Relational):
        return condition
    if isinstance(condition, sp.Unequality) and condition.rhs == 0:
        return _nonzero(condition.lhs)
    return _solved(condition)


def _nonzero(expr: Any) -> Any:
    """a b^p != 0 as a != 0 and b != 0."""
    bases = [f.base if f.is_Pow and f.exp.is_positive else f for f in sp.Mul.make_args(expr)]
    return both(*(_solved(sp.Ne(base, 0)) for base in bases))


def _solved(condition: Any) -> Any:
    """The comparison with a linear one solved for its variable."""
    if not isinstance(condition, Relational):
        return condition
    difference = sp.expand_mul(condition.lhs - condition.rhs)
    symbols = difference.free_symbols
    if len(symbols) == 1:
        symbol = next(iter(symbols))
        slope, rest = difference.coeff(symbol, 1), difference.coeff(symbol, 0)
        if slope.is_Number and slope != 0 and difference == slope * symbol + rest:
            turned = condition.reversed if slope.is_negative else condition
            return turned.func(symbol, -rest / slope)
    return _parted(condition) if condition.rhs == 0 else condition


def _parted(condition: Any) -> Any:
    """a - b > 0 as a > b, numbers on the right."""
    terms = sp.Add.make_args(condition.lhs)
    taken = [term for term in terms if term.could_extract_minus_sign()]
    left, right = sp.Add(*(t for t in terms if t not in taken)), -sp.Add(*taken)
    if left.is_number and not right.is_number:
        return condition.func(left, right).reversed
    if right == 0 and len(terms) > 1 and terms[0].is_Number:
        return condition.func(left - terms[0], -terms[0])
    return condition.func(left, right)


def both(*conditions: Any) -> Any:
    """All conditions together, without those that another one implies.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> both(x >= 0, sp.Ne(x, 0), x > -1)
        x > 0
    """
    parts = dict.fromkeys(p for c in conditions for p in sp.And.make_args(c) if p != True)  # noqa: E712
    if any(part == False for part in parts):  # noqa: E712
        return sp.false
    opened = dict.fromkeys(_opened(part, parts) for part in parts)
    left = [p for p in opened if not any(implies(q, p) for q in opened if q is not p)]
    if len(left) < 2:
        return left[0] if left else sp.true
    return sp.And(*left, evaluate=len(left) <= _MANY)


def within(guard: Any, condition: Any) -> Any:
    """The condition where the guard holds: what the guard implies is dropped.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> within(x > 1, x >= 0)
        True
    """
    known = sp.And.make_args(guard)
    left = [p for p in sp.And.make_args(condition) if not any(implies(k, p) for k in known)]
    wanted = both(*left)
    return sp.true if wanted == True else sp.Or(sp.Not(guard), wanted)  # noqa: E712


def implies(known: Any, wanted: Any) -> bool:
    """Whether a comparison with a number follows from another one, of the same left side.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> implies(x < -1, sp.Ne(x, 0)), implies(x >= 0, x > 0)
        (True, False)
    """
    if known == wanted:
        return True
    if not (isinstance(known, Relational) and isinstance(wanted, Relational)):
        return False
    if known.lhs != wanted.lhs:
        return False
    if not (known.rhs.is_Rational and wanted.rhs.is_Rational):
        same = known.rhs == wanted.rhs
        return same and type(wanted) in (_CLOSED.get(type(known)), _weaker(known))
    return _follows(known, wanted, known.rhs, wanted.rhs)


def _weaker(known: Any) -> Any:
    return sp.Unequality if type(known) in _CLOSED else None


def _follows(known: Any, wanted: Any, a: Any, b: Any) -> bool:
    """For `u ? a` known and `u ? b` wanted, a and b numbers."""
    if isinstance(known, sp.Equality):
        return bool(wanted.func(a, b) == True)  # noqa: E712
    strict = type(known) in _CLOSED
    upward = isinstance(known, sp.StrictGreaterThan | sp.GreaterThan)
    if not strict and not isinstance(known, sp.GreaterThan | sp.LessThan):
        return False
    beyond = a > b if upward else a < b
    if isinstance(wanted, sp.Unequality) or type(wanted) in _CLOSED:
        reach = bool(beyond) or (strict and a == b)
    else:
        reach = bool(beyond) or a == b
    same_way = upward == isinstance(wanted, sp.StrictGreaterThan | sp.GreaterThan)
    return (
        reach
        and not isinstance(wanted, sp.Equality)
        and (same_way or isinstance(wanted, sp.Unequality))
    )


def _opened(part: Any, parts: Any) -> Any:
    """x >= a as x > a, where x != a is among the parts."""
    if type(part) in _OPEN and sp.Ne(part.lhs, part.rhs) in parts:
        return _OPEN[type(part)](part.lhs, part.rhs)
    return part
