"""Finite differences over any callable: what a person would check a gradient with.

Source: Press et al., Numerical Recipes, 3rd edition, section 5.7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Scalar = Callable[..., float]


def central(function: Scalar, point: Sequence[float], index: int, step: float = 0.0) -> float:
    """The central difference (f(x + h) - f(x - h))/2h, with an error of order h squared.

    Args:
        function: takes the numbers of `point` by position.
        index: the argument to differentiate by.
        step: h; by default the cube root of the rounding unit, relative to the argument.
    """
    size = step or 6e-6 * max(1.0, abs(point[index]))
    high, low = point[index] + size, point[index] - size
    return (_moved(function, point, index, high) - _moved(function, point, index, low)) / (
        high - low
    )


def _moved(function: Scalar, point: Sequence[float], index: int, value: float) -> float:
    return float(function(*point[:index], value, *point[index + 1 :]))


def richardson(function: Scalar, point: Sequence[float], index: int, levels: int = 6) -> float:
    """Central differences of halved steps, extrapolated to a step of zero (Ridders).

    Returns:
        The entry of the tableau that differs least from its neighbours; NaN if there is none.

    Example:
        >>> abs(richardson(math.exp, [1.0], 0) - math.e) < 1e-10
        True
    """
    step = 0.1 * max(abs(point[index]), 0.1)
    row: list[float] = []
    best, error = math.nan, math.inf
    for level in range(levels):
        previous, row = row, [central(function, point, index, step / 2**level)]
        for order, old in enumerate(previous, 1):
            row.append(row[-1] + (row[-1] - old) / (4**order - 1))
            apart = max(abs(row[-1] - row[-2]), abs(row[-1] - old))
            if apart < error:
                best, error = row[-1], apart
    return best
