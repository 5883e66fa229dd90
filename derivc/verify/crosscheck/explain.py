"""Why two numbers differ, and which of them is right: the truth arbitrates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any, final

import numpy as np

from derivc.kernel import Kernel
from derivc.verify.crosscheck.distance import distance, nearest, neighbours
from derivc.verify.crosscheck.kinks import Hit, Kinks, named
from derivc.verify.crosscheck.naive import Naive, Trouble
from derivc.verify.crosscheck.peers.base import Job, Peer
from derivc.verify.crosscheck.quantity import Columns, Quantity
from derivc.verify.crosscheck.records import Finding
from derivc.verify.crosscheck.single import Suspects
from derivc.verify.crosscheck.truth import Truth

ENOUGH = 16.0
_ENOUGH_OF_SECONDS = 64.0
_SLACK = 4.0
_HOPELESS = 2.0**40
_CONVENTIONS = ("torch", "jax", "left", "right")
_BESIDE = 1e-9
_SMALL = 1e-6

Point = tuple[float, ...]


@final
class Judge:
    """Explains the differences of one check.

    Args:
        job: the function and the points. truth: what is true. points: the same points, exactly.
        ours: what derivc computed.
    """

    def __init__(self, job: Job, truth: Truth, points: Sequence[Point], ours: Columns):
        self.job, self.truth, self.points, self.ours = job, truth, points, ours
        self.kernel: Kernel = job.subject.kernel
        self.dtype = job.columns[0].dtype
        self.kinks = Kinks(job.subject.program)
        self.naive = Naive(job.subject.program, job.vector, self.kernel.convention)
        self._conditions: dict[tuple[Point, Quantity], float] = {}

    @cached_property
    def conventions(self) -> dict[str, Columns]:
        """What derivc itself gives under every kink convention."""
        found = {}
        for name in _CONVENTIONS:
            kernel = Kernel(self.kernel.definition, self.kernel.wrt, name, self.kernel.options)
            subject = type(self.job.subject)(kernel, self.job.subject.wanted[-1].order)
            found[name] = subject.computed(self.job.columns, self.job.vector)
        return found

    def finding(self, peer: Peer, quantity: Quantity, k: int, theirs: Any) -> Finding:
        """Why the peer differs from derivc at point number k."""
        point, ours = self.points[k], self.ours[quantity][k]
        true = self.true(quantity, point)
        case = Case(self, peer, quantity, k, point, float(ours), float(theirs), true)
        kind, blame, cause = case.verdict()
        return Finding(
            kind, blame, 1, cause, point, float(ours), float(theirs), true,
            case.our_ulps, case.their_ulps,
        )  # fmt: skip

    def true(self, quantity: Quantity, point: Point) -> float:
        """What is true at a point; NaN where it is unknown, as second partials are at kinks."""
        if quantity.order == 2 and self.kinks.at(point):
            return math.nan
        return self.truth.at(point)[quantity]

    def allowed(self, quantity: Quantity, point: Point) -> float:
        """How many ulp a right result may be off at a point."""
        enough = _ENOUGH_OF_SECONDS if quantity.order == 2 else ENOUGH
        return enough + _SLACK * self.condition(quantity, point)

    def condition(self, quantity: Quantity, point: Point) -> float:
        """The most ulp by which the truth moves when the arguments move by one."""
        key = (point, quantity)
        if key not in self._conditions:
            true = self.truth.at(point)[quantity]
            moved = [self.truth.at(p)[quantity] for p in neighbours(point, self.dtype)]
            most = max([0.0, *(self.ulps(m, true) for m in moved if not math.isnan(m))])
            self._conditions[key] = most if most < _HOPELESS else math.inf
        return self._conditions[key]

    def ulps(self, a: float, b: float) -> float:
        """The distance between two numbers in numbers of the check's type."""
        return float(distance(nearest(a, self.dtype), nearest(b, self.dtype)))


