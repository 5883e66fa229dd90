"""A function of one variable and its derivatives as arrays.

Knows nothing of matplotlib: the figures and the plot in the terminal are made from these records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
import sympy as sp

from derivc import compiler
from derivc.codegen.function import Argument
from derivc.definition import Definition
from derivc.errors import DerivcError
from derivc.ops import registry
from derivc.symbolic.differentiate import diff
from derivc.symbolic.singularities.analyse import analyse
from derivc.symbolic.singularities.records import Findings, Singularity
from derivc.symbolic.singularities.roots import K
from derivc.symbolic.walk import postorder

Array = Any
_MEMBERS = 400
_LEAPS = 40
BUDGET = 60_000.0
"""Work that a picture gives to the search for singular places; see `analyse`."""


@final
class Line:
    """A function of one variable, the others fixed, with its derivatives of any order.

    Args:
        definition: of a scalar-valued function of scalars. variable: the one that moves.
        fixed: numbers for the others. convention: what is returned at kinks.
        budget: of the search for singular places.
    """

    def __init__(
        self,
        definition: Definition,
        variable: str,
        fixed: dict[str, float],
        convention: str = "torch",
        budget: float = BUDGET,
    ):
        self.definition, self.variable = definition, variable
        self.fixed, self.convention, self.budget = fixed, convention, budget
        self.tree = definition.trees[0]
        self._orders: dict[int, Callable[[Array], Array]] = {}

    def __call__(self, order: int, x: Array) -> Array:
        """The derivative of this order as the compiled code computes it, as float64.

        NaN where the function itself has no value, whatever the code of the derivative returns.
        """
        x = np.asarray(x, dtype=float)
        if order not in self._orders:
            self._orders[order] = self._made(order)
        with np.errstate(all="ignore"):
            found = self._orders[order](x)
        found = np.broadcast_to(np.asarray(found, dtype=float), x.shape)
        return found if order == 0 else np.where(np.isnan(self(0, x)), np.nan, found)

    def _made(self, order: int) -> Callable[[Array], Array]:
        if order < 2:
            kernel = self.kernel
            pick = kernel.value if order == 0 else lambda *a: kernel.grad(*a)[0]
        else:
            tree = diff(self.tree, self.variable, order=order)
            higher = Definition(self.definition.arguments, (tree,))
            pick = compiler.compile(higher, convention=self.convention).value
        return lambda x: pick(*self.arguments(x))

    @cached_property
    def kernel(self) -> Any:
        """The compiled function, to be differentiated by the one variable."""
        moving = [self.variable] if self.variable in self.definition.inputs else None
        return compiler.compile(self.definition, wrt=moving, convention=self.convention)

    @cached_property
    def special(self) -> bool:
        """Whether a special function is in it: far out some of SciPy's take hours."""
        found = (registry.of_symbol(type(node)) for node in postorder(self.tree))
        return any(op is not None and "special" in op.tags for op in found)

    def arguments(self, x: Array) -> list[Any]:
        """All arguments of the function, this one at x."""
        return [x if n == self.variable else self.fixed[n] for n in self.definition.inputs]

    @cached_property
    def findings(self) -> Findings:
        """The singular places along the line."""
        symbol = sp.Symbol(self.variable, real=True)
        swaps = {sp.Symbol(n, real=True): sp.Rational(v) for n, v in self.fixed.items()}
        try:
            return analyse(self.tree.xreplace(swaps) if swaps else self.tree, symbol, self.budget)
        except (DerivcError, ArithmeticError, TypeError, ValueError, RecursionError):
            return Findings((), (), ("singular places were not found",))

    def places(self, low: float, high: float) -> list[tuple[float, Singularity]]:
        """The singular places within an interval, members of families one by one."""
        found = [(x, s) for s in self.findings for x in _members(s, low, high) if low <= x <= high]
        return sorted(found, key=lambda pair: pair[0])


def scalars(definition: Definition) -> Definition:
    """The same function with one scalar argument for every element of its arrays."""
    if all(a.shape is None for a in definition.arguments):
        return definition
    arguments = tuple(Argument(name, (name,)) for name in definition.elements)
    return Definition(arguments, definition.trees, definition.shape, definition.name)


def _members(found: Singularity, low: float, high: float) -> Iterator[float]:
    if not found.is_family:
        yield float(sp.N(found.at))
        return
    position = sp.lambdify(K, found.at, "math")
    last = max(found.examples, key=abs, default=0.0)
    usual = _integers(found, position, low, high)
    for k in usual:
        try:
            x = float(position(k))
        except (ValueError, ArithmeticError, TypeError):
            continue
        if x == x and abs(last) >= 0 and _belongs(found, k):
            yield x


def _integers(found: Singularity, position: Any, low: float, high: float) -> Sequence[int]:
    """The integers whose members may lie within; all small ones where the family is no line."""
    if not sp.diff(found.at, K).is_number:
        return range(-_MEMBERS, _MEMBERS + 1)
    start, period = float(position(0)), float(position(1) - position(0))
    first, last = sorted(((low - start) / period, (high - start) / period))
    if last - first > _MEMBERS:
        return range(0)
    return range(int(np.floor(first)), int(np.ceil(last)) + 1)


def _belongs(found: Singularity, k: int) -> bool:
    """Whether the integer is one of those that the set names."""
    head, _, which = found.where.partition(", k ")
    if which.startswith("any integer except "):
        return str(k) not in which.removeprefix("any integer except ").split(", ")
    if which.startswith("= "):
        first, second = (int(word) for word in which.removeprefix("= ").split(", ")[:2])
        return k >= first if second > first else k <= first
    return bool(head)


