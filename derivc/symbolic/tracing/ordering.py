"""Sorting and interpolation, written with minima, maxima and selections of fixed length."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.array import plain, wrap
from derivc.symbolic.tracing.elementwise import choose
from derivc.symbolic.tracing.index import Index
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import is_tracer
from derivc.symbolic.tracing.ufuncs import elementwise

_MOST = 64


def sort(a: Any, axis: Any = -1, *rest: Any, **named: Any) -> Any:
    """`np.sort`: an odd-even transposition network, n rounds of minima and maxima.

    Raises:
        TraceError: a row is so long that the network would be enormous.
    """
    values = np.ravel(a) if axis is None else a
    moved = np.moveaxis(plain(values), -1 if axis is None else axis, 0).copy()
    for i in _exchanges(len(moved)):
        low, high = wrap(moved[i : i + 1])[0], wrap(moved[i + 1 : i + 2])[0]
        moved[i], moved[i + 1] = np.minimum(low, high), np.maximum(low, high)
    return wrap(np.moveaxis(moved, 0, -1 if axis is None else axis))


def _exchanges(count: int) -> list[int]:
    """The network: which neighbours i and i + 1 are compared, in order."""
    if count > _MOST:
        raise _too_long(count)
    return [i for start in range(count) for i in range(start % 2, count - 1, 2)]


def _too_long(count: int) -> TraceError:
    return refuse(
        f"sorts {count} traced values, more than the {_MOST} that are sorted symbolically",
        "use maximum, minimum or where on the elements",
    )


def sorted_by(keys: Any, items: list[Any]) -> list[Any]:
    """Items in the ascending order of their keys; equal ones keep theirs."""
    keys, items = list(keys), list(items)
    for i in _exchanges(len(items)):
        swap = keys[i] > keys[i + 1]
        for row in (keys, items):
            row[i], row[i + 1] = chosen(swap, row[i + 1], row[i]), chosen(swap, row[i], row[i + 1])
    return items


def chosen(condition: Any, yes: Any, no: Any) -> Any:
    """One of two items of the same kind: numbers, arrays, or tuples and lists of them."""
    if isinstance(yes, list | tuple):
        return type(yes)(chosen(condition, a, b) for a, b in zip(yes, no, strict=True))
    if is_tracer(condition):
        return elementwise(choose, [condition, yes, no])
    return yes if condition else no


def extreme_by(keys: Any, items: list[Any], better: Callable[[Any, Any], Any]) -> Any:
    """The item whose key is the best, the first of several."""
    best, item = keys[0], items[0]
    for key, candidate in zip(keys[1:], items[1:], strict=True):
        wins = better(key, best)
        best, item = chosen(wins, key, best), chosen(wins, candidate, item)
    return item


def _along(a: Any, axis: Any, function: Callable[[Any], Any]) -> Any:
    """The function of every row along an axis; of all elements for none."""
    rows = np.moveaxis(plain(np.ravel(a) if axis is None else a), -1 if axis is None else axis, -1)
    made = np.empty(rows.shape[:-1], object)
    for place in np.ndindex(made.shape):
        made[place] = function(list(rows[place]))
    return made


def argmax(a: Any, axis: Any = None, out: Any = None, **named: Any) -> Any:
    """`np.argmax`: the place of the largest value."""
    return wrap(_along(a, axis, lambda row: _place(row, lambda new, old: new > old)))


def argmin(a: Any, axis: Any = None, out: Any = None, **named: Any) -> Any:
    """`np.argmin`: the place of the smallest value."""
    return wrap(_along(a, axis, lambda row: _place(row, lambda new, old: new < old)))


def _place(row: list[Any], better: Callable[[Any, Any], Any]) -> Any:
    return _index(extreme_by(row, list(range(len(row))), better), len(row))


def _index(place: Any, count: int) -> Any:
    return Index(place, count) if is_tracer(place) else int(place)


def argsort(a: Any, axis: Any = -1, *rest: Any, **named: Any) -> Any:
    """`np.argsort`: the places of the values in ascending order."""
    rows = _along(a, axis, lambda row: sorted_by(row, list(range(len(row)))))
    made = np.empty((*rows.shape, len(rows[(0,) * rows.ndim])), object)
    for place in np.ndindex(rows.shape):
        made[place] = [_index(found, made.shape[-1]) for found in rows[place]]
    return wrap(made if axis is None else np.moveaxis(made, -1, axis))


def median(a: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.median`: the middle of the sorted values, or the mean of the two in the middle."""
    ordered = np.moveaxis(sort(a, axis), -1 if axis is None else axis, 0)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(a: Any, q: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.percentile`, by linear interpolation between the sorted values."""
    return quantile(a, np.asarray(q, float) / 100, axis, *rest, **named)


def quantile(a: Any, q: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.quantile`, by linear interpolation between the sorted values.

    Raises:
        TraceError: another method is asked for.
    """
    if named.get("method", "linear") != "linear" or named.get("weights") is not None:
        raise refuse("calls np.quantile by another method than 'linear'", "use method='linear'")
    ordered = np.moveaxis(sort(a, axis), -1 if axis is None else axis, 0)
    levels = np.asarray(q, float)
    found = [_between(ordered, float(level) * (len(ordered) - 1)) for level in levels.flat]
    return np.stack(found) if levels.ndim else found[0]


def _between(ordered: Any, at: float) -> Any:
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def trim_zeros(filt: Any, trim: str = "fb", *rest: Any, **named: Any) -> Any:
    """`np.trim_zeros`: constant zeros at the ends; what is traced counts as not zero."""
    kept = [i for i, value in enumerate(filt) if is_tracer(value) or value != 0]
    if not kept:
        return filt[:0]
    first = kept[0] if "f" in trim.lower() else 0
    return filt[first : kept[-1] + 1 if "b" in trim.lower() else len(filt)]


def partition(a: Any, kth: Any, axis: Any = -1, *rest: Any, **named: Any) -> Any:
    """`np.partition`: sorted throughout, which is one of the orders it may give."""
    return sort(a, axis)


def argpartition(a: Any, kth: Any, axis: Any = -1, *rest: Any, **named: Any) -> Any:
    """`np.argpartition`, by the order of all."""
    return argsort(a, axis)


def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """`np.searchsorted`: how many of the sorted values lie below."""
    if sorter is not None:
        raise refuse("calls np.searchsorted with sorter=", "sort the values before")
    return _counted(a, v, lambda edge, x: edge < x if side == "left" else edge <= x)


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """`np.digitize`: in which of the intervals between the edges each value lies."""
    edges = list(bins)
    if edges[0] > edges[-1]:
        count = lambda edge, v: edge >= v if right else edge > v  # noqa: E731
    else:
        count = lambda edge, v: edge < v if right else edge <= v  # noqa: E731
    return _counted(edges, x, count)


def _counted(edges: Any, values: Any, holds: Callable[[Any, Any], Any]) -> Any:
    """At which of the places from 0 to the number of edges each value stands."""
    edges = list(edges)

    def place(value: Any) -> Any:
        return _index(sum(1.0 * holds(edge, value) for edge in edges), len(edges) + 1)

    return elementwise(place, [values])


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
