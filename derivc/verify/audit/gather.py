"""Calls the subject at every point and puts the truth beside what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.errors import DerivcError
from derivc.verify.audit import truth as truths
from derivc.verify.audit.compare import Sample
from derivc.verify.audit.points import EXTREME, JOINT, KINK, MODERATE, Point
from derivc.verify.audit.subject import CallError, Case, Subject, Trace

TRACED = 150
"""Up to so many elements a call is traced; beyond that truth is a finite difference."""
_ELEMENTS, _MODERATE = 12, 3
_SINGULAR = 1e-9


@final
@dataclass(frozen=True)
class Gathered:
    """All samples, and what went wrong on the way.

    Args:
        samples: of all points. failures: calls that failed where the forward worked, with where.
        trace: of the first moderate point; None when nothing could be traced.
        exact: whether the truth is that of 50-digit arithmetic.
    """

    samples: tuple[Sample, ...]
    failures: tuple[tuple[Point, CallError], ...]
    trace: Trace | None
    exact: bool


def gather(subject: Subject, case: Case, points: Sequence[Point]) -> Gathered:
    """Samples at all points."""
    tracer = _Tracer(subject, case)
    samples: list[Sample] = []
    failures: list[tuple[Point, CallError]] = []
    for point in points:
        try:
            outputs = subject.forward(case, point.arrays)
        except CallError:
            continue  # outside of its domain a forward may refuse
        try:
            written = subject.backward(case, point.arrays, point.cotangents)
        except CallError as problem:
            failures.append((point, problem))
            continue
        samples += _samples(tracer, point, outputs, written)
    return Gathered(tuple(samples), tuple(failures), tracer.first, tracer.works)


@final
class _Tracer:
    """Traces as long as traces reproduce what the function computes."""

    def __init__(self, subject: Subject, case: Case):
        self.subject, self.case = subject, case
        self.works = case.size <= TRACED
        self.first: Trace | None = None
        self._checked: dict[Trace, Trace] = {}

    def at(self, point: Point) -> Trace | None:
        """The trace at a point, None when it cannot be had."""
        if not self.works:
            return None
        try:
            found = self.subject.trace(self.case, point.arrays, point.cotangents)
        except (CallError, DerivcError):
            found = None
        if found is None or found.lost or not found.outputs:
            self.works = False
            return None
        known = self._checked.setdefault(found, found)
        if known is found:
            self.works = len(self._checked) < 40 and self._reproduces(found, point)
        found = known  # the same trees as before: whatever is kept of them is found at once
        self.first = self.first or found
        return found if self.works else None

    def _reproduces(self, trace: Trace, point: Point) -> bool:
        """Whether the trees give what the forward gives a little beside the point."""
        source = np.random.default_rng(0)
        moved = [a * (1 + 1e-5 * source.random(np.shape(a))) for a in point.arrays]
        near = Point(point.kind, tuple(np.asarray(a) for a in moved), point.cotangents)
        try:
            outputs = self.subject.forward(self.case, near.arrays)
            at = truths.place(trace, near)
            trees = [tree for group in trace.outputs for tree in group]
            given = np.concatenate([np.ravel(y) for y in outputs])
            pairs = list(zip(trees, given, strict=True))[:_ELEMENTS]
            limit = 1e-3 if self.case.single else 1e-6
            return all(_near(truths.value(tree, at), float(y), limit) for tree, y in pairs)
        except (CallError, DerivcError, ArithmeticError, ValueError, TypeError):
            return False


def _near(exact: float, given: float, limit: float) -> bool:
    if not (np.isfinite(exact) and np.isfinite(given)):
        return True  # an overflow of the forward says nothing about the trees
    return abs(exact - given) <= limit * max(abs(exact), abs(given), 1e-2)


def _samples(
    tracer: _Tracer, point: Point, outputs: Sequence[Any], written: Sequence[Any]
) -> list[Sample]:
    trace = tracer.at(point)
    numbers = np.concatenate([np.ravel(y) for y in outputs])
    truth: Any = truths.FiniteTruth(tracer.subject, tracer.case, point)
    if trace is not None:
        truth = truths.ExactTruth(trace, point)
    made = []
    for array, given in enumerate(written):
        flat = None if given is None else np.ravel(given)
        for element in _chosen(np.size(point.arrays[array]), point):
            number = None if flat is None else float(flat[element])
            finite = bool(np.all(np.isfinite(numbers[_reached(trace, array, element)])))
            true = truth.gradient(array, element) if _worth(finite, trace, point) else np.nan
            made.append(
                Sample(array, element, point, trace, number, float(true), finite, truth=truth)
            )
    return made


def _reached(trace: Trace | None, array: int, element: int) -> Any:
    """The outputs that depend on an element; all where that is not known."""
    if trace is None:
        return slice(None)
    return truths.reached(trace.outputs, trace.inputs[array][element])


def _worth(finite: bool, trace: Trace | None, point: Point) -> bool:
    """Whether there is a truth to be had."""
    special = point.kind in (KINK, JOINT)
    blind = trace is None and (special or point.kind == EXTREME)
    piecewise = trace is not None and trace.follows_values and special
    overflows = trace is not None and point.kind == EXTREME
    return (finite or overflows) and not blind and not piecewise


def _chosen(size: int, point: Point) -> Sequence[int]:
    """The elements that are compared: all where they are special, else some, others each time."""
    if point.kind == MODERATE:
        start = int(abs(float(np.ravel(point.cotangents[0])[0])) * 1e6) if point.cotangents else 0
        return sorted({(start + step) % size for step in range(min(size, _MODERATE))})
    return range(0, size, max(1, -(-size // _ELEMENTS)))
