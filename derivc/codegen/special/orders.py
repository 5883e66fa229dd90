"""Bessel functions of whole orders. Formulas: https://dlmf.nist.gov/10."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.bessel import _i0e, _j0, _j1, _k0, _k1, _y0, _y1
from derivc.codegen.special.exponential import _grown

# --- carried ---


def _ratios(xp: Any, n: int, start: int, x: Any, sign: float, base: float = 0.0) -> Any:
    """J_n/J_0 and J_n/J_1 (sign -1), or those of I (sign 1), by continued fractions.

    https://dlmf.nist.gov/10.10.E1 and 10.33.E1, from an order where the tail is known. All orders
    are those beyond a base.
    """
    end = start + base
    ratio = x / (end + xp.sqrt(end * end + sign * x * x))
    first, second = 1.0, 1.0
    for k in range(start - 1, 0, -1):
        below = 2.0 * (k + base) + sign * x * ratio
        ratio = x / xp.where(below == 0.0, 1e-30, below)
        if k <= n:
            first, second = first * ratio, second * (ratio if k > 1 else 1.0)
    return first, second


def _jv(xp: Any, n: int, x: Any) -> Any:
    """J of a whole order: by the order, https://dlmf.nist.gov/10.6.E1, where |x| > n + 2."""
    if n < 0:
        return (-1.0) ** n * _jv(xp, -n, x)
    if n < 2:
        return _j1(xp, x) if n else _j0(xp, x)
    near = xp.abs(x) < n + 2.0
    small, large = xp.where(near, x, 1.0), xp.where(near, n + 2.0, x)
    zeroth, first = _j0(xp, small), _j1(xp, small)
    by_zeroth, by_first = _ratios(xp, n, n + 16 + int(12 * (n + 2) ** (1 / 3)), small, -1.0)
    bigger = xp.abs(zeroth) > xp.abs(first)
    low = xp.where(bigger, zeroth * by_zeroth, first * by_first)
    return xp.where(near, low, _upward(n, large, _j0(xp, large), _j1(xp, large), -1.0, 1.0))


def _upward(
    n: int, x: Any, zeroth: Any, first: Any, kept: float, grown: float, base: float = 0.0
) -> Any:
    """f(k+1) = kept f(k-1) + grown (2k/x) f(k), from orders 0 and 1 beyond a base up to n."""
    below, value = zeroth, first
    for k in range(1, n):
        below, value = value, kept * below + grown * (2.0 * (k + base) / x) * value
    return value if n else zeroth


def _yv(xp: Any, n: int, x: Any) -> Any:
    """Y of a whole order, upward by the order, https://dlmf.nist.gov/10.6.E1."""
    if n < 0:
        return (-1.0) ** n * _yv(xp, -n, x)
    below, value = _y0(xp, x), _y1(xp, x)
    if n == 0:
        return below
    return _grown_upward(xp, n, x, below, value)


def _grown_upward(xp: Any, n: int, x: Any, zeroth: Any, first: Any, base: float = 0.0) -> Any:
    """The same for Y, which may grow to infinity."""
    below, value = zeroth, first
    for k in range(1, n):
        after = (2.0 * (k + base) / x) * value - xp.where(xp.isinf(value), 0.0, below)
        below, value = value, after
    return value if n else zeroth


def _kv(xp: Any, n: int, x: Any) -> Any:
    """K of a whole order, upward by the order, https://dlmf.nist.gov/10.29.E1."""
    return _upward(abs(n), x, _k0(xp, x), _k1(xp, x), 1.0, 1.0)


def _ive(xp: Any, n: int, x: Any) -> Any:
    """exp(-|x|) I of a whole order: by ratios, and far out by https://dlmf.nist.gov/10.40.E1."""
    n, a = abs(n), xp.abs(x)
    far = max(25.0, n * n / 2.0)
    small, large = xp.where(a < far, a, 1.0), xp.where(a < far, far, a)
    ratio, _second = _ratios(xp, n, n + 20 + int((40.0 * far) ** 0.5), small, 1.0)
    value = xp.where(a < far, _i0e(xp, small) * ratio, _ive_far(xp, n, large))
    return value * xp.where(x < 0.0, -1.0, xp.ones_like(x)) if n % 2 else value


def _ive_far(xp: Any, n: float, x: Any) -> Any:
    """exp(-x) I of any order by https://dlmf.nist.gov/10.40.E1."""
    total = 1.0
    for k in range(30, 0, -1):
        total = 1.0 - (4.0 * n * n - (2.0 * k - 1.0) ** 2) / (8.0 * k) / x * total
    return total / xp.sqrt(6.283185307179586 * x)


def _iv(xp: Any, n: int, x: Any) -> Any:
    """I of a whole order."""
    x = xp.where(xp.abs(x) > 10000.0, 10000.0 * xp.sign(x), x)
    return _grown(xp, xp.abs(x), _ive(xp, n, x))
