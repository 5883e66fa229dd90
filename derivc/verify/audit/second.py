"""The second derivative: the written backward differentiated by the library, beside the truth."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.errors import DerivcError
from derivc.symbolic.differentiate import diff
from derivc.symbolic.tracing import nodes
from derivc.symbolic.walk import symbols
from derivc.verify.audit import truth as truths
from derivc.verify.audit.failures import explained
from derivc.verify.audit.points import Point
from derivc.verify.audit.subject import CallError, Case, Finding, Subject, Trace

LIMIT = 1e-5
_POINTS = 4
_ELEMENTS = 4
_REFUSALS = ("once_differentiable", "numpy()", "not implemented", "custom_vjp", "twice")


@final
@dataclass(frozen=True)
class Second:
    """What was found.

    Args:
        outcome: "right", "wrong", "refused" or "skipped". by: the input, or the cotangent, that
            was differentiated by. at: its number. true, given: the two numbers there.
        detached: whether no derivative came back at all. findings: refusals.
    """

    outcome: str
    by: str = ""
    at: float = math.nan
    true: float = math.nan
    given: float = math.nan
    detached: bool = False
    findings: tuple[Finding, ...] = ()


def second(subject: Subject, case: Case, points: Sequence[Point], exact: bool) -> Second:
    """Compare at a few moderate points.

    Args:
        points: where the first derivative is right. exact: whether the function can be traced.
    """
    source = random.Random(1)
    worst = Second("skipped")
    for point in points[:_POINTS]:
        along = [_direction(source, a) for a in point.arrays]
        try:
            given = subject.second(case, point.arrays, point.cotangents, along)
        except CallError as problem:
            return _refused(problem)
        try:
            trace = subject.trace(case, point.arrays, point.cotangents) if exact else None
        except (CallError, DerivcError):
            trace = None
        found = _compared(subject, case, point, trace, along, given)
        worst = found if found.outcome == "wrong" or worst.outcome == "skipped" else worst
        if worst.outcome == "wrong":
            break
    return worst


def _direction(source: random.Random, like: Any) -> Any:
    numbers = [source.choice((-1, 1)) * source.uniform(0.5, 1.5) for _ in range(np.size(like))]
    return np.array(numbers).reshape(np.shape(like))


def _refused(problem: CallError) -> Second:
    text = str(problem.problem)
    if any(word in text for word in _REFUSALS):
        note = explained(problem, "once", "no second derivative: it is refused, not silently wrong",
                         "note")  # fmt: skip
        return Second("refused", findings=(note,))
    finding = explained(problem, "second-order", "double backward fails", "second order")
    return Second("refused", findings=(finding,))


def _compared(
    subject: Subject, case: Case, point: Point, trace: Trace | None, along: Any, given: Any
) -> Second:
    """The worst number of both parts: by the inputs, and by the cotangents."""
    by_arrays, by_cotangents = given
    detached = all(g is None for g in by_arrays)
    names = [*case.moving_names, *(f"grad_output {i}" for i in range(len(by_cotangents)))]
    worst = Second("skipped")
    for group, numbers in enumerate((*by_arrays, *by_cotangents)):
        arrays = (*point.arrays, *point.cotangents)
        for element in range(min(_ELEMENTS, np.size(arrays[group]))):
            true = _true(subject, case, point, trace, along, group, element)
            number = 0.0 if numbers is None else float(np.ravel(numbers)[element])
            at = float(np.ravel(arrays[group])[element])
            if math.isnan(true):
                continue
            apart = abs(number - true)
            good = apart <= LIMIT * max(abs(true), abs(number), 0.1)
            row = Second("right" if good else "wrong", names[group], at, true, number, detached)
            worst = row if row.outcome == "wrong" or worst.outcome == "skipped" else worst
        if worst.outcome == "wrong":
            break
    return worst


def _true(
    subject: Subject, case: Case, point: Point, trace: Trace | None, along: Any, group: int,
    element: int,
) -> float:  # fmt: skip
    if trace is None or trace.lost or not trace.outputs:
        return _finite(subject, case, point, along, group, element)
    name = (*trace.inputs, *trace.cotangents)[group][element]
    vector = {
        n: float(v)
        for names, values in zip(trace.inputs, along, strict=True)
        for n, v in zip(names, np.ravel(values), strict=True)
    }
    marks = {f"v.{n}": v for n, v in vector.items()}
    try:
        tree = _along(trace, name)
        return truths.slope(tree, {**truths.place(trace, point), **marks}, name)
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return math.nan


@lru_cache(maxsize=500)
def _along(trace: Trace, name: str) -> Any:
    """The true gradients that depend on an element, along a direction, summed."""
    inputs = {n for names in trace.inputs for n in names}
    total = truths.loss(trace, name) if name in inputs else _whole(trace, name)
    reached = sorted(str(s.name) for s in symbols(total) if str(s.name) in inputs)
    terms = [nodes.node(sp.Mul, sp.Symbol(f"v.{n}", real=True), diff(total, n)) for n in reached]
    if len(terms) < 2:
        return terms[0] if terms else sp.Integer(0)
    return nodes.node(sp.Add, *terms)


def _whole(trace: Trace, mark: str) -> Any:
    """The output that a cotangent belongs to, times it."""
    for trees, marks in zip(trace.outputs, trace.cotangents, strict=True):
        if mark in marks:
            return truths.paired([trees[marks.index(mark)]], [mark])
    return sp.Integer(0)


def _finite(
    subject: Subject, case: Case, point: Point, along: Any, group: int, element: int
) -> float:
    """By finite differences of the written gradient, which is right."""
    place = float(np.ravel((*point.arrays, *point.cotangents)[group])[element])

    def directional(number: float) -> float:
        parts = [a.copy() for a in (*point.arrays, *point.cotangents)]
        parts[group].reshape(-1)[element] = number
        arrays, cotangents = parts[: len(point.arrays)], parts[len(point.arrays) :]
        found = subject.backward(case, arrays, cotangents)
        pairs = zip(found, along, strict=True)
        return float(sum(np.sum(g * v) for g, v in pairs if g is not None))

    return truths.extrapolated(directional, place)
