"""An op at its kinks and at special points: derivc, PyTorch, JAX and the one-sided slopes.

What PyTorch and JAX return is asked of them where they are installed. One-sided slopes are
difference quotients at 200 digits with a step of 1e-60.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp

from derivc import compiler
from derivc.ops.declaration import Kink, Op
from derivc.ops.shorthand import mpmath
from derivc.reference.records import peers
from derivc.reference.records.places import View, view
from derivc.verify import oracle

Point = tuple[float, ...]

_NUMBERS = (0.0, 1.0, -1.0, 0.5, 2.0, -0.5, 3.0, -3.0, 6.0, 1.5, -1.5, 0.875, 0.25)
_SPECIAL = (-math.inf, -1.0, -0.0, 0.0, 1.0, math.inf, math.nan)
_DIGITS, _STEP = 200, 60


def kinks(op: Op) -> list[dict[str, Any]]:
    """One entry per declared kink that a place can be found for.

    Returns:
        Records: `at`, the slopes `derivc`, `torch`, `jax`, `left` and `right`, each a list with one
        number per moving argument, or None where there is none or nobody to ask.
    """
    seen = view(op)
    found = [(kink, _place(seen, kink)) for kink in op.kinks]
    return [{"kink": i, **_beside(op, seen, at)}
            for i, (_, at) in enumerate(found) if at is not None]  # fmt: skip


def special(op: Op) -> list[dict[str, Any]]:
    """Value and slope of an op of one moving argument at 0, 1, infinity, NaN."""
    seen = view(op)
    if len(seen.names) != 1:
        return []
    return [_valued(op, seen, (x,)) for x in _SPECIAL]


def _place(seen: View, kink: Kink) -> Point | None:
    """A simple point on a kink."""
    zero = sp.sympify(kink.place(*seen.arguments))
    for point in _simple(len(seen.names)):
        values = dict(zip(seen.symbols.values(), map(sp.Rational, point), strict=True))
        if seen.holds(point) and zero.subs(values) == 0:
            return point
    return _solved(seen, zero)


def _simple(count: int) -> Iterator[Point]:
    """Points of simple numbers, the simplest first."""
    numbers = _NUMBERS if count <= 2 else _NUMBERS[:5]
    return itertools.product(numbers, repeat=count)


def _solved(seen: View, zero: Any) -> Point | None:
    if len(seen.names) != 1:
        return None
    (symbol,) = seen.symbols.values()
    try:
        found = [float(x) for x in sp.solve(zero, symbol) if x.is_real]
    except NotImplementedError:
        return None
    return (found[0],) if found else None


def _beside(op: Op, seen: View, at: Point) -> dict[str, Any]:
    value, slopes = _ours(seen, at)
    left, right = (_one_sided(seen, at, way) for way in (-1, 1))
    return {
        "at": at, "value": value, "derivc": slopes, "torch": _theirs(peers.torch_at, op, seen, at),
        "jax": _theirs(peers.jax_at, op, seen, at), "left": left, "right": right,
    }  # fmt: skip


def _valued(op: Op, seen: View, at: Point) -> dict[str, Any]:
    value, slopes = _ours(seen, at)
    torch, jax = peers.torch_at(op, seen.full(at)), peers.jax_at(op, seen.full(at))
    record: dict[str, Any] = {"at": at, "value": value, "derivc": slopes}
    for library, found in (("torch", torch), ("jax", jax)):
        record[f"{library}_value"] = None if found is None else found[0]
        record[library] = _chosen(found, op, seen)
    return record


def _ours(seen: View, at: Point) -> tuple[float, list[float]]:
    kernel = compiler.compile(seen.tree, inputs=list(seen.names))
    value, slopes = kernel.value_and_grad(*at)
    return float(value), [float(s) for s in slopes]


def _theirs(ask: Any, op: Op, seen: View, at: Point) -> list[float | None] | None:
    return _chosen(ask(op, seen.full(at)), op, seen)


def _chosen(found: peers.Result | None, op: Op, seen: View) -> list[float | None] | None:
    return None if found is None else [found[1][op.params.index(name)] for name in seen.names]


def _one_sided(seen: View, at: Point, way: int) -> list[float]:
    return [_quotient(seen, at, i, way) for i in range(len(at))]


def _quotient(seen: View, at: Sequence[float], index: int, way: int) -> float:
    """The slope on one side; infinite where it grows without end, NaN where there is no value."""
    mp = mpmath()
    with mp.workdps(_DIGITS):
        first, second = (_difference(seen, at, index, way, digits) for digits in (_STEP, 90))
        if mp.isfinite(second) and abs(second) > mp.mpf(10) ** 10 * max(1, abs(first)):
            return math.copysign(math.inf, float(mp.sign(second)))
        return oracle.truth_float(second) if abs(second - first) < 1e-9 else math.nan


def _difference(seen: View, at: Sequence[float], index: int, way: int, digits: int) -> Any:
    mp = mpmath()
    step = way * mp.mpf(10) ** -digits
    centre = [mp.mpf(x) for x in at]
    moved = [x + step if i == index else x for i, x in enumerate(centre)]
    low, high = (oracle.at_precision(seen.program, p, _DIGITS) for p in (centre, moved))
    return mp.nan if low is None or high is None else (high[0] - low[0]) / step
