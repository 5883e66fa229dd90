"""Grids with traced ends, finite differences over grids, and NumPy's `r_` and `c_`."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import has_tracer


def _array(value: Any) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array

    return as_array(value)


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: Any = None, axis: int = 0, **named: Any,
) -> Any:  # fmt: skip
    """`np.linspace` between ends of which one is traced at least; the last point is exact."""
    parts = num - 1 if endpoint else num
    step = (stop - start) / max(parts, 1)
    inner = [start + k * step for k in range(num)]
    if endpoint and num > 1:
        inner[-1] = stop + 0 * start
    made = np.moveaxis(np.stack([_array(p) for p in inner]), 0, axis)
    return (made, step) if retstep else made


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, **named: Any
) -> Any:
    """`np.logspace`: the base to the power of an even grid."""
    return base ** linspace(start, stop, num, endpoint)


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, **named: Any) -> Any:
    """`np.geomspace` between positive ends."""
    return start * (stop / start) ** np.linspace(0.0, 1.0, num, endpoint)


def gradient(f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """`np.gradient`: central differences inside, one-sided ones at the ends, along any axes."""
    f = _array(f)
    axes = _axes(axis, f.ndim)
    steps = list(spacing) * (len(axes) if len(spacing) == 1 else 1) or [1.0] * len(axes)
    if len(steps) != len(axes):
        raise TypeError("np.gradient takes one spacing, or one for each axis")
    found = [_slopes(f, h, a, edge_order) for h, a in zip(steps, axes, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(axis) if isinstance(axis, tuple | list) else (axis,)


def _slopes(f: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """Slopes along one axis: the weights of Fornberg's formulas for three uneven points."""
    y = np.moveaxis(f, axis, 0)
    h = _widths(spacing, len(y), y.ndim)
    left, right = h[:-1], h[1:]
    rise, fall = (y[2:] - y[1:-1]) / right, (y[1:-1] - y[:-2]) / left
    inner = (left * rise + right * fall) / (left + right)
    first, last = (y[1:2] - y[:1]) / h[:1], (y[-1:] - y[-2:-1]) / h[-1:]
    if edge_order == 2:
        bend = (rise - fall) / (left + right)
        first, last = first - h[:1] * bend[:1], last + h[-1:] * bend[-1:]
    return np.moveaxis(np.concatenate([first, inner, last]), 0, axis)


def _widths(spacing: Any, count: int, ndim: int) -> Any:
    """The widths of the intervals, ready to be broadcast along the later axes."""
    even = np.ndim(spacing) == 0
    widths = np.stack([_array(spacing)] * (count - 1)) if even else np.diff(_array(spacing))
    return widths.reshape((count - 1,) + (1,) * (ndim - 1))


@final
class Joiner:
    """`np.r_` or `np.c_` over stand-ins too.

    Args:
        native: NumPy's own, which serves constants.
        columns: whether vectors are columns, as in `np.c_`.
    """

    def __init__(self, native: Any, columns: bool):
        self.native, self.columns = native, columns

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not has_tracer(list(parts)):
            return self.native[key]
        if any(isinstance(part, str) for part in parts):
            raise refuse("gives np.r_ directions in a text", "use np.concatenate or np.stack")
        return np.concatenate([self._part(p) for p in parts], axis=-1 if self.columns else 0)

    def _part(self, part: Any) -> Any:
        part = np.r_[part] if isinstance(part, slice) else part
        array = np.atleast_1d(part if isinstance(part, np.ndarray) else _array(part))
        return array[:, np.newaxis] if self.columns and array.ndim == 1 else array


JOINERS = {"r_": Joiner(np.r_, False), "c_": Joiner(np.c_, True)}
