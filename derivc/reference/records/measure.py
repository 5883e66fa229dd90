"""What is measured about an op: its kernels, the naive form and PyTorch against 50 digits.

The truth is the oracle's (`derivc.verify.oracle`): the definition in mpmath, its slopes by central
differences at high precision, which share nothing with any rule of differentiation.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, final

import numpy as np

from derivc import compiler
from derivc.ops.declaration import Op
from derivc.reference.records import naive, peers
from derivc.reference.records.places import View, points, view
from derivc.verify import oracle
from derivc.verify.ulp import from_ordinal, ordinal, ulps

LOSS = 1000.0
"""A form that is more than so many ulp off has lost its last three digits."""

EQUAL = 16.0
"""Two results within so many ulp are called equal."""

_SECONDS = 12.0
_DOUBTFUL = 1e-25
_MANY = 400
_NORMAL = 2.2250738585072014e-308
_REFINE = 24

Point = tuple[float, ...]


@final
class Truth:
    """The value and the partials of an op to 50 digits, rounded to the nearest double."""

    def __init__(self, seen: View):
        self.seen = seen
        self.direct = seen.op.truth is not None  # mpmath has the function itself
        self.at = lru_cache(maxsize=4096)(self._at)

    def _at(self, point: Point, result: int) -> float:
        """Result 0 is the value, result i + 1 the partial by the moving argument i."""
        try:
            found = self._found(point, result, 50)
            if abs(found) < _DOUBTFUL and not self.direct:  # 1 + erf(-17) is 0 to 60 digits
                found = self._found(point, result, _MANY)
        except (ArithmeticError, ValueError, RecursionError):  # mpmath's ways to give up
            return math.nan
        return oracle.truth_float(found)

    def _found(self, point: Point, result: int, digits: int) -> Any:
        program = self.seen.program
        if result == 0:
            return oracle.evaluate(program, point, digits)[0]
        return oracle.partial(program, point, result - 1, digits // 2)

    def error(self, point: Point, result: int, computed: float) -> float:
        """Ulp between a computed number and the truth; 0 where there is no truth.

        Also where both are below the smallest normal double, which has fewer digits.
        """
        true = self.at(point, result)
        return 0.0 if math.isnan(true) or _vanish(true, computed) else ulps(computed, true)


def _vanish(a: float, b: float) -> bool:
    return abs(a) < _NORMAL and abs(b) < _NORMAL


def labels(seen: View) -> list[str]:
    """The results in order: "value", then "d/dx" for every moving argument."""
    return ["value", *(f"d/d{name}" for name in seen.names)]


def measured(op: Op, seconds: float = _SECONDS) -> dict[str, Any]:
    """The record of an op: worst errors, where the naive form fails, how PyTorch compares.

    Args:
        op: an elementwise op with at least one argument it is differentiated by.
        seconds: after which no further points are taken.

    Returns:
        A record out of JSON's own kinds (numbers may be infinite): `points`, `worst`, `naive`,
        `torch`.
    """
    seen = view(op)
    truth = Truth(seen)
    found = _inside(truth, points(seen), seconds)
    columns = _computed(seen, found)
    record: dict[str, Any] = {"points": len(found), "arguments": seen.names}
    record["fixed"] = {name: float(number) for name, number in seen.fixed}
    record["worst"] = _worst_of_all(seen, truth, found, columns)
    record["naive"] = _naive(seen, truth, found)
    record["torch"] = _beside(op, seen, truth, found, columns)
    return record


def _inside(truth: Truth, candidates: Sequence[Point], seconds: float) -> list[Point]:
    """The points where the op has a finite value, until the time is over."""
    end = time.process_time() + seconds
    order = sorted(range(len(candidates)), key=lambda i: (i % 7, i))
    kept = []
    for i in order:
        if time.process_time() > end:
            break
        if math.isfinite(truth.at(candidates[i], 0)):
            for result in range(1, len(candidates[i]) + 1):
                truth.at(candidates[i], result)
            kept.append(i)
    return [candidates[i] for i in sorted(kept)]


def _computed(seen: View, found: Sequence[Point]) -> list[list[float]]:
    """The compiled kernel at all points: values, then each partial."""
    kernel = compiler.compile(seen.tree, inputs=list(seen.names))
    rows = [kernel.value_and_grad(*point) for point in found]
    return [[float(v) for v, _ in rows],
            *([float(g[i]) for _, g in rows] for i in range(len(seen.names)))]  # fmt: skip


def _worst_of_all(
    seen: View, truth: Truth, found: Sequence[Point], columns: list[list[float]]
) -> dict[str, Any]:
    return {
        label: _worst(truth, found, i, columns[i]) for i, label in enumerate(labels(seen))
    }  # fmt: skip


def _worst(truth: Truth, found: Sequence[Point], result: int, column: Sequence[float]) -> Any:
    """The worst point of one result."""
    errors = [truth.error(p, result, c) for p, c in zip(found, column, strict=True)]
    if not errors:
        return None
    i = max(range(len(errors)), key=lambda k: errors[k])
    known = sum(not math.isnan(truth.at(p, result)) for p in found)
    return {"ulp": errors[i], "at": found[i], "computed": column[i],
            "truth": truth.at(found[i], result), "points": known,
            "moves": _moves(truth, found[i], result)}  # fmt: skip


def _moves(truth: Truth, point: Point, result: int) -> float:
    """By how many ulp the truth moves when an argument moves by one: no program can do better."""
    true, moved = truth.at(point, result), [0.0]
    for i, x in enumerate(point):
        for way in (-1, 1):
            near = (*point[:i], from_ordinal(ordinal(x) + way), *point[i + 1 :])
            moved.append(truth.error(near, result, true))
    return max(moved)


def _naive(seen: View, truth: Truth, found: Sequence[Point]) -> dict[str, Any]:
    """The worst of the naive forms of value and partials, and where they fail."""
    forms = [naive.value(seen), *(naive.partial(seen, name) for name in seen.names)]
    record = {}
    for result, (label, form) in enumerate(zip(labels(seen), forms, strict=True)):
        if form is not None and found:
            arrays = [np.array([p[i] for p in found]) for i in range(len(seen.names))]
            column = np.broadcast_to(form(*arrays), (len(found),)).astype(float).tolist()
            entry = _worst(truth, found, result, column)
            bad = [_fails(truth, p, result, c) for p, c in zip(found, column, strict=True)]
            entry["share"] = sum(bad) / len(bad)
            entry["regions"] = _regions(truth, form, found, result, bad)
            record[label] = entry
    return record


def _fails(truth: Truth, point: Point, result: int, computed: float) -> bool:
    return truth.error(point, result, computed) > LOSS


def _regions(
    truth: Truth, form: Callable[..., Any], found: Sequence[Point], result: int, bad: list[bool]
) -> list[Any]:
    """For one argument: the intervals where the form fails, their ends refined by bisection.

    For several: nothing; the worst point and the share of points say it.
    """
    if len(truth.seen.names) != 1 or not any(bad):
        return []

    def fails(x: float) -> bool:
        return _fails(truth, (x,), result, float(form(np.float64(x))))

    xs = [p[0] for p in found]
    return [_refined(fails, xs, low, high) for low, high in _runs(bad)]


def _runs(bad: list[bool]) -> list[tuple[int, int]]:
    """Where failing points follow each other; a gap of two points does not end a run."""
    runs: list[list[int]] = []
    for i in (i for i, failed in enumerate(bad) if failed):
        if runs and i - runs[-1][1] <= 3:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    return [(low, high) for low, high in runs]


def _refined(
    fails: Callable[[float], bool], xs: Sequence[float], low: int, high: int
) -> list[float | None]:
    """The ends of a run; None where it reaches the end of what was looked at."""
    left = None if low == 0 else _border(fails, xs[low], xs[low - 1])
    right = None if high == len(xs) - 1 else _border(fails, xs[high], xs[high + 1])
    return [left, right]


def _border(fails: Callable[[float], bool], inside: float, outside: float) -> float:
    """The border between a number that fails and one that does not, to some four digits."""
    a, b = ordinal(inside), ordinal(outside)
    for _ in range(_REFINE):
        middle = (a + b) // 2
        if middle in (a, b):
            break
        a, b = (middle, b) if fails(from_ordinal(middle)) else (a, middle)
    return from_ordinal(a)


def _beside(
    op: Op, seen: View, truth: Truth, found: Sequence[Point], columns: list[list[float]]
) -> dict[str, Any] | None:
    """How PyTorch compares at the same points; None where it has no such function here."""
    if op.also.torch is None or peers.torch_at(op, seen.full(found[0])) is None:
        return None
    places = [op.params.index(name) for name in seen.names]
    record = {}
    theirs = [peers.torch_at(op, seen.full(point)) for point in found]
    for result, label in enumerate(labels(seen)):
        pairs = [
            (point, ours, _pick(other, result, places))
            for point, ours, other in zip(found, columns[result], theirs, strict=True)
        ]
        known = [(p, a, b) for p, a, b in pairs if b is not None and _is_known(truth, p, result)]
        if known:
            record[label] = _tally(truth, result, known)
    return record


def _pick(other: peers.Result | None, result: int, places: list[int]) -> float | None:
    if other is None:
        return None
    return other[0] if result == 0 else other[1][places[result - 1]]


def _is_known(truth: Truth, point: Point, result: int) -> bool:
    return not math.isnan(truth.at(point, result))


def _tally(truth: Truth, result: int, known: list[tuple[Point, float, float]]) -> dict[str, Any]:
    """At how many points both are equal; elsewhere, who is nearer to the truth."""
    apart = [(p, a, b) for p, a, b in known if not (_vanish(a, b) or ulps(a, b) <= EQUAL)]
    errors = [(truth.error(p, result, a), truth.error(p, result, b)) for p, a, b in apart]
    tally = {"points": len(known), "equal": len(known) - len(apart),
             "ours_nearer": sum(a < b for a, b in errors),
             "theirs_nearer": sum(a > b for a, b in errors)}  # fmt: skip
    if not apart:
        return tally
    i = max(range(len(apart)), key=lambda k: abs(errors[k][0] - errors[k][1]))
    point, ours, theirs = apart[i]
    example = {"at": point, "ours": ours, "theirs": theirs, "truth": truth.at(point, result),
               "our_ulp": errors[i][0], "their_ulp": errors[i][1]}  # fmt: skip
    return {**tally, "example": example}
