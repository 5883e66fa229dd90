"""Relatives of the error function. Formulas: https://dlmf.nist.gov/7."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.coefficients import _DAWSN_FAR, _DAWSN_NEAR, _ERFC_NEAR, _ERFCX
from derivc.codegen.special.series import _far, _near

# --- carried ---


def _halves(xp: Any, a: Any) -> Any:
    """a^2 as a sum: the square of a rounded number, which is exact, and the rest."""
    rounded = xp.round(16.0 * a) / 16.0
    return rounded * rounded, (a - rounded) * (a + rounded)


def _erfcx_right(xp: Any, a: Any) -> Any:
    """exp(a^2) erfc(a) of a >= 0."""
    return _far(xp, a, _ERFCX) / (1.0 + 2.0 * a)


def _erfcx(xp: Any, x: Any) -> Any:
    """exp(x^2) erfc(x): 2 exp(x^2) less that of -x left of zero."""
    right = _erfcx_right(xp, xp.abs(x))
    low = xp.where(x < 0.0, xp.where(x < -100.0, -100.0, x), 0.0)
    square, rest = _halves(xp, low)
    return xp.where(x < 0.0, 2.0 * xp.exp(square) * xp.exp(rest) - right, right)


def _erfc(xp: Any, x: Any) -> Any:
    """One less erf; by erfcx from x = 1/2 on."""
    a = xp.abs(x)
    large = xp.where(a < 0.5, 0.5, xp.where(a > 100.0, 100.0, a))
    square, rest = _halves(xp, large)
    tail = xp.exp(-square) * xp.exp(-rest) * _erfcx_right(xp, large)
    far = xp.where(x < 0.0, 2.0 - tail, tail)
    return xp.where(a < 0.5, 1.0 - _erf_near(xp, xp.where(a < 0.5, x, 0.0)), far)


def _erf_near(xp: Any, x: Any) -> Any:
    """erf by https://dlmf.nist.gov/7.6.E1 to |x| = 1."""
    return x * _near(xp, x * x, _ERFC_NEAR)


def _erf(xp: Any, x: Any) -> Any:
    """erf; by erfc from |x| = 1 on."""
    a = xp.abs(x)
    near = _erf_near(xp, xp.where(a < 1.0, x, 0.0))
    return xp.where(a < 1.0, near, xp.sign(x) * (1.0 - _erfc(xp, a)))


def _ndtr(xp: Any, x: Any) -> Any:
    """The normal distribution function, by https://dlmf.nist.gov/7.20.E1."""
    return 0.5 * _erfc(xp, -0.7071067811865476 * x)


def _log_ndtr(xp: Any, x: Any) -> Any:
    """The logarithm of the normal distribution function."""
    low = xp.where(x < -1.0, x, -1.0)
    left = xp.log(0.5 * _erfcx(xp, -0.7071067811865476 * low)) - 0.5 * low * low
    high = xp.where(x < -1.0, -1.0, x)
    return xp.where(x < -1.0, left, xp.log1p(-0.5 * _erfc(xp, 0.7071067811865476 * high)))


def _dawsn(xp: Any, x: Any) -> Any:
    """Dawson's integral, an odd function: https://dlmf.nist.gov/7.6.E2 near, 7.12.E1 far."""
    a = xp.abs(x)
    small = xp.where(a < 4.0, x, 1.0)
    large = xp.where(a < 4.0, 4.0, x)
    far = 0.5 / large * _far(xp, large * large, _DAWSN_FAR)
    return xp.where(a < 4.0, small * _near(xp, small * small, _DAWSN_NEAR), far)


def _erfi(xp: Any, x: Any) -> Any:
    """2/sqrt(pi) exp(x^2) times Dawson's integral, https://dlmf.nist.gov/7.5.E1."""
    x = xp.where(x > 100.0, 100.0, xp.where(x < -100.0, -100.0, x))
    square, rest = _halves(xp, x)
    half = xp.exp(0.5 * square)
    return half * (half * (1.1283791670955126 * _dawsn(xp, x) * xp.exp(rest)))
