"""The elementwise catalogue as functions to generate, with places and 50-digit truths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath as mp
import sympy as sp

import derivc as dc
from derivc.ops import registry
from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, partials, points, truth
from tests.properties.test_values import free_arguments

LARGEST = mp.mpf(2) ** 1000
STEP = mp.mpf(10) ** -20
SLOW = set(
    "k0 k1 k0e k1e y0 y1 yv kv mvlgamma gelu_tanh factorial erfcx lambertw i1e iv ive".split()
)
"""Ops that take seconds to compile."""


@dataclass(frozen=True)
class Case:
    """An op in its free arguments, at places where the others are fixed."""

    op: Op
    free: tuple[int, ...]
    places: tuple[tuple[float, ...], ...]

    @property
    def kernel(self) -> Any:
        fixed = self.places[0]
        names = [sp.Symbol(f"a{i}", real=True) for i in range(self.op.arity)]
        args = [n if i in self.free else sp.sympify(fixed[i]) for i, n in enumerate(names)]
        return dc.compile(self.op.build(*args), inputs=[f"a{i}" for i in self.free])

    def columns(self, most: float = mp.inf) -> list[list[float]]:
        """The free arguments at all places where none is larger than that."""
        kept = [p for p in self.places if all(abs(v) < most for v in p)] or list(self.places)
        return [[float(p[i]) for p in kept] for i in self.free]

    def truths(self) -> list[tuple[Any, list[Any], Any, list[Any]]]:
        """Per place the value, the partials, and how far rounded arguments may move each."""
        with mp.workdps(60):
            return [self._truth([mp.mpf(a) for a in place]) for place in self.places]

    def _truth(self, args: list[Any]) -> tuple[Any, list[Any], Any, list[Any]]:
        value, slopes = self._known(args)
        moved = sum(abs(a * s) for a, s in zip(args, slopes, strict=True) if s is not None)
        return value, [slopes[i] for i in self.free], moved, self._bends(args, slopes)

    def _known(self, args: list[Any]) -> tuple[Any, list[Any]]:
        value = truth(self.op, args)
        return value, partials(self.op, args, value)

    def _bends(self, args: list[Any], slopes: list[Any]) -> list[Any]:
        """Per partial, how far it moves when each argument does, by differences of 60 digits."""
        moved = [mp.mpf(0) for _ in self.free]
        for i in self.free:
            beside = self._known([a * (1 + STEP * (j == i)) for j, a in enumerate(args)])[1]
            for k, j in enumerate(self.free):
                moved[k] += abs(beside[j] - slopes[j]) / STEP
        return moved


@cache
def case(op: Op, most: float = mp.inf) -> Case | None:
    """The case of an op, where it can be with all arguments below a number.

    None for one that is differentiable by no argument.
    """
    every, free = points(op), tuple(free_arguments(op))
    places = [p for p in every if all(abs(v) < most for v in p)] or every
    fixed = [i for i in range(op.arity) if i not in free]
    some = [tuple(p) for p in places if all(p[i] == places[0][i] for i in fixed)]
    return Case(op, free, tuple(some)) if free else None


def catalogue() -> list[Op]:
    """Every op that is differentiable by something."""
    return [op for op in differentiable_ops() if _is_always_there(op) and case(op) is not None]


def _is_always_there(op: Op) -> bool:
    """Members of families are made when they are first asked for: of these the first two."""
    stem, _, number = op.name.rpartition("_")
    return stem not in registry._families or not number.isdecimal() or int(number) < 2


def error(got: float, expected: Any, slack: Any = 0) -> float:
    """The relative error in units of the last place of a double."""
    if not abs(expected) < LARGEST:
        return 0.0
    return float(abs(mp.mpf(got) - expected) / (abs(expected) + slack + mp.mpf(10) ** -290) * 2**53)
