"""The interval that shows what is interesting: singular places, zeros, turning points, bends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from derivc.reference.plot.curves import Line

Array = Any
Window = tuple[float, float]
_DECADES = 9
_EACH = 24
_PLAIN = 3.0
_REACH = 8.0
_BEND = 0.5
_FEW = 6
_LEAST = 1e-6
_FAR = 1e4


def window(line: Line) -> tuple[Window, Window]:
    """An interval of the variable, rounded, that shows the function's own region, and its core.

    The core reaches from the first to the last of the special places; it may be a point.

    The scale is where the slope first ceases to be a plain power of the distance from zero.
    Within some multiples of it lie the places to be shown: singular ones, zeros, turning points.
    """
    far = 3 if line.special else _DECADES
    distances = 10.0 ** np.linspace(-_DECADES, far, (_DECADES + far) * _EACH + 1)
    centre = _centre(line, distances)
    scale = _scale(line, centre, distances)
    special = _special(line, centre, distances)
    low, high = _hull(centre, scale, special)
    domain = _rounded(*_trimmed(line, low, high))
    inside = [x for x in special if low < x < high] or [domain[0]]
    return domain, (min(inside), max(inside))


def _centre(line: Line, distances: Array) -> float:
    """Zero, or where the function begins when it has no value near zero."""
    near = np.concatenate([-distances[distances < 1], distances[distances < 1]])
    if np.isfinite(line(0, near)).any():
        return 0.0
    points = [float(x) for x, _ in line.places(-1e12, 1e12)]
    if points:
        return min(points, key=abs)
    both = np.concatenate([-distances, distances])
    fine = both[np.isfinite(line(0, both))]
    return float(fine[np.argmin(np.abs(fine))]) if len(fine) else 0.0


def _scale(line: Line, centre: float, distances: Array) -> float | None:
    """The least distance at which the slope bends away from a power; None where it never does."""
    wild = _is_wild(line, centre)
    way = -1 if wild else 1
    found = [_bend(line(1, centre + s * distances)[::way], distances[::way]) for s in (1, -1)]
    bends = [b for b in found if b is not None]
    if not bends:
        return None
    return max(bends) / 4 if wild else min(bends)


def _bend(slopes: Array, distances: Array) -> float | None:
    """The first distance at which the power of the slope is another than it was."""
    with np.errstate(all="ignore"):
        size = np.log(np.abs(slopes))
    fine = np.isfinite(size) & (distances > 1e-7)
    if np.count_nonzero(fine) < 10:
        return None
    logs, size = np.log(distances[fine]), size[fine]
    power = np.diff(size) / np.diff(logs)
    usual = float(np.median(power[:8]))
    away = np.flatnonzero(np.abs(power - usual) > _BEND)
    return float(np.exp(logs[away[0]])) if len(away) else None


def _special(line: Line, centre: float, distances: Array) -> list[float]:
    """Singular places, and sign changes of the function, its slope and the slope's slope."""
    singular = _singular(line, centre)
    found = list(singular)
    for way in (1, -1) if not _is_wild(line, centre) else ():
        x = centre + way * distances[distances > _LEAST]
        values, slopes = line(0, x), line(1, x)
        for y in (values, slopes, _bends(x, slopes)):
            found += _changes(x, y, singular)
    if line(0, np.array([centre]))[0] == 0:
        found.append(centre)
    return found


def _is_wild(line: Line, centre: float) -> bool:
    """Whether the function has an essential singularity in the centre."""
    return any(s.kind == "essential" for _, s in line.places(centre, centre))


def _bends(x: Array, slopes: Array) -> Array:
    """The slope of the slope between neighbours; NaN where it is rounding only."""
    with np.errstate(all="ignore"):
        found = np.diff(slopes) / np.diff(x)
        noise = np.abs(np.diff(slopes)) < 1e-9 * np.abs(slopes[1:])
    return np.where(noise, np.nan, found)


def _singular(line: Line, centre: float) -> list[float]:
    """The singular places nearest to the centre: of periodic ones not too many."""
    for reach in (1e6, 1e3, 30.0, 1.0, 1e-2, 1e-4):
        found = [x for x, _ in line.places(centre - reach, centre + reach)]
        if found:
            return sorted(found, key=lambda x: abs(x - centre))[:_FEW]
    return []


def _changes(x: Array, y: Array, singular: list[float]) -> list[float]:
    """The first places where the sign changes, not at a pole, and by more than noise."""
    fine = np.isfinite(y)
    size = np.where(fine, np.abs(y), 0)
    usual = min(1.0, float(np.median(size[fine]))) if fine.any() else 0.0
    with np.errstate(all="ignore"):
        turned = (y[:-1] * y[1:] < 0) & (np.maximum(size[:-1], size[1:]) > 1e-9 * usual)
    found = []
    for i in np.flatnonzero(turned):
        low, high = sorted((float(x[i]), float(x[i + 1])))
        if not any(low <= place <= high for place in singular):
            found.append((low + high) / 2)
    return found[:_FEW]


def _hull(centre: float, scale: float | None, special: list[float]) -> Window:
    """Around what is special within reach of the scale; else some multiples of the scale."""
    reach = _REACH * scale if scale else math.inf
    nearest = min((abs(x - centre) for x in special if x != centre), default=0.0)
    close = 1.3 * reach if nearest > 1.3 * reach else max(1.3 * reach, _REACH * nearest)
    near = sorted(x for x in special if abs(x - centre) <= close)
    near = [x for x in near if x < centre][-_FEW:] + [x for x in near if x >= centre][:_FEW]
    span = near[-1] - near[0] if near else 0.0
    if scale and not span:
        near = _beyond(centre, scale, special)
        span = near[-1] - near[0]
    if span > (scale or 0.0):
        share = 1.0 if len(near) < 4 else 0.5 if len(near) <= _FEW else 0.15
        pad = max(share * span, 2 * (scale or 0.0))
        return near[0] - pad, near[-1] + pad
    if scale:
        half = min(reach, max(5 * span, scale)) if span else reach
        return centre - half, centre + half
    middle = near[0] if near else centre
    half = max(_PLAIN, 0.5 * abs(middle))
    return middle - half, middle + half


def _beyond(centre: float, scale: float, special: list[float]) -> list[float]:
    """The centre and the nearest special places outside the reach of the scale, within reason."""
    far = [x for x in special if _REACH * scale < abs(x - centre) < _FAR * scale]
    least = min((abs(x - centre) for x in far), default=0.0)
    return sorted([centre, *(x for x in far if abs(x - centre) <= 3 * least)])


def _trimmed(line: Line, low: float, high: float) -> Window:
    """Without the outer parts in which there is no value, but for a margin."""
    x = np.linspace(low, high, 401)
    fine = x[np.isfinite(line(0, x))]
    if len(fine) < 3:
        return low, high
    margin = 0.06 * (fine[-1] - fine[0])
    return max(low, float(fine[0]) - margin), min(high, float(fine[-1]) + margin)


def _rounded(low: float, high: float) -> Window:
    """Outwards to two digits of the width."""
    width = high - low
    if not (math.isfinite(width) and width > 0):
        return -_PLAIN, _PLAIN
    step = 10.0 ** (math.floor(math.log10(width)) - 1)
    rounded = math.floor(low / step) * step, math.ceil(high / step) * step
    return float(f"{rounded[0]:.12g}"), float(f"{rounded[1]:.12g}")
