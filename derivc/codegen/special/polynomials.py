"""Orthogonal polynomials by their recurrences, https://dlmf.nist.gov/18.9.E1, and a root."""

from __future__ import annotations

from typing import Any

# --- carried ---


def _cbrt(xp: Any, x: Any) -> Any:
    """The real cube root: a power, whose exponent is no third, and one step of Newton's method."""
    root = xp.sign(x) * xp.abs(x) ** (1 / 3)
    flat = (x == 0.0) | xp.isinf(x)
    safe = xp.where(flat, 1.0, root)
    return xp.where(flat, root, root - (root - x / (safe * safe)) / 3.0)


def _polynomial(n: int, zeroth: Any, first: Any, step: Any) -> Any:
    """An orthogonal polynomial of degree n, by what step(k, p(k), p(k-1)) gives for k+1."""
    below, value = zeroth, first  # a result is never `x` itself: it may be overwritten
    for k in range(1, n):
        below, value = value, step(k, value, below)
    return value if n > 0 else (zeroth if n == 0 else zeroth * 0.0)


def _legendre(xp: Any, n: int, x: Any) -> Any:
    """The polynomial of Legendre."""

    def step(k: Any, p: Any, below: Any) -> Any:
        return ((2 * k + 1) * x * p - k * below) / (k + 1)

    return _polynomial(n, xp.ones_like(x), 1.0 * x, step)


def _chebyshevt(xp: Any, n: int, x: Any) -> Any:
    """The polynomial of Chebyshev of the first kind."""
    return _polynomial(n, xp.ones_like(x), 1.0 * x, lambda k, p, below: 2.0 * x * p - below)


def _chebyshevu(xp: Any, n: int, x: Any) -> Any:
    """The polynomial of Chebyshev of the second kind."""
    return _polynomial(n, xp.ones_like(x), 2.0 * x, lambda k, p, below: 2.0 * x * p - below)


def _assoc_laguerre(xp: Any, n: int, a: Any, x: Any) -> Any:
    """The polynomial of Laguerre, with the parameter a."""

    def step(k: Any, p: Any, below: Any) -> Any:
        return ((2 * k + 1 + a - x) * p - (k + a) * below) / (k + 1)

    return _polynomial(n, xp.ones_like(x), 1.0 + a - x, step)


def _laguerre(xp: Any, n: int, x: Any) -> Any:
    """The polynomial of Laguerre."""
    return _assoc_laguerre(xp, n, 0.0, x)


def _gegenbauer(xp: Any, n: int, a: Any, x: Any) -> Any:
    """The polynomial of Gegenbauer, with the parameter a."""

    def step(k: Any, p: Any, below: Any) -> Any:
        return (2.0 * x * (k + a) * p - (k + 2 * a - 1) * below) / (k + 1)

    return _polynomial(n, xp.ones_like(x), 2.0 * a * x, step)
