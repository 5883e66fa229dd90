"""Compare a kernel's value and partials with the oracle, and report the worst points.

A result is right when it is within 16 ulp of the truth, or within the change that one ulp in the
arguments makes (an ill-conditioned place, where no float64 program can do better).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral
from typing import Any

from derivc.errors import InputTypeError
from derivc.ir.program import Program
from derivc.verify import oracle
from derivc.verify.admitted import admitted
from derivc.verify.finite import richardson
from derivc.verify.report import CheckReport, Row
from derivc.verify.sample import check_domain, moderate, sample
from derivc.verify.target import Target
from derivc.verify.ulp import from_ordinal, ordinal, ulps

ENOUGH = 16.0
_TRIES = 20
_SLACK = 4.0
_HOPELESS = 2.0**40

Point = tuple[float, ...]


def check(kernel: Any, points: int = 64, domain: Any = None, seed: int = 0) -> CheckReport:
    """Check a kernel's value and first partials.

    Args:
        kernel: a compiled kernel.
        points: how many points to compare at.
        domain: an interval per input, `{"x": (0, 1)}`; default: magnitudes from 1e-4 to 300,
            and one point in six from 1e-100 to 1e100, of both signs, where the function is real.
        seed: of the points.

    Returns:
        A report: `.ok`, one row per result, and a table when printed.

    Raises:
        InputTypeError: the domain names what is no input, or no points are asked for.

    Example:
        >>> import derivc as dc
        >>> dc.compile("x*sin(x)").check(points=8).ok
        True
    """
    target = Target(kernel)
    _check_wanted(target.program.inputs, points, domain)
    given = _points(target.program, points, domain, seed)
    rows: dict[str, Row] = {}
    for point in given:
        for row in _rows(target, point):
            seen = rows.get(row.result)
            rows[row.result] = row if seen is None else seen.worse(row)
    return CheckReport(tuple(rows.values()), len(given), target.program.inputs)


def _check_wanted(names: Sequence[str], points: Any, domain: Any) -> None:
    if not isinstance(points, Integral) or points < 1:
        raise InputTypeError(f"points must be a whole number, 1 or more; got {points!r}")
    if domain is not None:
        check_domain(names, domain)


def _points(program: Program, count: int, domain: Any, seed: int) -> list[Point]:
    """Points where every output has a real value; ours lie where parameters are admitted."""
    if domain is not None:
        return [p for p in sample(program.inputs, domain, count, seed=seed) if _valid(program, p)]
    source = moderate(program.inputs, seed)
    candidates = (next(source) for _ in range(_TRIES * count))
    found: list[Point] = []
    for point in candidates:
        if len(found) == count:
            break
        if admitted(program, point) and _valid(program, point):
            found.append(point)
    return found


def _valid(program: Program, point: Point) -> bool:
    return all(math.isfinite(v) for v in _truths(program, point))


def _truths(program: Program, point: Sequence[Any]) -> list[float]:
    return [oracle.truth_float(v) for v in oracle.evaluate(program, point, 30)]


def _rows(target: Target, point: Point) -> list[Row]:
    """One row per result at one point; partials that do not exist are left out."""
    program = target.program
    values, partials = target.computed(point)
    rows = []
    for i, value in enumerate(values):
        rows.append(_row(target.label(i), point, partial(_value, program, i), value, value))
    for (i, j), computed in partials.items():
        slope = partial(_slope, program, i, j)
        if not math.isnan(slope(point)):
            finite = richardson(lambda *at, i=i: target.computed(at)[0][i], point, j)
            rows.append(_row(target.label(i, j), point, slope, computed, finite))
    return rows


Truth = Callable[[Sequence[Any]], float]


def _value(program: Program, output: int, point: Sequence[Any]) -> float:
    return _truths(program, point)[output]


def _slope(program: Program, output: int, index: int, point: Sequence[Any]) -> float:
    return oracle.truth_float(oracle.partial(program, point, index, 25, output))


def _beside(point: Point) -> list[Point]:
    """The same point, every number moved to the next double: all up, and up and down in turn."""
    signs = ([1] * len(point), [1 if i % 2 else -1 for i in range(len(point))])
    return [tuple(_next(x, way) for x, way in zip(point, ways, strict=True)) for ways in signs]


def _next(x: float, way: int) -> float:
    return from_ordinal(ordinal(x) + way)


def _row(result: str, point: Point, truth: Truth, computed: float, finite: float) -> Row:
    """The comparison of one number, and whether its error is excused by the conditioning."""
    true = truth(point)
    apart = ulps(computed, true)
    right = apart <= ENOUGH or apart <= ENOUGH + _SLACK * _conditioning(truth, point, true)
    return Row(result, apart, point, true, computed, finite, right)


def _conditioning(truth: Truth, point: Point, true: float) -> float:
    """The most ulp by which the truth moves when the arguments move by one.

    Infinite where fewer than a dozen bits of the truth are left then: any number may come out.
    """
    moved = [truth(near) for near in _beside(point)]
    most = max([0.0, *(ulps(m, true) for m in moved if not math.isnan(m))])
    return most if most < _HOPELESS else math.inf
