"""Zeros that no formula gives: sign changes on a grid, refined to hundreds of digits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import sympy as sp

from derivc.ops.shorthand import mpmath
from derivc.symbolic.singularities.precise import Budget, Precise
from derivc.symbolic.singularities.probe import DIGITS, scheme_of

REACH = 1_000
"""How far from zero is searched."""
_DECADES = range(-3, 3)
_EACH = 8
_STEP = 0.25
_FINE = 10
_MOST = 12
_COARSE = 20


def scanned(expr: Any, variable: Any, budget: Budget) -> list[Any]:
    """The zeros found between -1000 and 1000, as floats of many digits; at most twelve.

    Zeros at which the sign does not change are not seen.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> [round(float(z), 6) for z in scanned(sp.cos(x) - x, x, Budget(1e6))]
        [0.739085]
    """
    function = Precise(expr, variable.name, budget=budget)
    found = []
    for low, high in _changes(function):
        root = _refined(function, low, high)
        if root is not None:
            found.append(sp.Float(root, DIGITS))
        if len(found) == _MOST:
            break
    return sorted(found, key=float)


def _grid() -> list[float]:
    """Dense near zero, decades farther out, zero itself left out; nearest to zero first."""
    near = [_STEP * (i + 0.37) for i in range(int(_FINE / _STEP))]
    far = [10 ** (d + i / _EACH) for d in _DECADES for i in range(_EACH) if 10**d >= _FINE]
    small = [10 ** (d + i / 2) for d in (-3, -2, -1) for i in range(2)]
    return sorted({*near, *far, *small, float(REACH)})


def _changes(function: Precise) -> Iterator[tuple[Any, Any]]:
    """Neighbours between which the sign changes, to the right and to the left of zero."""
    half = _grid()
    points = [-p for p in reversed(half)] + half
    with mpmath().workdps(_COARSE):
        values = [function(p) for p in points]
    for (p, a), (q, b) in pairwise(zip(points, values, strict=True)):
        if a * b < 0:
            yield p, q


def _refined(function: Precise, low: float, high: float) -> Any:
    """The zero between, by a bracketing method, then Newton's; None for a jump or a pole."""
    mp = mpmath()
    try:
        with mp.workdps(30):
            near = mp.findroot(function, (low, high), solver="anderson", tol=1e-40)
        digits = scheme_of(function).digits
        with mp.workdps(digits + 20):
            root = mp.findroot(function, (near, near * (1 + mp.mpf(10) ** -25)), solver="secant",
                               tol=mp.mpf(10) ** -(2 * digits - 40))  # fmt: skip
    except (ValueError, ZeroDivisionError, ArithmeticError):
        return None
    return root if low <= root <= high else None
