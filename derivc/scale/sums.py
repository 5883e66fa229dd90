"""Sums of a kernel's results over a block, and sums of those: exact but for the last rounding.

Every sum is kept as two numbers, a high part and what rounding took from it (Knuth's TwoSum: *The
Art of Computer Programming* 2, 4.2.2, Theorem B). Their error is near 2**-106 of the sum of
absolute values, so that neither the order of blocks nor their sizes show in the result.

`reduce_block`, `combine` and `finalize` are all that an engine needs, and know of none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.scale.layout import flat

PIECE = 8192
"""Elements that are computed at a time: their results stay in the processor's cache."""

_FEW = 128


def reduce_block(
    function: Callable[..., Any], given: Sequence[Any], data: Sequence[int], width: int
) -> Any:
    """The sums of all results of a function over a block, in one pass over pieces of it.

    Args:
        function: takes arrays of one axis, and gives arrays with that axis last.
        given: its arguments. data: which of them are blocks, to be broadcast.
        width: of how many numbers the results are, for one point.

    Returns:
        An array of shape (2, 1 + width), high parts and low parts: the number of points, and the
        sum of every result.

    Example:
        >>> sums = reduce_block(lambda a, x: (a * x, x), [2.0, np.array([1.0, 2.0])], [1], 2)
        >>> sums[0].tolist()
        [2.0, 6.0, 3.0]
    """
    shape = np.broadcast_shapes(*(np.shape(given[i]) for i in data))
    blocks = {i: np.broadcast_to(given[i], shape).reshape(-1) for i in data}
    # Memory that is fresh for every piece would be slow to touch.
    high, low, more, total, part = np.zeros((5, width, PIECE))
    count = math.prod(shape)
    with np.errstate(all="ignore"):
        for start in range(0, count, PIECE):
            piece = {i: block[start : start + PIECE] for i, block in blocks.items()}
            found = function(*(piece.get(i, value) for i, value in enumerate(given)))
            _fill(more, found, min(PIECE, count - start))
            _add(high, low, more, total, part)
            high, total = total, high
        lanes = _folded(high, low)
    return np.array([(count, 0.0), *(_condensed(row) for row in lanes)]).T


def combine(parts: Sequence[Any]) -> Any:
    """The sums over several blocks together, in the form of `reduce_block`.

    Example:
        >>> big, small = np.array([[1.0, 1e16], [0.0, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])
        >>> combine([big, small, -big]).tolist()
        [[1.0, 1.0], [0.0, 0.0]]
    """
    together = np.concatenate([np.asarray(part) for part in parts])
    return np.array([_condensed(column) for column in together.T]).T


def finalize(part: Any, how: str) -> Any:
    """The sums or means of all results, rounded once more at most.

    Args:
        part: of `reduce_block` or `combine`. how: "sum" or "mean".

    Example:
        >>> finalize(np.array([[4.0, 10.0], [0.0, 0.0]]), "mean").tolist()
        [2.5]
    """
    sums = part[0, 1:]
    with np.errstate(invalid="ignore"):  # the mean of nothing is NaN
        return sums / part[0, 0] if how == "mean" else sums


def _fill(rows: Any, result: Any, size: int) -> None:
    """Write results into rows, one per number; zeros behind the last of them."""
    leaves = [leaf.reshape(-1, size) for leaf in flat(result)]
    np.concatenate(leaves, axis=0, out=rows[:, :size])
    rows[:, size:] = 0.0


def _add(high: Any, low: Any, more: Any, total: Any, part: Any) -> None:
    """Put high + more into `total`, and add to `low` what rounding took; the rest is scratch."""
    np.add(high, more, out=total)
    np.subtract(total, high, out=part)
    np.subtract(more, part, out=more)
    np.subtract(total, part, out=part)
    np.subtract(high, part, out=part)
    np.add(more, part, out=more)
    np.add(low, more, out=low)


def _folded(high: Any, low: Any) -> Any:
    """Few numbers per row, of the same sum: one half is added to the other until few are left."""
    while high.shape[1] > _FEW:
        one, other = np.split(high, 2, axis=1)
        low = np.add(*np.split(low, 2, axis=1))
        high = np.empty_like(one)
        _add(one, low, other, high, np.empty_like(one))
    return np.concatenate([high, np.where(np.isfinite(high), low, 0.0)], axis=1)


def _condensed(numbers: Any) -> tuple[float, float]:
    """The sum of numbers, rounded correctly, and what that took from it."""
    listed = numbers.tolist()
    try:
        high = math.fsum(listed)
        return high, math.fsum([*listed, -high])
    except (OverflowError, ValueError):  # infinities, which have no rounding errors
        with np.errstate(all="ignore"):
            return float(np.sum(numbers)), 0.0
