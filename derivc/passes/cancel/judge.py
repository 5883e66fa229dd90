"""Whether a rewrite keeps more digits: old and new form, at 53 bits, against the truth."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, final

from derivc.ir.program import Program, Value
from derivc.lowering import multiprecision
from derivc.ops.shorthand import mpmath
from derivc.passes.dce import dce
from derivc.passes.weight import exact_effort, weight

FLOAT = 53
"""The bits of a double's mantissa; its range is not modelled, the kernel repairs that by itself."""

_TRUE = 420
_AGREED = 100
_POINTS = 40
_FEWEST = 4
_GAIN = 0.15
_LONGEST = 300
_BUDGET = 80_000
"""Instructions times points that one program may take, unless told otherwise: half a second."""

Number = Any
Point = tuple[Number, ...]


@final
class Judge:
    """Scores values of one program against their rewrites, at the same points every time.

    Args:
        program: before the rewrites.
        budget: instructions times points that may be run.
    """

    def __init__(self, program: Program, budget: float = _BUDGET):
        self.program, self.budget = program, budget
        self.spent = 0.0

    @cached_property
    def points(self) -> list[Point]:
        """Moderate numbers, numbers near 0 and 1, large ones, and neighbours of one another."""
        source = random.Random(len(self.program.inputs))
        return [_point(source, len(self.program.inputs), i) for i in range(_POINTS)]

    def prefers(self, value: Value, plain: Program, new: Program) -> bool:
        """True when `new` loses clearly fewer digits than `plain`, or no more and costs less.

        It must also be the same function: a rewrite that is not is never taken.
        """
        exact = sliced(self.program, value)
        work = sum(map(exact_effort, (exact, exact, plain, new)))
        self.spent += len(self.points) * work
        if max(map(len, (exact, plain, new))) > _LONGEST or self.spent > self.budget:
            return False
        cases = [c for c in map(partial(_case, exact), self.points) if usable(c.true)]
        other = [c for c in cases if not _same(run(new, c.point, _TRUE), c.true)]
        if any(_is_settled(exact, c) for c in other):
            return False
        cases = [c for c in cases if c not in other and not _unknown(c.true)]
        if len(cases) < _FEWEST:
            return False
        gain = _mean(plain, cases) - _mean(new, cases)
        return gain >= 0 if weight(new) < weight(plain) else gain > _GAIN


@final
@dataclass(frozen=True)
class _Case:
    """A point, the truth there, and the bits that rounding the arguments alone would lose."""

    point: Point
    true: Number
    unavoidable: float


def _case(exact: Program, point: Point) -> _Case:
    true = run(exact, point, _TRUE)
    if not usable(true):
        return _Case(point, true, 0.0)
    with mpmath().workprec(_TRUE):
        beside = tuple(x * (1 + mpmath().mpf(2) ** -FLOAT * (-1) ** i) for i, x in enumerate(point))
    return _Case(point, true, lost(run(exact, beside, _TRUE), true))


def _is_settled(exact: Program, case: _Case) -> bool:
    """Whether more bits leave the truth as it is: sinh(1e9)^2 - cosh(1e9)^2 takes 3e9 of them.

    With fewer it may be zero, however many they are.
    """
    return bool(case.true != 0) and _same(run(exact, case.point, 2 * _TRUE), case.true)


def _mean(program: Program, cases: Sequence[_Case]) -> float:
    """The mean of the bits lost beyond what cannot be avoided."""
    found = (max(0.0, lost(run(program, c.point, FLOAT), c.true) - c.unavoidable) for c in cases)
    return sum(found) / len(cases)


def sliced(program: Program, value: Value) -> Program:
    """Only what one value needs."""
    return dce(Program(program.inputs, program.instructions, (value,)))


def run(program: Program, point: Sequence[Number], precision: int) -> Number:
    """The first output of a program at a point, with so many bits."""
    with mpmath().workprec(precision):
        return multiprecision.run(program, list(point))[0]


def usable(value: Number) -> bool:
    """True for a finite number."""
    return not isinstance(value, bool) and bool(mpmath().isfinite(value))


def _same(one: Number, other: Number) -> bool:
    """Whether two forms agree far beyond a double, at points where both are well within range."""
    if not usable(one) or (_unknown(one) and _unknown(other)):
        return usable(one)
    return bool(abs(one - other) <= abs(other) * mpmath().mpf(2) ** -_AGREED)


def _unknown(value: Number) -> bool:
    """True for what may be the rounding of terms that cancel, even with all those bits."""
    return bool(abs(value) < mpmath().mpf(2) ** (_AGREED - _TRUE))


def lost(computed: Number, true: Number) -> float:
    """The bits of a double that an error makes wrong, up to all of them.

    Example:
        >>> lost(1.0, 1.0), lost(0.0, 1.0)
        (0.0, 53.0)
    """
    if computed == true:
        return 0.0
    if not usable(computed):
        return float(FLOAT)
    error = abs((computed - true) / true) if true else mpmath().inf
    return min(float(FLOAT), math.log2(1 + math.ldexp(float(min(error, 1)), FLOAT)))


def _point(source: random.Random, count: int, index: int) -> Point:
    """Numbers of one kind, of mixed kinds, or neighbours: what is close together cancels."""
    if index % 4 == 3:
        first = _number(source, index // 4)
        found = [first * (1 + source.uniform(-1, 1) * 10.0 ** -(index % 9)) for _ in range(count)]
    else:
        mixed = index % 4 == 1
        found = [_number(source, source.randrange(6) if mixed else index) for _ in range(count)]
    return tuple(mpmath().mpf(v) for v in found)


def _number(source: random.Random, kind: int) -> float:
    kinds: tuple[Callable[[], float], ...] = (
        lambda: source.uniform(0, 1),
        lambda: source.choice((-1, 1)) * 10 ** source.uniform(-9, 0),
        lambda: source.choice((-1, 1)) * 10 ** source.uniform(0, 9),
        lambda: source.gauss(0, 2),
        lambda: 10 ** source.uniform(-3, 3),
        lambda: source.choice((-1, 1)) * (1 + source.uniform(-1, 1) * 10 ** source.uniform(-7, 0)),
    )
    return kinds[kind % len(kinds)]()
