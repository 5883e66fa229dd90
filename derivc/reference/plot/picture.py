"""Everything that a picture of one variable shows, before it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.errors import InputTypeError
from derivc.reference.plot.curves import Curve, Line, sampled
from derivc.reference.plot.marks import Mark, marks
from derivc.reference.plot.window import Window, window

Array = Any
_EDGE = 0.15
_BURST = 6.0
_APART = 8.0
_MORE = 0.3


@final
@dataclass(frozen=True)
class Picture:
    """Curves, marks and limits.

    Args:
        variable: its name. domain: of the variable. curves: one an order. marks: see `Mark`.
        limits: of the values, one pair a curve. notes: remarks to be shown.
        log: whether the variable's scale is logarithmic.
    """

    variable: str
    domain: Window
    curves: tuple[Curve, ...]
    marks: tuple[Mark, ...]
    limits: tuple[Window, ...]
    notes: tuple[str, ...]
    log: bool = False

    @property
    def empty(self) -> bool:
        """Whether no curve has a finite value."""
        return not any(len(curve.y) for curve in self.curves)

    @property
    def apart(self) -> bool:
        """Whether the curves differ so much in size that one would be a flat line."""
        sizes = [s for s in (_core(curve, self.log) for curve in self.curves) if s > 0]
        return len(sizes) > 1 and max(sizes) > _APART * min(sizes)

    @property
    def together(self) -> Window:
        """Limits for all curves in one frame: the first curve's, and of others not much more."""
        low, high = self.limits[0]
        size = high - low
        for curve, (bottom, top) in zip(self.curves, self.limits, strict=True):
            more = _MORE if self._runs_off(curve) else _APART
            low = min(low, max(bottom, self.limits[0][0] - more * size))
            high = max(high, min(top, self.limits[0][1] + more * size))
        heights = [m.y for m in self.marks if abs(m.y) <= _APART * size]
        return min([low, *heights]), max([high, *heights])

    def _runs_off(self, curve: Curve) -> bool:
        return any(m.style != "dot" and m.y != m.y for m in self.marks) and curve.order > 0


def _core(curve: Curve, log: bool) -> float:
    """The size of a curve without its extremes; 0 of a constant."""
    y = _even(curve, log) if len(curve.x) else curve.y
    return float(np.ptp(np.quantile(y, [0.15, 0.85]))) if len(y) else 0.0


def _even(curve: Curve, log: bool) -> Array:
    """The values at evenly spaced places: the curve itself is denser at singular ones."""
    spaced = np.geomspace if log else np.linspace
    places = spaced(curve.x[0], curve.x[-1], 801)
    return np.interp(places, curve.x, curve.y)


def picture(
    line: Line,
    orders: Sequence[int] = (0, 1),
    domain: Window | None = None,
    count: int = 600,
    log: bool = False,
) -> Picture:
    """Sample the curves and find what to mark.

    Args:
        line: the function. orders: of the derivatives. domain: of the variable; default: found.
        count: points of a curve. log: whether the variable's scale is logarithmic.

    Raises:
        InputTypeError: the domain is no interval, or an order is no whole number.
    """
    (low, high), core = _asked(domain) if domain is not None else window(line)
    if log:
        low = low if low > 0 else min(high, 1.0) * 1e-3
        core = low * (high / low) ** _EDGE, high * (low / high) ** _EDGE
    chosen = _orders(orders)
    curves = tuple(sampled(line, order, low, high, count, log) for order in chosen)
    pointed = tuple(marks(line, chosen, low, high))
    limits = tuple(_limits(curve, pointed, core, log) for curve in curves)
    return Picture(line.variable, (low, high), curves, pointed, limits, _notes(line, curves), log)


def _asked(domain: Window) -> tuple[Window, Window]:
    """The user's domain; its core is all but the edges."""
    try:
        low, high = (float(end) for end in domain)
    except (TypeError, ValueError):
        low = high = 0.0
    if not (np.isfinite(high - low) and low < high):
        raise InputTypeError(f"domain must be two numbers, the lower first; got {domain!r}")
    edge = _EDGE * (high - low)
    return (low, high), (low + edge, high - edge)


def _orders(orders: Sequence[int] | int) -> tuple[int, ...]:
    chosen = (orders,) if isinstance(orders, int) else tuple(orders)
    if not chosen or any(o not in range(9) for o in chosen):
        raise InputTypeError(f"orders must be whole numbers from 0 to 8; got {orders!r}")
    return tuple(dict.fromkeys(chosen))


def _limits(curve: Curve, pointed: Sequence[Mark], core: Window, log: bool) -> Window:
    """The range of values: all, but for what runs off to infinity or bursts at the edges."""
    y = curve.y
    if not len(y):
        return -1.0, 1.0
    bottom, top = float(np.min(y)), float(np.max(y))
    lines = [
        m for m in pointed if m.style in ("asymptote", "wild") and m.order in (-1, curve.order)
    ]
    if lines and len(curve.x):
        bottom, top = (float(end) for end in np.quantile(_even(curve, log), [0.05, 0.95]))
    elif len(curve.x):
        inner = curve.y[(curve.x >= core[0]) & (curve.x <= core[1])]
        if len(inner) and top - bottom > _BURST * np.ptp(inner) > 0:
            pad = 0.8 * np.ptp(inner)
            bottom = max(bottom, float(np.min(inner) - pad))
            top = min(top, float(np.max(inner) + pad))
    for mark in pointed:
        if mark.order == curve.order and np.isfinite(mark.y):
            bottom, top = min(bottom, mark.y), max(top, mark.y)
    return _padded(bottom, top)


def _padded(bottom: float, top: float) -> Window:
    """A margin; of a constant, a range around it."""
    size = top - bottom
    if not np.isfinite(size):
        return bottom / 2, top / 2
    if size <= 1e-12 * max(abs(bottom), abs(top)):
        half = 0.5 * abs(top) or 1.0
        return bottom - half, top + half
    return bottom - 0.06 * size, top + 0.06 * size


def _notes(line: Line, curves: Sequence[Curve]) -> tuple[str, ...]:
    notes = [
        f"{name(curve.order)} oscillates faster than the picture resolves: its range is shown"
        for curve in curves if curve.band is not None
    ]  # fmt: skip
    notes += [n for n in line.findings.notes if "not examined" in n or "too large" in n]
    return tuple(notes)


def name(order: int) -> str:
    """f, f', f'', f''', f⁽⁴⁾, ...

    Example:
        >>> name(2), name(4)
        ("f''", 'f⁽⁴⁾')
    """
    return "f" + "'" * order if order < 4 else f"f⁽{'⁰¹²³⁴⁵⁶⁷⁸'[order]}⁾"
