"""Exponential integrals. Formulas: https://dlmf.nist.gov/6 and /8.19."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.coefficients import (
    _CHI_NEAR,
    _E1_FAR,
    _E1_NEAR,
    _EI_FAR,
    _EI_MIDDLE,
    _EI_NEAR,
    _SHI_NEAR,
)  # fmt: skip
from derivc.codegen.special.series import _far, _near

# --- carried ---


def _e1(xp: Any, x: Any) -> Any:
    """E1: less its logarithm near zero, https://dlmf.nist.gov/6.6.E2; times x exp(x) beyond."""
    small = xp.where(x < 1.0, x, 1.0)
    near = small * _near(xp, small, _E1_NEAR) - 0.5772156649015329 - xp.log(small)
    large = xp.where(x < 1.0, 1.0, x)
    return xp.where(x < 1.0, near, xp.exp(-large) / large * _far(xp, large, _E1_FAR))


def _grown(xp: Any, x: Any, factor: Any) -> Any:
    """exp(x) times a factor, where the exponential alone overflows."""
    half = xp.exp(0.5 * x)
    return half * (half * factor)


def _ei_scaled(xp: Any, x: Any) -> Any:
    """x exp(-x) Ei(x) from x = 6 on."""
    return xp.where(x < 16.0, _near(xp, x, _EI_MIDDLE), _far(xp, x, _EI_FAR))


def _ei(xp: Any, x: Any) -> Any:
    """Ei: -E1(-x) left of zero, https://dlmf.nist.gov/6.5.E1; 6.6.E1 near zero."""
    left = -_e1(xp, xp.where(x < 0.0, -x, 1.0))
    small = xp.where((x >= 0.0) & (x < 6.0), x, 1.0)
    near = small * _near(xp, small, _EI_NEAR) + (xp.log(small) + 0.5772156649015329)
    large = xp.where(x < 6.0, 6.0, xp.where(x > 10000.0, 10000.0, x))
    far = _grown(xp, large, _ei_scaled(xp, large) / large)
    return xp.where(x < 0.0, left, xp.where(x < 6.0, near, far))


def _expint(xp: Any, n: int, x: Any) -> Any:
    """E_n of a whole order, by the order, https://dlmf.nist.gov/8.19.E12.

    That is stable for small x; from x = 2 on by the continued fraction 8.19.E17.
    """
    if n <= 0:
        low = xp.exp(-x) / x
        return low if n == 0 else low - n * _expint(xp, n + 1, x) / x
    small = xp.where(x < 2.0, x, 1.0)
    value = _e1(xp, small)
    for k in range(1, n):
        value = xp.where(small == 0.0, 1.0 / k, (xp.exp(-small) - small * value) / k)
    large = xp.where(x < 2.0, 2.0, x)
    below = large + (n + 120)
    for k in range(60, 0, -1):
        below = large + (n + 2 * k - 2) - k * (n + k - 1) / below
    return xp.where(x < 2.0, value, xp.exp(-large) / below)


def _pair(xp: Any, a: Any, sign: int) -> Any:
    """(Ei(a) + sign E1(a))/2 from a = 6 on, https://dlmf.nist.gov/6.5.E3 to 6.5.E4."""
    a = xp.where(a < 6.0, 6.0, xp.where(a > 10000.0, 10000.0, a))
    other = _far(xp, a, _E1_FAR) * xp.exp(-2.0 * a)
    return _grown(xp, a, 0.5 * (_ei_scaled(xp, a) + sign * other) / a)


def _shi(xp: Any, x: Any) -> Any:
    """Shi, an odd function: https://dlmf.nist.gov/6.6.E5 near zero, with all signs positive."""
    a = xp.abs(x)
    small = xp.where(a < 6.0, x, 1.0)
    near = small * _near(xp, small * small, _SHI_NEAR)
    return xp.where(a < 6.0, near, xp.sign(x) * _pair(xp, a, 1))


def _chi(xp: Any, x: Any) -> Any:
    """Chi of x > 0: https://dlmf.nist.gov/6.6.E6 near zero, with all signs positive."""
    small = xp.where(x < 6.0, x, 1.0)
    near = small * small * _near(xp, small * small, _CHI_NEAR)
    near = near + (xp.log(small) + 0.5772156649015329)
    return xp.where(x < 6.0, near, _pair(xp, x, -1))
