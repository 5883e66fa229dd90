"""The true gradients: 50-digit arithmetic where there are trees, else finite differences.

Partials of trees are central differences at high precision (`verify.oracle`), so that they share
nothing with the rules by which the formulas in the report are derived.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.errors import DerivcError
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.symbolic.tracing import nodes
from derivc.symbolic.walk import symbols
from derivc.verify import oracle
from derivc.verify.audit.points import Point
from derivc.verify.audit.subject import Case, Subject, Trace
from derivc.verify.finite import central

DIGITS = 30


@lru_cache(maxsize=4_000)
def _program(tree: Any) -> tuple[Program, tuple[str, ...]]:
    names = tuple(sorted(str(s.name) for s in symbols(tree)))
    return lower([tree], names), names


def value(tree: Any, at: Mapping[str, float]) -> float:
    """The double nearest to a tree's value; NaN where it has none."""
    program, names = _program(tree)
    found = oracle.evaluate(program, [at[n] for n in names], DIGITS)[0]
    return oracle.truth_float(found) if not isinstance(found, bool) else float(found)


def slope(tree: Any, at: Mapping[str, float], name: str) -> float:
    """The double nearest to a tree's partial; NaN where it has none."""
    program, names = _program(moving(tree, name))
    if name not in names:
        return 0.0
    place = [at[n] for n in names]
    return oracle.truth_float(oracle.partial(program, place, names.index(name), DIGITS))


@lru_cache(maxsize=4_000)
def moving(tree: Any, name: str) -> Any:
    """The tree without the terms of its outermost sum that do not hold a name.

    d(a + b) = da where b is constant; beside a b of 1e400 the digits of a would be lost.
    """
    if tree.is_Mul:
        own = [_holds(part, name) for part in tree.args]
        pairs = zip(tree.args, own, strict=True)
        if sum(own) == 1:
            return nodes.node(sp.Mul, *(moving(p, name) if holds else p for p, holds in pairs))
        return tree
    if not tree.is_Add:
        return tree
    terms = [moving(term, name) for term in tree.args if _holds(term, name)]
    return nodes.node(sp.Add, *terms) if len(terms) > 1 else (terms or [sp.Integer(0)])[0]


def _holds(tree: Any, name: str) -> bool:
    return any(str(s.name) == name for s in symbols(tree))


def paired(trees: Sequence[Any], marks: Sequence[str]) -> Any:
    """The sum of outputs times cotangents, whose partials are the gradients."""
    terms = [
        nodes.node(sp.Mul, sp.Symbol(mark, real=True), tree)
        for tree, mark in zip(trees, marks, strict=True)
        if tree != 0
    ]
    if len(terms) < 2:
        return terms[0] if terms else sp.Integer(0)
    return nodes.node(sp.Add, *terms)


class Truth(ABC):
    """The true gradients at one point."""

    @abstractmethod
    def gradient(self, array: int, element: int) -> float:
        """Of one element of one array that varies; NaN at kinks and outside of the domain."""

    @abstractmethod
    def uncertainty(self, array: int, element: int) -> float:
        """By how much the truth moves when the element moves to the next double, or is unsure."""


@final
class ExactTruth(Truth):
    """By trees, at 50 digits."""

    def __init__(self, trace: Trace, point: Point):
        self.trace, self.point = trace, point
        self.at = place(trace, point)

    def gradient(self, array: int, element: int) -> float:
        """By differences at high precision."""
        name = self.trace.inputs[array][element]
        try:
            return slope(loss(self.trace, name), self.at, name)
        except (DerivcError, ArithmeticError, ValueError, TypeError):
            return math.nan

    def uncertainty(self, array: int, element: int) -> float:
        """The change of the truth to the next double on either side."""
        name = self.trace.inputs[array][element]
        tree, true = loss(self.trace, name), self.gradient(array, element)
        moved = []
        for step in (math.inf, -math.inf):
            near = {**self.at, name: math.nextafter(self.at[name], step)}
            moved.append(abs(slope(tree, near, name) - true))
        return max((m for m in moved if not math.isnan(m)), default=0.0)


def place(trace: Trace, point: Point) -> dict[str, float]:
    """The numbers at a point by the names of a trace."""
    found: dict[str, float] = {}
    for names, array in zip(
        (*trace.inputs, *trace.cotangents), (*point.arrays, *point.cotangents), strict=True
    ):
        found |= dict(zip(names, map(float, np.ravel(array)), strict=True))
    return found


def loss(trace: Trace, name: str) -> Any:
    """The outputs that depend on an element, times their cotangents, summed."""
    return _loss(trace.outputs, trace.cotangents, name)


@lru_cache(maxsize=2_000)
def _loss(outputs: Any, cotangents: Any, name: str) -> Any:
    pairs = [
        (tree, mark)
        for trees, marks in zip(outputs, cotangents, strict=True)
        for tree, mark in zip(trees, marks, strict=True)
        if _holds(tree, name)
    ]
    return paired([tree for tree, _ in pairs], [mark for _, mark in pairs])


@lru_cache(maxsize=2_000)
def reached(outputs: Any, name: str) -> list[int]:
    """Which outputs, counted through, depend on an element."""
    trees = [tree for group in outputs for tree in group]
    return [i for i, tree in enumerate(trees) if _holds(tree, name)]


def extrapolated(function: Any, at: float) -> float:
    """The derivative by central differences, extrapolated from two steps; NaN where they differ."""
    size = max(abs(at), 0.1)
    coarse, fine = (_level(function, at, size * step) for step in (2e-2, 3e-3))
    return fine if abs(coarse - fine) <= 1e-6 * max(abs(fine), 1e-3) else math.nan


def _level(function: Any, at: float, step: float) -> float:
    """Three halved steps, the errors of second and fourth order cancelled (Romberg)."""
    a, b, c = (central(function, [at], 0, step / 2**k) for k in range(3))
    first, second = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * second - first) / 15


@final
class FiniteTruth(Truth):
    """By extrapolated finite differences of the forward in float64."""

    def __init__(self, subject: Subject, case: Case, point: Point):
        self.subject, self.case, self.point = subject, case, point

    def gradient(self, array: int, element: int) -> float:
        """Ridders' extrapolation."""
        place = float(np.ravel(self.point.arrays[array])[element])
        return extrapolated(lambda v: self._loss(array, element, v), place)

    def _loss(self, array: int, element: int, number: float) -> float:
        arrays = [a.copy() for a in self.point.arrays]
        arrays[array].reshape(-1)[element] = number
        outputs = self.subject.forward(self.case, arrays)
        return float(
            sum(np.sum(y * g) for y, g in zip(outputs, self.point.cotangents, strict=True))
        )

    def uncertainty(self, array: int, element: int) -> float:
        """What finite differences leave open."""
        return 1e-6 * abs(self.gradient(array, element))
