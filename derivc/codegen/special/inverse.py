"""Inverses of the error function and of the normal distribution, by Halley's method.

First guess: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions (1964), 26.2.23.
"""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.error import _erf, _erfcx

# --- carried ---


def _erfcinv_tail(xp: Any, p: Any) -> Any:
    """The inverse of erfc for 0 < p <= 1/2."""
    log = xp.log(p)
    r = xp.sqrt(2.0 * (0.6931471805599453 - log))
    top = 2.515517 + r * (0.802853 + r * 0.010328)
    x = 0.7071067811865476 * (r - top / (1.0 + r * (1.432788 + r * (0.189269 + r * 0.001308))))
    for _ in range(3):
        scaled = _erfcx(xp, x)
        step = 0.8862269254527580 * scaled * -xp.expm1(log + x * x - xp.log(scaled))
        x = x + step / (1.0 + x * step)
    return x


def _erfinv_center(xp: Any, y: Any) -> Any:
    """The inverse of erf for |y| <= 1/2."""
    x = 0.8862269254527580 * y * (1.0 + 0.2617993877991494 * y * y)
    for _ in range(3):
        step = 0.8862269254527580 * (_erf(xp, x) - y) * xp.exp(x * x)
        x = x - step / (1.0 + x * step)
    return x


def _erfcinv(xp: Any, p: Any) -> Any:
    """The inverse of erfc."""
    center = xp.abs(p - 1.0) <= 0.5
    near = _erfinv_center(xp, xp.where(center, 1.0 - p, 0.0))
    small = xp.where(center, 0.25, xp.where(p < 1.0, p, 2.0 - p))
    tail = _erfcinv_tail(xp, xp.where(small == 0.0, 0.25, small))
    far = xp.where(small == 0.0, xp.inf, tail)
    return xp.where(center, near, xp.where(p < 1.0, far, -far))


def _erfinv(xp: Any, y: Any) -> Any:
    """The inverse of erf."""
    a = xp.abs(y)
    center = a <= 0.5
    small = xp.where(center, 0.25, 1.0 - a)
    tail = _erfcinv_tail(xp, xp.where(small == 0.0, 0.25, small))
    far = xp.sign(y) * xp.where(small == 0.0, xp.inf, tail)
    return xp.where(center, _erfinv_center(xp, xp.where(center, y, 0.0)), far)


def _ndtri(xp: Any, p: Any) -> Any:
    """The inverse of the normal distribution function, by https://dlmf.nist.gov/7.20.E1."""
    return -1.4142135623730951 * _erfcinv(xp, 2.0 * p)
