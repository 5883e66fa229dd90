"""The judge: values and partials to second order, by differences at high precision.

Nothing of the rules of differentiation is used. At steps of 1e-25, 1e-50, ... the differences are
computed with so many digits that two of them agree to twenty; what never agrees is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, final

from derivc.ir.program import Program
from derivc.lowering import multiprecision
from derivc.ops.shorthand import mpmath
from derivc.verify import oracle
from derivc.verify.crosscheck.quantity import Quantity

_DIGITS = 25
_LEVELS = 3
_AGREE = 20
_SHRINKS = 10
_WIDE = 1e-6
_NEAR = 10**6
_STEEP = 1e9
_NOISE = 1e-22

Point = tuple[float, ...]
Step = dict[int, float]
Slopes = tuple[float, float]
Estimate = tuple[Any, Any, Any]
"""A difference quotient, by how much one-sided ones differ, and what rounding makes of zero."""


@final
class Truth:
    """What is true of a program, point by point, each computed once.

    Args:
        program: op level, as the user wrote it.
        wanted: what is asked for. vector: by input, the vector of Hessian-vector products.
    """

    def __init__(self, program: Program, wanted: Sequence[Quantity], vector: Step):
        self.program, self.wanted, self.vector = program, tuple(wanted), vector
        self._known: dict[Point, dict[Quantity, float]] = {}
        self._sides: dict[tuple[Point, Quantity], Slopes] = {}

    def at(self, point: Point) -> dict[Quantity, float]:
        """The nearest double to every quantity; NaN where there is none or it is unknown."""
        if point not in self._known:
            self._known[point] = self._found(point)
        return self._known[point]

    def sides(self, point: Point, quantity: Quantity) -> Slopes:
        """The slopes to the left and to the right of a point where they differ."""
        self.at(point)
        return self._sides.get((point, quantity), (math.nan, math.nan))

    def _found(self, point: Point) -> dict[Quantity, float]:
        found: dict[Quantity, float] = {}
        last: dict[Quantity, Estimate] = {}
        for level in range(_LEVELS + 1):
            now = _Differences(self, point, _DIGITS << level)
            final = level >= _LEVELS - 1
            left = [q for q in self.wanted if q not in found]
            for quantity in left if level < _LEVELS else [q for q in left if _is_seen(last.get(q))]:
                pair = now.estimate(quantity)
                settled = None if pair is None else _settled(last.get(quantity), pair, final)
                if settled is not None:
                    found[quantity] = oracle.truth_float(settled)
                    self._note_sides(point, quantity, found[quantity], now)
                if pair is not None:
                    last[quantity] = pair
            if len(found) == len(self.wanted):
                break
        return {q: found.get(q, math.nan) for q in self.wanted}

    def _note_sides(self, point: Point, quantity: Quantity, value: float, now: Any) -> None:
        if quantity.order == 1 and math.isnan(value):
            self._sides[point, quantity] = now.sides(quantity)


def _settled(before: Estimate | None, now: Estimate, final: bool) -> Any:
    """The number that two levels agree on; NaN at a kink; None while they do not.

    A zero may be a slope too small to be seen yet, so it is believed at the last levels only, and
    only if it was no noise that faded.
    """
    mp, (value, gap, noise) = mpmath(), now
    if before is None:
        return None
    old, old_gap, old_noise = before
    if value != value and old != old:
        return mp.nan
    if gap and old_gap and gap > old_gap / 2 and gap > _WIDE * abs(value):
        return mp.nan
    if not mp.isfinite(value):
        return value if value == old else None
    if value != 0 and abs(value - old) <= abs(value) * mp.mpf(10) ** -_AGREE:
        return value
    least = abs(old) * mp.mpf(10) ** -_SHRINKS if abs(old) > old_noise else 0
    return mp.mpf(0) if final and abs(value) <= max(least, noise) else None


def _is_seen(estimate: Estimate | None) -> bool:
    """Whether a number stands out from the noise, so that smaller steps may settle it."""
    if estimate is None or not mpmath().isfinite(estimate[0]):
        return False
    return bool(abs(estimate[0]) > estimate[2])


def _slope(rise: Any, run: Any) -> float:
    """A one-sided slope; infinite where the function jumps or stands upright."""
    found = oracle.truth_float(rise / run)
    return math.copysign(math.inf, found) if abs(found) > _STEEP else found


@final
class _Differences:
    """All differences at one point with one step; every neighbour is evaluated once."""

    def __init__(self, truth: Truth, point: Point, digits: int):
        self.truth, self.point = truth, point
        extent = oracle.span(point)
        self.exponent = digits + extent
        self.precision = 5 * digits + 5 * extent
        self._values: dict[Any, list[Any] | None] = {}

    def estimate(self, quantity: Quantity) -> Estimate | None:
        """The difference quotient; None where the precision is too low."""
        with mpmath().workdps(self.precision):
            steps = [{i: 1.0} for i in quantity.by] + [self.truth.vector] * quantity.along
            if not steps:
                return self._value(quantity.output)
            made = self._first if len(steps) == 1 else self._second
            return made(quantity.output, *steps)

    def _value(self, output: int) -> Estimate | None:
        """The value; where it is 0/0 as it is written, the limit from both sides."""
        value = self._of(output, {}, 0)
        if value is not None and value != value and self.point:
            low, high = (self._of(output, {0: 1.0}, k) for k in (-1, 1))
            near = None not in (low, high) and abs(high - low) <= abs(high) * self._size * _NEAR
            value = high if near else value
        return None if value is None else (value, 0, 0)

    def sides(self, quantity: Quantity) -> Slopes:
        """The one-sided difference quotients of a first partial."""
        with mpmath().workdps(self.precision):
            step: Step = {quantity.by[0]: 1.0}
            low, middle, high = (self._of(quantity.output, step, k) for k in (-1, 0, 1))
            if None in (low, middle, high):
                return math.nan, math.nan
            left, right = (_slope(r, self._size) for r in (middle - low, high - middle))
            finite = [abs(x) for x in (left, right) if math.isfinite(x)]
            noise = _NOISE * max([1.0, *finite])
            return (0.0 if abs(left) <= noise else left), (0.0 if abs(right) <= noise else right)

    @property
    def _size(self) -> Any:
        return mpmath().mpf(10) ** -self.exponent

    def _first(self, output: int, step: Step) -> Estimate | None:
        values = [self._of(output, step, k) for k in (-1, 0, 1)]
        if None in values:
            return None
        low, middle, high = values
        gap = abs((high - middle) - (middle - low)) / self._size
        return (high - low) / (2 * self._size), gap, self._noise(middle, 1)

    def _second(self, output: int, a: Step, b: Step) -> Estimate | None:
        """(f(a+b) - f(a) - f(b) + f) and its mirror image: their mean, and how they differ."""
        h = self._size**2
        ones = [self._corner(output, a, b, sign) for sign in (1, -1)]
        if None in ones:
            return None
        plus, minus = ones
        noise = self._noise(self._of(output, {}, 0), 2)
        return (plus + minus) / (2 * h), abs(plus - minus) / h, noise

    def _noise(self, value: Any, order: int) -> Any:
        """What rounding may leave of a difference that is zero."""
        return abs(value) * mpmath().mpf(10) ** (10 + order * self.exponent - self.precision)

    def _corner(self, output: int, a: Step, b: Step, k: int) -> Any:
        both = {i: a.get(i, 0) + b.get(i, 0) for i in {*a, *b}}
        values = [self._of(output, step, k) for step in (both, a, b)]
        middle = self._of(output, {}, 0)
        if None in (*values, middle):
            return None
        return values[0] - values[1] - values[2] + middle

    def _of(self, output: int, step: Step, times: int) -> Any:
        found = self._at({i: times * s for i, s in step.items()} if times else {})
        return None if found is None else found[output]

    def _at(self, step: Step) -> list[Any] | None:
        key = tuple(sorted(step.items()))
        if key not in self._values:
            moved = [multiprecision.to_exact(x) for x in self.point]
            for i, times in step.items():
                moved[i] += times * self._size
            self._values[key] = oracle.at_precision(self.truth.program, moved, self.precision)
        return self._values[key]
