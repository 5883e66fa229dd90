"""What is pointed out in a picture of one variable: values, limits that are none, asymptotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import sympy as sp

from derivc.reference.plot.curves import Line
from derivc.symbolic.singularities.records import Singularity

_MARKED = 40


@final
@dataclass(frozen=True)
class Mark:
    """Something to point out.

    Args:
        style: "dot" (a value), "ring" (a limit that is no value), "asymptote" or "wild" (lines).
        x, y: the place; y is NaN for lines. order: of the curve, -1 for all.
        kind: of the singularity.
    """

    style: str
    x: float
    y: float
    order: int
    kind: str


def marks(line: Line, orders: Sequence[int], low: float, high: float) -> list[Mark]:
    """What to point out in the interval; nothing where the places are too many to be told apart."""
    found = line.places(low, high)
    if len(found) > _MARKED:
        return []
    return [mark for x, s in found for o in orders for mark in _marks(line, o, x, s, high - low)]


def _marks(line: Line, order: int, x: float, found: Singularity, width: float) -> Iterator[Mark]:
    left, at, right = (
        float(line(order, np.array(x + d))) for d in (-1e-8 * width, 0.0, 1e-8 * width)
    )
    style = _style(found, order)
    if style in ("asymptote", "wild"):
        yield Mark(style, x, float("nan"), -1 if order == 0 else order, found.kind)
    elif style == "limits":
        yield from _limits(order, x, (left, at, right), found, width)


def _style(found: Singularity, order: int) -> str:
    """How a place shows in the curve of an order."""
    if found.kind == "essential" and (found.of == "f" or order > 0):
        return "wild"
    if found.of == "f'" and order == 0:
        return ""
    infinite = [s.value.infinite for s in (found.left, found.right)]
    steep = [s.slope.infinite for s in (found.left, found.right)]
    if any(infinite) or (order == 1 and any(steep)):
        return "asymptote"
    shift = 1 if found.of == "f'" else 0
    return "limits" if order <= 1 + shift else ""


def _parts(found: Singularity, order: int) -> bool:
    """Whether the limits of this curve may differ from its value there."""
    if found.kind in ("jump", "removable", "pole", "logarithmic"):
        return found.of == "f" or order > 0
    return order > (1 if found.of == "f'" else 0)


def _is_double(at: Any) -> bool:
    """Whether a float is exactly at the place: elsewhere the code never meets it."""
    return bool(at.is_Float or (at.is_Rational and sp.Rational(float(at)) == at))


def _limits(
    order: int, x: float, values: tuple[float, float, float], found: Singularity, width: float
) -> Iterator[Mark]:
    """Rings at limits that are not the value, a dot at the value."""
    left, at, right = values
    if order > 0 and (found.is_family or not _is_double(found.at)):
        at = float("nan")  # no float is there: what the code returns is one of the sides
    sides = [v for v in (left, right) if np.isfinite(v)]
    scale = max([abs(v) for v in sides], default=0.0) + width * 1e-6
    rings: list[float] = []
    for v in sides:
        if not abs(v - at) <= 1e-5 * scale and not any(abs(v - r) <= 1e-5 * scale for r in rings):
            rings.append(v)
    if found.kind == "removable" and order == 0 and sides:
        rings = sides[:1]
    if _parts(found, order) or not np.isfinite(at):
        yield from (Mark("ring", x, v, order, found.kind) for v in rings)
    if np.isfinite(at) and not (found.kind == "removable" and not np.isfinite(found.value)):
        yield Mark("dot", x, at, order, found.kind)
