"""Where an op is looked at: which of its arguments move, and the points they are moved to."""

from __future__ import annotations

import math
import random
import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, final

import sympy as sp

from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.ops.declaration import Op

FIXED = {
    "n": 2, "p": 2, "bound": 10**9, "s": 2.5, "a": 1.5, "b": 2.5, "eps": 0.125, "h0": 0.5,
    "delta": 1, "margin": 1, "lower": 0.125, "upper": 1 / 3, "nan": 0, "posinf": 9, "neginf": -9,
    "value": 1.5, "threshold": 0.5, "lambd": 0.5, "min_val": -1, "max_val": 1,
    "label": 1, "m": 0.5, "alpha": 1.5,
    "lo": -1, "hi": 1,
}  # fmt: skip
"""What stands for an argument that does not move and has no default."""

CHOICES = {
    "w": (0.0, 0.25, 0.75, 1.0), "lo": (-1.0, -0.25), "hi": (0.75, 2.0), "label": (1.0, -1.0),
    "m": (-3.5, 0.03, 0.4, 0.95), "var": (0.1, 1.0, 7.5), "negative_slope": (0.01, 0.25),
    "weight": (0.01, 0.25, -1.0), "threshold": (0.5,), "value": (1.5,), "lambd": (0.5,),
}  # fmt: skip
"""The numbers that are given to some arguments, by name."""

_REACH = {"sincu": 60.0}
"""Ops whose truth is an integral that oscillates: how far away from 0 it is asked for."""

_SMALL = tuple(10.0**k for k in (-300, -200, -150, -100, -50, -20))
_LARGE = tuple(10.0**k for k in (4, 6, 8, 12, 16, 50, 100, 150, 200, 300))
_POOL = (1e-8, 1e-3, 0.03, 0.21, 0.45, 0.5, 0.85, 1.0, 1.3, 2.75, 7.2, 12.0, 43.25, 300.0)


@final
@dataclass(frozen=True)
class View:
    """An op as a function of the arguments that move, the others being numbers.

    Args:
        op: the op. names: the arguments that move, in order. fixed: the others, by name.
    """

    op: Op
    names: tuple[str, ...]
    fixed: tuple[tuple[str, Any], ...]

    @cached_property
    def symbols(self) -> dict[str, Any]:
        """The moving arguments as symbols, by name."""
        return {name: sp.Symbol(name, real=True) for name in self.names}

    @cached_property
    def arguments(self) -> list[Any]:
        """All arguments as SymPy takes them, in order."""
        every = {**dict(self.fixed), **self.symbols}
        return [sp.sympify(every[name]) for name in self.op.params]

    @cached_property
    def tree(self) -> Any:
        """The op at its arguments."""
        return self.op.build(*self.arguments)

    @cached_property
    def _domain(self) -> Any:
        inside = True if self.op.domain is None else self.op.domain(*self.arguments)
        return sp.lambdify(list(self.symbols.values()), inside, "math")

    def holds(self, point: tuple[float, ...]) -> bool:
        """Whether the declared domain holds a point."""
        return bool(self._domain(*point))

    @cached_property
    def program(self) -> Program:
        """The op as a program, which the oracle evaluates."""
        return lower([self.tree], self.names)

    def full(self, point: tuple[float, ...]) -> list[float]:
        """A point with the numbers that do not move put in, in the order of the op's arguments."""
        every = {**dict(self.fixed), **dict(zip(self.names, point, strict=True))}
        return [float(every[name]) for name in self.op.params]


def view(op: Op) -> View:
    """The op as a function of the arguments it is differentiated by.

    Example:
        >>> from derivc.ops import registry
        >>> view(registry.get("leaky_relu")).names
        ('x',)
    """
    partials = _partials(op)
    moving = [
        name
        for name, partial in zip(op.params, partials, strict=True)
        if partial is not None and name not in op.defaults and name not in _INTEGER
    ]
    fixed = [(name, _number(op, name)) for name in op.params if name not in moving]
    return View(op, tuple(moving), tuple(fixed))


def _number(op: Op, name: str) -> Any:
    """What stands for an argument that does not move: its default, unless that is infinite."""
    default = op.defaults.get(name)
    if default is None or abs(float(default)) == math.inf:
        return FIXED.get(name, 1.5)
    return default


_INTEGER = {"n", "p"}


def _partials(op: Op) -> list[Any]:
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    if op.partials is None:
        return [None] * op.arity
    return list(op.partials(*symbols, sp.Symbol("output_", real=True)))


def points(seen: View, count: int = 200) -> list[tuple[float, ...]]:
    """Places of all magnitudes and signs, in order; inside the declared domain.

    One argument is moved over a grid: linear near 0, logarithmic beyond; several at random.
    """
    if len(seen.names) == 1:
        reach = _REACH.get(seen.op.name, math.inf)
        grid = [x for x in _grid(_is_slow(seen.op)) if abs(x) <= reach]
        return [(x,) for x in grid if seen.holds((x,))]
    draw = random.Random(zlib.crc32(seen.op.name.encode()))
    drawn = (tuple(_drawn(draw, name) for name in seen.names) for _ in range(20 * count))
    return list(islice(filter(seen.holds, drawn), count))


def _is_slow(op: Op) -> bool:
    """Whether 50 digits of it cost much far away from 0."""
    return bool(op.tags & {"special", "integral"})


def _grid(short: bool) -> list[float]:
    near = [10 ** (k / 4) for k in range(-48, 13)]
    wide = [k / 2 + 0.03125 for k in range(1, 84)]
    close = [1 - 10.0**-k for k in range(1, 13, 2)] + [1 + 10.0**-k for k in range(1, 13, 2)]
    far = () if short else (*_SMALL, *_LARGE, 709.0, 710.5, 745.0)
    sizes = sorted({*near, *wide, *close, *far})
    return [*(-x for x in reversed(sizes)), *sizes]


def _drawn(draw: random.Random, name: str) -> float:
    if name in CHOICES:
        return draw.choice(CHOICES[name])
    kind = draw.random()
    size = draw.choice(_POOL) if kind < 0.4 else 10 ** draw.uniform(-9, 2.5)
    return size * draw.choice((-1, 1))
