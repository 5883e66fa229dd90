"""Sorting and interpolation, written with minima, maxima and selections of fixed length."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.array import plain, wrap
from derivc.symbolic.tracing.refusal import refuse

_MOST = 64


def sort(a: Any, axis: Any = -1, *rest: Any, **named: Any) -> Any:
    """`np.sort`: an odd-even transposition network, n rounds of minima and maxima.

    Raises:
        TraceError: a row is so long that the network would be enormous.
    """
    values = np.ravel(a) if axis is None else a
    moved = np.moveaxis(plain(values), -1 if axis is None else axis, 0).copy()
    count = len(moved)
    if count > _MOST:
        raise _too_long(count)
    for start in range(count):
        for i in range(start % 2, count - 1, 2):
            low, high = wrap(moved[i : i + 1])[0], wrap(moved[i + 1 : i + 2])[0]
            moved[i], moved[i + 1] = np.minimum(low, high), np.maximum(low, high)
    return wrap(np.moveaxis(moved, 0, -1 if axis is None else axis))


def _too_long(count: int) -> TraceError:
    return refuse(
        f"sorts {count} traced values, more than the {_MOST} that are sorted symbolically",
        "use maximum, minimum or where on the elements",
    )


def median(a: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.median`: the middle of the sorted values, or the mean of the two in the middle."""
    ordered = np.moveaxis(sort(a, axis), -1 if axis is None else axis, 0)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """`np.interp` over a constant grid: the line of the interval that holds x.

    Raises:
        TraceError: the grid depends on the arguments, or is periodic.
    """
    if period is not None or any(isinstance(v, np.ndarray) and v.dtype == object for v in (xp,)):
        raise refuse("calls np.interp over a grid that is not constant", "give constant xp")
    grid, heights = np.asarray(xp, float), list(fp)
    result = heights[0] if left is None else left
    for i in range(len(grid) - 1):
        slope = (heights[i + 1] - heights[i]) / (grid[i + 1] - grid[i])
        result = np.where(x >= grid[i], heights[i] + slope * (x - grid[i]), result)
    last = heights[-1] if right is None else right
    beyond = x > grid[-1] if right is not None else x >= grid[-1]
    return np.where(beyond, last, result)
