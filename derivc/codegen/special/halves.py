"""Bessel functions of half-integer orders. Formulas: https://dlmf.nist.gov/10.47 to 10.49.

Orders 1/2 and -1/2 are elementary; the others follow by the order, as those of whole orders do.
They are real for x > 0.
"""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.exponential import _grown
from derivc.codegen.special.orders import _grown_upward, _ive_far, _ratios, _upward

# --- carried ---


def _half_waves(xp: Any, x: Any) -> Any:
    """J of orders -1/2 and 1/2, https://dlmf.nist.gov/10.16.E1."""
    root, angle = xp.sqrt(0.6366197723675814 / x), xp.where(xp.isinf(x), 0.0, x)
    return root * xp.cos(angle), root * xp.sin(angle)


def _half_jv(xp: Any, v: float, x: Any) -> Any:
    """J: by the order, https://dlmf.nist.gov/10.6.E1, where x > v + 3; by ratios before."""
    n = int(abs(v) + 0.5)
    if v < 0.0:
        return (-1.0) ** n * _half_yv(xp, -v, x)
    near = x < n + 2.0
    small, large = xp.where(near & (x != 0.0), x, 1.0), xp.where(near, n + 2.0, x)
    zeroth, first = _half_waves(xp, small)
    start = n + 16 + int(12 * (n + 2) ** (1 / 3))
    by_zeroth, by_first = _ratios(xp, n, start, small, -1.0, -0.5)
    low = xp.where(xp.abs(zeroth) > xp.abs(first), zeroth * by_zeroth, first * by_first)
    low = xp.where(x == 0.0, 0.0, first if n == 1 else low)
    zeroth, first = _half_waves(xp, large)
    return xp.where(near, low, _upward(n, large, zeroth, first, -1.0, 1.0, -0.5))


def _half_yv(xp: Any, v: float, x: Any) -> Any:
    """Y, upward by the order; https://dlmf.nist.gov/10.47.E4 for negative ones."""
    n = int(abs(v) + 0.5)
    if v < 0.0:
        return -((-1.0) ** n) * _half_jv(xp, -v, x)
    zeroth, first = _half_waves(xp, x)
    return _grown_upward(xp, n, x, first, -zeroth, -0.5)


def _half_kv(xp: Any, v: float, x: Any) -> Any:
    """K, upward by the order; https://dlmf.nist.gov/10.39.E2 for 1/2."""
    root = xp.sqrt(1.5707963267948966 / x) * xp.exp(-x)
    return _upward(int(abs(v) + 0.5), x, root, root, 1.0, 1.0, -0.5)


def _half_ive(xp: Any, v: float, x: Any) -> Any:
    """exp(-x) I: by ratios, far out by https://dlmf.nist.gov/10.40.E1; 10.27.E2 for -v."""
    n, far = int(abs(v) + 0.5), max(25.0, v * v / 2.0)
    near = x < far
    small, large = xp.where(near & (x != 0.0), x, 1.0), xp.where(near, far, x)
    root = xp.sqrt(0.6366197723675814 / small)
    ratio, _second = _ratios(xp, n, n + 20 + int((40.0 * far) ** 0.5), small, 1.0, -0.5)
    low = 0.5 * root * (1.0 + xp.exp(-2.0 * small)) * ratio
    low = -0.5 * root * xp.expm1(-2.0 * small) if n == 1 else low
    value = xp.where(near, xp.where(x == 0.0, 0.0, low), _ive_far(xp, abs(v), large))
    if v > 0.0:
        return value
    return value - (-1.0) ** n * 0.6366197723675814 * xp.exp(-x) * _half_kv(xp, v, x)


def _half_iv(xp: Any, v: float, x: Any) -> Any:
    """I."""
    x = xp.where(x > 10000.0, 10000.0, x)
    return _grown(xp, x, _half_ive(xp, v, x))
