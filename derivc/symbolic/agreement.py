"""Whether two trees are equal: compared at sampled points, in 40-digit arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivc.ops.shorthand import mpmath
from derivc.symbolic.evaluate import evaluate
from derivc.symbolic.walk import symbols

_RANGES = ((0.15, 0.95), (-2, 2), (1, 4), (-0.9, 0.9), (-8, 8), (0.01, 0.1), (2, 30), (-60, 60))
_SPECIAL = (0, 1, -1)
_STEPS = (0.6180339887498949, 0.7548776662466927, 0.8191725133961645)
_FEWEST = 4
_ENOUGH = 8
_TOLERANCE = 1e-20


def agree(a: Any, b: Any) -> bool:
    """Whether b equals a wherever a has a real value, as far as a handful of points can tell.

    Points lie in several ranges; 0, 1 and -1 are among them, at which a rewritten form may have
    lost a value. Where a has values at too few of the points, the answer is no.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x", real=True)
        >>> agree(sp.sin(x) ** 2, 1 - sp.cos(x) ** 2), agree(x, sp.sqrt(x**2))
        (True, False)
    """
    names = [str(symbol.name) for symbol in symbols(a, b)]
    found = 0
    for point in points(names):
        left = evaluate(a, point)
        if mpmath().isfinite(left):
            if not _close(left, evaluate(b, point)):
                return False
            found += 1
            if found == _ENOUGH:
                return True
    return found >= (_FEWEST if names else 1)


def points(names: list[str]) -> Iterator[dict[str, Any]]:
    """The points at which two trees over these symbols are compared."""
    if not names:
        yield {}
        return
    for value in _SPECIAL:
        yield dict.fromkeys(names, value)
    for k, (low, high) in enumerate(_RANGES * 2, 1):
        yield {name: low + (high - low) * _fraction(k, i) for i, name in enumerate(names, 1)}


def _fraction(k: int, i: int) -> float:
    """A number in (0, 1) that is far from those of neighbouring k and i."""
    step = _STEPS[i % len(_STEPS)]
    return (k * step + i * 0.3819660112501051) % 1.0


def _close(left: Any, right: Any) -> bool:
    """Whether the numbers agree to 20 digits, next to 0 absolutely."""
    size = max(abs(left), abs(right), 1)
    return bool(abs(left - right) <= _TOLERANCE * size)
