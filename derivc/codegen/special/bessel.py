"""Bessel functions of orders 0 and 1. Formulas: https://dlmf.nist.gov/10."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.coefficients import (
    _I0_FAR,
    _I0_NEAR,
    _I0_SMALL,
    _I1_FAR,
    _I1_NEAR,
    _I1_SMALL,
    _J0_NEAR,
    _J1_NEAR,
    _K0_FAR,
    _K0_NEAR,
    _K1_FAR,
    _K1_NEAR,
    _P0,
    _P1,
    _Q0,
    _Q1,
    _Y0_NEAR,
    _Y1_NEAR,
)  # fmt: skip
from derivc.codegen.special.exponential import _grown
from derivc.codegen.special.series import _far, _near

# --- carried ---


def _waves(xp: Any, a: Any, p: Any, q: Any) -> Any:
    """P, Q of https://dlmf.nist.gov/10.17.i over sqrt(pi a), and sine plus and less cosine.

    These are cosine and sine of a - pi/4 without its rounding.
    """
    a = xp.where(a < 8.0, 8.0, a)
    square, root = a * a, xp.sqrt(3.141592653589793 * a)
    angle = xp.where(xp.isinf(a), 0.0, a)
    s, c = xp.sin(angle), xp.cos(angle)
    return _far(xp, square, p) / root, _far(xp, square, q) / (a * root), s + c, s - c


def _j0(xp: Any, x: Any) -> Any:
    """J of order 0: a series to |x| = 8, then https://dlmf.nist.gov/10.17.E3."""
    a = xp.abs(x)
    small = xp.where(a < 8.0, x, 0.0)
    p, q, plus, minus = _waves(xp, a, _P0, _Q0)
    return xp.where(a < 8.0, _near(xp, small * small, _J0_NEAR), p * plus - q * minus)


def _j1(xp: Any, x: Any) -> Any:
    """J of order 1, an odd function."""
    a = xp.abs(x)
    small = xp.where(a < 8.0, x, 0.0)
    p, q, plus, minus = _waves(xp, a, _P1, _Q1)
    near = small * _near(xp, small * small, _J1_NEAR)
    return xp.where(a < 8.0, near, xp.sign(x) * (p * minus + q * plus))


def _y0(xp: Any, x: Any) -> Any:
    """Y of order 0: https://dlmf.nist.gov/10.8.E2 to x = 8, then 10.17.E4."""
    small = xp.where(x < 8.0, x, 1.0)
    square = small * small
    near = 0.6366197723675814 * xp.log(small) * _near(xp, square, _J0_NEAR)
    near = near + _near(xp, square, _Y0_NEAR)
    p, q, plus, minus = _waves(xp, x, _P0, _Q0)
    return xp.where(x < 8.0, near, p * minus + q * plus)


def _y1(xp: Any, x: Any) -> Any:
    """Y of order 1."""
    small = xp.where(x < 8.0, x, 1.0)
    square = small * small
    product = small * xp.where(small == 0.0, 0.0, xp.log(small)) * _near(xp, square, _J1_NEAR)
    near = 0.6366197723675814 * (product - 1.0 / small) + small * _near(xp, square, _Y1_NEAR)
    p, q, plus, minus = _waves(xp, x, _P1, _Q1)
    return xp.where(x < 8.0, near, q * minus - p * plus)


def _k0e(xp: Any, x: Any) -> Any:
    """exp(x) K of order 0: https://dlmf.nist.gov/10.31.E2 to x = 1, then 10.40.E2."""
    small = xp.where(x < 1.0, x, 1.0)
    square = small * small
    near = _near(xp, square, _K0_NEAR) - xp.log(small) * _near(xp, square, _I0_SMALL)
    large = xp.where(x < 1.0, 1.0, x)
    return xp.where(x < 1.0, near * xp.exp(small), _far(xp, large, _K0_FAR) / xp.sqrt(large))


def _k1e(xp: Any, x: Any) -> Any:
    """exp(x) K of order 1."""
    small = xp.where(x < 1.0, x, 1.0)
    square = small * small
    logarithm = xp.where(small == 0.0, 0.0, xp.log(small))
    product = logarithm * _near(xp, square, _I1_SMALL) + _near(xp, square, _K1_NEAR)
    near = 1.0 / small + small * product
    large = xp.where(x < 1.0, 1.0, x)
    return xp.where(x < 1.0, near * xp.exp(small), _far(xp, large, _K1_FAR) / xp.sqrt(large))


def _k0(xp: Any, x: Any) -> Any:
    """K of order 0."""
    return xp.exp(-x) * _k0e(xp, x)


def _k1(xp: Any, x: Any) -> Any:
    """K of order 1."""
    return xp.exp(-x) * _k1e(xp, x)


def _i0e(xp: Any, x: Any) -> Any:
    """exp(-|x|) I of order 0: a series to |x| = 8, then https://dlmf.nist.gov/10.40.E1."""
    a = xp.abs(x)
    large = xp.where(a < 8.0, 8.0, a)
    return xp.where(a < 8.0, _near(xp, a, _I0_NEAR), _far(xp, large, _I0_FAR) / xp.sqrt(large))


def _i1e(xp: Any, x: Any) -> Any:
    """exp(-|x|) I of order 1, an odd function."""
    a = xp.abs(x)
    large = xp.where(a < 8.0, 8.0, a)
    far = xp.sign(x) * _far(xp, large, _I1_FAR) / xp.sqrt(large)
    return xp.where(a < 8.0, xp.where(a < 8.0, x, 0.0) * _near(xp, a, _I1_NEAR), far)


def _i0(xp: Any, x: Any) -> Any:
    """I of order 0."""
    x = xp.where(xp.abs(x) > 10000.0, 10000.0, x)
    return _grown(xp, xp.abs(x), _i0e(xp, x))


def _i1(xp: Any, x: Any) -> Any:
    """I of order 1."""
    x = xp.where(xp.abs(x) > 10000.0, 10000.0 * xp.sign(x), x)
    return _grown(xp, xp.abs(x), _i1e(xp, x))
