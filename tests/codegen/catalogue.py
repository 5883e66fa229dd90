"""The elementwise catalogue as functions to generate, with places and 50-digit truths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath as mp
import sympy as sp

import derivc as dc
from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, partials, points, truth
from tests.properties.test_values import free_arguments

LARGEST = mp.mpf(2) ** 1000
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

    def truths(self) -> list[tuple[Any, list[Any], Any]]:
        """Per place the value, the partials, and how far rounded arguments may move the value."""
        found = []
        for place in self.places:
            with mp.workdps(60):
                args = [mp.mpf(a) for a in place]
                value = truth(self.op, args)
                slopes = partials(self.op, args, value)
                moved = sum(abs(a * s) for a, s in zip(args, slopes, strict=True) if s is not None)
                found.append((value, [slopes[i] for i in self.free], moved))
        return found


@cache
def case(op: Op) -> Case | None:
    """The case of an op; None for one that is differentiable by no argument."""
    places, free = points(op), tuple(free_arguments(op))
    fixed = [i for i in range(op.arity) if i not in free]
    some = [tuple(p) for p in places if all(p[i] == places[0][i] for i in fixed)]
    return Case(op, free, tuple(some)) if free else None


def catalogue() -> list[Op]:
    """Every op that is differentiable by something."""
    return [op for op in differentiable_ops() if case(op) is not None]


def error(got: float, expected: Any, slack: Any = 0) -> float:
    """The relative error in units of the last place of a double."""
    if not abs(expected) < LARGEST:
        return 0.0
    return float(abs(mp.mpf(got) - expected) / (abs(expected) + slack + mp.mpf(10) ** -290) * 2**53)
