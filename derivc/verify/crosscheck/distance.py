"""Distances between numbers of a type, in units in the last place, over whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_INTEGERS = {4: np.int32, 8: np.int64}


def ordinals(column: Any) -> Any:
    """The position of every number among all of its type, as exact integers."""
    array = np.asarray(column)
    bits = np.ascontiguousarray(array).view(_INTEGERS[array.dtype.itemsize]).astype(object)
    low = -(2 ** (8 * array.dtype.itemsize - 1))
    return np.where(bits >= 0, bits, low - bits).reshape(array.shape)


def distance(a: Any, b: Any) -> Any:
    """How many numbers apart; 0 for two NaN, infinite for one.

    Example:
        >>> float(distance(np.float32(1), np.nextafter(np.float32(1), np.float32(2))))
        1.0
    """
    a, b = np.asarray(a), np.asarray(b)
    apart = np.asarray(abs(ordinals(a) - ordinals(b)), np.float64)
    lone = np.isnan(a) != np.isnan(b)
    both = np.isnan(a) & np.isnan(b)
    return np.where(both, 0.0, np.where(lone, np.inf, apart))


def relative(a: Any, b: Any) -> Any:
    """|a - b| / max(|a|, |b|); 0 for equal ones, infinite for a lone NaN or infinity."""
    a, b = (np.asarray(x, np.float64) for x in (a, b))
    with np.errstate(all="ignore"):
        found = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isfinite(found), found, np.inf))


def nearest(value: float, dtype: Any) -> Any:
    """A double rounded to a type."""
    with np.errstate(all="ignore"):
        return np.asarray(value, dtype)


def neighbours(point: Sequence[float], dtype: Any) -> list[tuple[float, ...]]:
    """The same point, every number moved to the next: all up, and up and down in turn."""
    at = np.array(point, dtype)
    ways = np.where(np.arange(len(at)) % 2, 1.0, -1.0)
    moved = (np.full(len(at), np.inf), ways * np.inf)
    return [tuple(float(x) for x in np.nextafter(at, way.astype(at.dtype))) for way in moved]