@final
@dataclass(frozen=True)
class Curve:
    """One derivative, in pieces between which the line is broken.

    Args:
        order: 0 for the function. pieces: pairs of arrays. band: (x, low, high) where it
            oscillates faster than it is sampled.
    """

    order: int
    pieces: tuple[tuple[Array, Array], ...]
    band: tuple[Array, Array, Array] | None = None

    @property
    def x(self) -> Array:
        """All places."""
        return np.concatenate([x for x, _ in self.pieces]) if self.pieces else np.array([])

    @property
    def y(self) -> Array:
        """All values, finite ones only."""
        parts = [y for _, y in self.pieces]
        parts += [self.band[1], self.band[2]] if self.band is not None else []
        return np.concatenate(parts) if parts else np.array([])


def sampled(line: Line, order: int, low: float, high: float, count: int, log: bool) -> Curve:
    """A curve on an interval, denser near its singular places, broken at them."""
    x = _grid(low, high, count, log)
    if _oscillates(line(order, x)):
        return _band(line, order, low, high, count, log)
    cuts = [place for place, s in line.places(low, high) if _breaks(s, order)]
    extra = [place for place, _ in line.places(low, high)]
    dense = _around(extra, low, high)
    x = np.unique(np.concatenate([x, dense, [p for p in extra if p not in cuts]]))
    y = line(order, x)
    return Curve(order, tuple(_pieces(line, order, x, y, cuts)))


def _grid(low: float, high: float, count: int, log: bool) -> Array:
    return np.geomspace(low, high, count) if log and low > 0 else np.linspace(low, high, count)


def _around(places: Sequence[float], low: float, high: float) -> Array:
    """Points that close in on each place from both sides."""
    steps = (high - low) * 10.0 ** -np.linspace(1.5, 7, 14 if len(places) < 10 else 6)
    near = [p + s * w for p in places for s in steps for w in (-1, 1)]
    return np.array([x for x in near if low <= x <= high])


def _breaks(found: Singularity, order: int) -> bool:
    """Whether the curve of this order has a gap there."""
    if found.of == "f'":
        return order > 1 or (order == 1 and found.kind == "essential")
    if found.kind in ("kink", "cusp", "vertical tangent"):
        return order > 0
    if found.kind == "branch point":
        return order > 0 or not (found.left.value.finite or found.right.value.finite)
    return found.kind != "end of the domain"


def _oscillates(y: Array) -> bool:
    """Whether neighbours go up and down too often to be a drawn curve."""
    steps = np.diff(y[np.isfinite(y)])
    steps = steps[steps != 0]
    turns = np.count_nonzero(np.sign(steps[1:]) != np.sign(steps[:-1]))
    swing = np.abs(steps)
    return bool(turns > len(y) / 5 and np.median(swing) > 0.05 * np.ptp(y[np.isfinite(y)]))


def _band(line: Line, order: int, low: float, high: float, count: int, log: bool) -> Curve:
    """Only what lies between the least and the greatest value of each column."""
    columns = max(count // 3, 40)
    dense = _grid(low, high, columns * 64, log)
    rows = line(order, dense).reshape(columns, 64)
    rows = np.where(np.isfinite(rows), rows, np.nan)
    keep = np.isfinite(rows).any(axis=1)
    middle = dense.reshape(columns, 64)[:, 32][keep]
    return Curve(order, (), (middle, np.nanmin(rows[keep], axis=1), np.nanmax(rows[keep], axis=1)))


def _pieces(
    line: Line, order: int, x: Array, y: Array, cuts: Sequence[float]
) -> Iterator[tuple[Array, Array]]:
    """Runs of finite values, cut at singular places and at jumps that nothing announced."""
    group = np.searchsorted(np.asarray(sorted(cuts)), x)
    gap = np.diff(group) != 0
    gap |= _leaps(line, order, x, y)
    ends = np.flatnonzero(gap | ~np.isfinite(y[:-1]) | ~np.isfinite(y[1:])) + 1
    for xs, ys in zip(np.split(x, ends), np.split(y, ends), strict=True):
        fine = np.isfinite(ys) & ~np.isin(xs, cuts)
        if fine.any():
            yield xs[fine], ys[fine]


def _leaps(line: Line, order: int, x: Array, y: Array) -> Array:
    """Where neighbours differ much, and go on to differ when the gap is halved thirty times."""
    with np.errstate(all="ignore"):
        steps = np.abs(np.diff(y))
        large = steps > 0.08 * np.nanmax(np.where(np.isfinite(y), np.abs(y), np.nan), initial=0)
    found = np.zeros(len(steps), dtype=bool)
    for i in np.flatnonzero(large & np.isfinite(steps))[:_LEAPS]:
        found[i] = _is_leap(line, order, float(x[i]), float(x[i + 1]), float(y[i]), float(y[i + 1]))
    return found


def _is_leap(line: Line, order: int, a: float, b: float, ya: float, yb: float) -> bool:
    whole = abs(yb - ya)
    for _ in range(30):
        middle = (a + b) / 2
        found = float(line(order, np.array(middle)))
        if not np.isfinite(found):
            return True
        if abs(found - ya) > abs(yb - found):
            b, yb = middle, found
        else:
            a, ya = middle, found
    return abs(yb - ya) > 0.5 * whole
