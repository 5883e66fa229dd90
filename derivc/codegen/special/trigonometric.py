"""Sine, cosine and Fresnel integrals. Formulas: https://dlmf.nist.gov/6 and /7."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.coefficients import (
    _CI_NEAR,
    _FRESNEL_C,
    _FRESNEL_F,
    _FRESNEL_G,
    _FRESNEL_S,
    _SI_F,
    _SI_G,
    _SI_NEAR,
)  # fmt: skip
from derivc.codegen.special.series import _far, _near

# --- carried ---


def _auxiliary(xp: Any, a: Any) -> Any:
    """f(a), g(a) of https://dlmf.nist.gov/6.2.E17 and 6.2.E18, and an angle of finite cosine."""
    a = xp.where(a < 4.0, 4.0, a)
    square = a * a
    angle = xp.where(xp.isinf(a), 0.0, a)
    return _far(xp, square, _SI_F) / a, _far(xp, square, _SI_G) / square, angle


def _si(xp: Any, x: Any) -> Any:
    """Si, an odd function: https://dlmf.nist.gov/6.6.E5 to x = 4, then 6.2.E19."""
    a = xp.abs(x)
    small = xp.where(a < 4.0, x, 1.0)
    near = small * _near(xp, small * small, _SI_NEAR)
    f, g, angle = _auxiliary(xp, a)
    far = 1.5707963267948966 - (f * xp.cos(angle) + g * xp.sin(angle))
    return xp.where(a < 4.0, near, xp.sign(x) * far)


def _ci(xp: Any, x: Any) -> Any:
    """Ci of x > 0: https://dlmf.nist.gov/6.6.E6 to x = 4, then 6.2.E20."""
    small = xp.where(x < 4.0, x, 1.0)
    near = small * small * _near(xp, small * small, _CI_NEAR)
    near = near + (xp.log(small) + 0.5772156649015329)
    f, g, angle = _auxiliary(xp, x)
    return xp.where(x < 4.0, near, f * xp.sin(angle) - g * xp.cos(angle))


def _quarter_square(xp: Any, a: Any) -> Any:
    """pi/2 a^2 less whole turns: a = n + r, so that a^2 = n^2 + 2nr + r^2 modulo 4."""
    a = xp.where(a > 1e7, 0.0, a)
    n = xp.round(a)
    r = a - n
    odd = n - 2.0 * xp.floor(0.5 * n)
    turn = n * r
    return 1.5707963267948966 * (odd + 2.0 * (turn - 2.0 * xp.round(0.5 * turn)) + r * r)


def _fresnel_far(xp: Any, a: Any) -> Any:
    """f(a), g(a) of https://dlmf.nist.gov/7.5.E3 and 7.5.E4 from a = 1.5 on, sine and cosine."""
    a = xp.where(a < 1.5, 1.5, a)
    square = a * a
    f = _far(xp, square * square, _FRESNEL_F) / (3.141592653589793 * a)
    g = _far(xp, square * square, _FRESNEL_G) / (9.869604401089358 * a) / square
    angle = _quarter_square(xp, a)
    return f, g, xp.sin(angle), xp.cos(angle)


def _fresnels(xp: Any, x: Any) -> Any:
    """S, an odd function: https://dlmf.nist.gov/7.6.E6 to x = 1.5, then 7.5.E4."""
    a = xp.abs(x)
    small = xp.where(a < 1.5, x, 1.0)
    cube = small * small * small
    near = cube * _near(xp, cube * small, _FRESNEL_S)
    f, g, sine, cosine = _fresnel_far(xp, a)
    return xp.where(a < 1.5, near, xp.sign(x) * (0.5 - (f * cosine + g * sine)))


def _fresnelc(xp: Any, x: Any) -> Any:
    """C, an odd function: https://dlmf.nist.gov/7.6.E4 to x = 1.5, then 7.5.E3."""
    a = xp.abs(x)
    small = xp.where(a < 1.5, x, 1.0)
    square = small * small
    near = small * _near(xp, square * square, _FRESNEL_C)
    f, g, sine, cosine = _fresnel_far(xp, a)
    return xp.where(a < 1.5, near, xp.sign(x) * (0.5 + (f * sine - g * cosine)))