@final
class Case:
    """One number of derivc's beside one of a peer's, at one point, and the truth."""

    def __init__(
        self, judge: Judge, peer: Peer, quantity: Quantity, k: int, point: Point,
        ours: float, theirs: float, true: float,
    ):  # fmt: skip
        self.judge, self.peer, self.quantity, self.k = judge, peer, quantity, k
        self.point, self.ours, self.theirs, self.true = point, ours, theirs, true
        unknown = math.isnan(true)
        self.our_ulps = math.nan if unknown else judge.ulps(ours, true)
        self.their_ulps = math.nan if unknown else judge.ulps(theirs, true)

    def verdict(self) -> tuple[str, str, str]:
        """Kind, who is off, and the cause."""
        value = self.judge.truth.at(self.point)[Quantity(self.quantity.output)]
        if math.isnan(value) and self.quantity.order == 0:
            return "domain", "", "the function has no real value"
        hits = self.judge.kinks.at(self.point) if self.quantity.order else ()
        if hits and (math.isnan(self.true) or self.quantity.order == 2 or self._is_far()):
            return self._at_kink(hits)
        if math.isnan(self.true):
            return self._unknown()
        return self._judged()

    def _is_far(self) -> bool:
        """Whether one is far from a slope that exists: chain rules go through kinks blindly."""
        return max(self.our_ulps, self.their_ulps) > ENOUGH

    def _at_kink(self, hits: tuple[Hit, ...]) -> tuple[str, str, str]:
        shown = named(hits)
        for name, value in (("derivc", self.ours), (self.peer.name, self.theirs)):
            if not self._is_choice(value):
                low, high = self._sides()
                return "wrong", name, (
                    f"{shown}: {name} {value:.9g} is neither between the one-sided slopes"
                    f" {low:.6g} and {high:.6g} nor any known convention"
                )  # fmt: skip
        return "kink", "", shown

    def _is_choice(self, value: float) -> bool:
        """Whether a slope at a kink is a known convention, or between the one-sided slopes."""
        if self.quantity.order == 2 or math.isnan(value) or not self.peer.exact:
            return True
        low, high = sorted(self._sides())
        if math.isnan(low) or low - _BESIDE * abs(low) <= value <= high + _BESIDE * abs(high):
            return True
        known = [float(c[self.quantity][self.k]) for c in self.judge.conventions.values()]
        if len(self.judge.kinks.at(self.point)) > 1:  # choices multiply where kinks meet
            return abs(value) <= max(1.0, abs(low), abs(high), *map(abs, known))
        return any(self.judge.ulps(value, slope) <= ENOUGH for slope in known)

    def _sides(self) -> tuple[float, float]:
        """The one-sided slopes; the slope twice where there is one."""
        if not math.isnan(self.true):
            return self.true, self.true
        return self.judge.truth.sides(self.point, self.quantity)

    def _unknown(self) -> tuple[str, str, str]:
        low, high = self.judge.truth.sides(self.point, self.quantity)
        if self.quantity.order == 1 and (math.isnan(low) != math.isnan(high)):
            return "domain", "", "the edge of the domain"
        if math.isnan(self.ours) != math.isnan(self.theirs):
            return "domain", "", "one of the two has no number"
        return "unknown", "", "the truth is not known"

    def _judged(self) -> tuple[str, str, str]:
        """Both beside the truth."""
        allowed = ENOUGH
        if max(self.our_ulps, self.their_ulps) > allowed:
            allowed = self.judge.allowed(self.quantity, self.point)
        if self.our_ulps > allowed:
            return self._ours_is_off()
        if self.their_ulps > allowed:
            return self._theirs_is_off()
        worse = "" if self.our_ulps == self.their_ulps else self._worse()
        return "rounding", worse, "both within what rounding allows"

    def _worse(self) -> str:
        return "derivc" if self.our_ulps > self.their_ulps else self.peer.name

    def _ours_is_off(self) -> tuple[str, str, str]:
        """derivc is wrong, and that is said: with the cause if there is one."""
        reach = self._reach()
        trouble = self._trouble()
        both = self.their_ulps > self.judge.allowed(self.quantity, self.point)
        if both and self.dtype_is_narrow and abs(self.ours - self.true) <= reach:
            return "dtype", "derivc", "both lose digits in float32"
        close = abs(self.ours - self.true) <= reach
        cause = f": {trouble.text}" if trouble and close else ""
        kind = (
            "wrong" if not close else "cancellation" if self.quantity.order == 2 else "inaccurate"
        )
        return kind, "derivc", f"derivc is off{cause}"

    @property
    def dtype_is_narrow(self) -> bool:
        """Whether the numbers are narrower than float64."""
        return bool(self.judge.dtype.itemsize < 8)

    def _theirs_is_off(self) -> tuple[str, str, str]:
        if not self.peer.exact:
            return "resolution", self.peer.name, "finite differences cannot resolve this"
        kind, cause = self._cause()
        return kind, self.peer.name, cause

    def _cause(self) -> tuple[str, str]:
        """Why a peer's number is wrong."""
        name, trouble = self.peer.name, self._trouble()
        if not math.isfinite(self.theirs):
            if trouble is not None and trouble.kind == "invalid":
                return "branch", f"{trouble.text} in a branch that is not taken"
            if trouble is not None and trouble.kind == "overflow":
                return "overflow", trouble.text
            if self.judge.kinks.at(self.point):
                return "kink", named(self.judge.kinks.at(self.point))
        elif abs(self.theirs - self.true) <= self._reach():
            return self._lost(trouble)
        tiny = float(np.finfo(self.judge.dtype).tiny)
        if max(abs(self.true), abs(self.theirs)) < tiny / np.finfo(self.judge.dtype).eps:
            return "underflow", "the result is at the edge of underflow"
        if self.peer.spells and abs(self.theirs - self.true) <= _SMALL * abs(self.true):
            return self._lost(trouble)
        return self._of_op() or ("wrong", f"{name} is wrong, and rounding does not explain it")

    def _lost(self, trouble: Trouble | None) -> tuple[str, str]:
        if trouble is not None and trouble.kind == "cancellation":
            return "cancellation", trouble.text
        kind = "dtype" if self.dtype_is_narrow else "cancellation"
        return kind, f"{self.peer.name} loses digits in its backward pass"

    def _of_op(self) -> tuple[str, str] | None:
        """The op of the peer's that is off by itself, if there is one."""
        if not self.peer.spells:
            return None
        suspect = Suspects.of(self.judge.job.subject.program, self.peer)
        found = suspect.blame(self.point, self.quantity.order, self.judge.dtype)
        return None if found is None else ("op", found)

    def _reach(self) -> float:
        return self.judge.naive.reach(self.quantity, self.point, self.true, self.judge.dtype)

    def _trouble(self) -> Trouble | None:
        return self.judge.naive.trouble(self.quantity, self.point, self.judge.dtype)
