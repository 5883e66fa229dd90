"""Arrays of 50-digit numbers, and the functions of structural ops over them.

They are written for the truth alone, as one would on paper, and know nothing of derivc. Cotangents
are central differences with a step of 1e-20 at 60 digits: right to some 38.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath as mp
import numpy as np

DIGITS = 60
Truth = Callable[..., Any]


def exact(array: Any) -> Any:
    """An array of floats as one of mpmath's numbers (objects)."""
    found = np.empty(np.shape(array), dtype=object)
    for index, value in np.ndenumerate(np.asarray(array)):
        found[index] = (
            mp.mpf(float(value)) if not np.iscomplexobj(value) else mp.mpc(complex(value))
        )
    return found


def matrix(x: Any) -> Any:
    """An array of two dimensions as mpmath's matrix."""
    return mp.matrix(x.tolist())


def array(m: Any) -> Any:
    """mpmath's matrix as an array."""
    return np.array(m.tolist(), dtype=object).reshape(m.rows, m.cols)


def each(function: Callable[[Any], Any], *arrays: Any) -> Any:
    """A function of numbers, number by number."""
    return np.frompyfunc(function, len(arrays), 1)(*arrays)


def cotangents(truth: Truth, arrays: Sequence[Any], seed: Any, step: str = "1e-20") -> list[Any]:
    """The gradient of the sum of seed * truth(*arrays), by differences of 60-digit numbers."""
    with mp.workdps(DIGITS):
        h, given, weights = mp.mpf(step), [exact(a) for a in arrays], exact(seed)
        found = []
        for k, a in enumerate(given):
            slopes = np.empty(a.shape, dtype=float)
            for index in np.ndindex(a.shape):
                values = []
                for sign in (1, -1):
                    moved = [b.copy() for b in given]
                    moved[k][index] = moved[k][index] + sign * h
                    values.append(np.sum(weights * np.asarray(truth(*moved), dtype=object)))
                slopes[index] = float((values[0] - values[1]) / (2 * h))
            found.append(slopes)
    return found
