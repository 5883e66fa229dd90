"""The numbers at a point, in arithmetic of so many digits that the doubles shown are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

from derivc.ops.shorthand import mpmath
from derivc.symbolic.evaluate import DIGITS, evaluate
from derivc.symbolic.steps.step import Number

_MOST = 640
_CLOSE = 1e-18


@final
class Values:
    """Values of expressions at a point; without a point, none.

    Args:
        point: a number for every variable; None: no values are wanted.
    """

    def __init__(self, point: Mapping[str, Any] | None):
        self.point = point
        self._known: dict[int, tuple[Any, Number]] = {}

    def of(self, tree: Any) -> Number | None:
        """The value of an expression over the variables."""
        if self.point is None:
            return None
        if id(tree) not in self._known:
            self._known[id(tree)] = (tree, Number(value(tree, self.point)))
        return self._known[id(tree)][1]

    def named(self, let: Sequence[tuple[str, Any]]) -> tuple[tuple[str, Number], ...]:
        """The values of named parts."""
        found = [(name, self.of(part)) for name, part in let]
        return tuple((name, number) for name, number in found if number is not None)


def value(tree: Any, point: Mapping[str, Any]) -> float:
    """The value to double precision; digits are added until two results agree.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x")
        >>> value((sp.cos(x) - 1) / x**2, {"x": 1e-30})
        -0.5
    """
    digits, before = DIGITS, evaluate(tree, point, DIGITS)
    while digits < _MOST:
        digits *= 2
        after = evaluate(tree, point, digits)
        if _same(before, after):
            return float(after)
        before = after
    return float(before)


def _same(a: Any, b: Any) -> bool:
    mp = mpmath()
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return bool(mp.isnan(a) and mp.isnan(b))
    return bool(abs(a - b) <= _CLOSE * abs(b))
