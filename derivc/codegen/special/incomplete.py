"""Incomplete gamma and beta functions. Formulas: https://dlmf.nist.gov/8.

As integrals over t = x exp(-v), or its logit less v, both become the integral of a logarithmically
concave function over v > 0, of positive terms: no digits cancel, however small a tail is. That
integral goes by the trapezoidal rule after v = exp(t - exp(-t)), H. Takahasi and M. Mori, "Double
exponential formulas for numerical integration", Publications of RIMS 9 (1974).
"""

from __future__ import annotations

import math
from typing import Any

from derivc.codegen.special.gammas import _betaln, _correction, _gamma, _lgamma

# --- carried ---


def _half_line(xp: Any, slope: Any, bend: Any, exponent: Any) -> Any:
    """The integral of exp(exponent(v)) over v > 0, its first derivatives at 0 being given."""
    scale = 1.0 / (xp.abs(slope) + xp.sqrt(bend))
    total = 0.0 * scale
    for k in range(-61, 76):
        t = k / 16
        w = math.exp(t - math.exp(-t))
        total = total + w * (1.0 + math.exp(-t)) * xp.exp(exponent(scale * w))
    return 0.0625 * scale * total


def _log_ratio(xp: Any, t: Any, ratio: Any) -> Any:
    """log(1 + t) - t, where 1 + t is a ratio."""
    near = xp.abs(t) < 0.5
    return xp.where(near, xp.log1p(xp.where(near, t, 0.0)), xp.log(ratio)) - t


def _log_of_two(xp: Any, x: Any, y: Any) -> Any:
    """log x, where x + y = 1 and the smaller of the two is the exact one."""
    small = x < 0.5
    other = xp.log1p(xp.where(small, -0.5, -y))
    return xp.where(small, xp.log(xp.where(small, x, 0.5)), other)


def _gamma_power(xp: Any, a: Any, x: Any) -> Any:
    """x^a exp(-x)/Gamma(a); around its peak where the logarithms cancel.

    C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
    """
    large = xp.where(a < 8.0, 8.0, a)
    t = xp.where(a < 8.0, 0.0, (x - large) / large)
    far = xp.sqrt(large / 6.283185307179586) * xp.exp(
        large * _log_ratio(xp, t, x / large) - _correction(xp, large)
    )
    small = xp.where(a < 8.0, a, 1.0)
    return xp.where(a < 8.0, xp.exp(small * xp.log(x) - x - _lgamma(xp, small)), far)


def _whole_power(xp: Any, a: Any, x: Any) -> Any:
    """x^a exp(-x); around its peak by what is divided by Gamma(a), unless that overflows."""
    whole = _gamma(xp, a)
    near = (x > 0.5 * a) & (x < 2.0 * a) & ~xp.isinf(whole)
    p, y = xp.where(near, a, 1.0), xp.where(near, x, 1.0)
    peak = _gamma_power(xp, p, y) * xp.where(near, whole, 1.0)
    return xp.where(near, peak, xp.exp(a * xp.log(x) - x))


def _gamma_parts(xp: Any, a: Any, x: Any, power: Any) -> Any:
    """The lower part where x < a + 1, by https://dlmf.nist.gov/8.2.E4 after 8.8.E5; else the upper.

    Both in units in which x^a exp(-x) is `power`; and whether it is the lower.
    """
    low = x < a + 1.0
    x = xp.where(xp.isinf(x), 1e30, x)
    p, y = xp.where(low, a, 1.0), xp.where(low, x, 0.5)
    inner = _half_line(xp, p + 1.0 - y, y, lambda v: -(p + 1.0) * v - y * xp.expm1(-v))
    q, z = xp.where(low, 1.0, a), xp.where(low, 2.5, x)
    outer = _half_line(xp, z - q, z, lambda v: q * v - z * xp.expm1(v))
    return power(xp, a, x) * xp.where(low, (1.0 + y * inner) / p, outer), low


def _gammainc(xp: Any, a: Any, x: Any) -> Any:
    """The regularized lower incomplete gamma function."""
    part, low = _gamma_parts(xp, a, x, _gamma_power)
    return xp.where(low, part, 1.0 - part)


def _gammaincc(xp: Any, a: Any, x: Any) -> Any:
    """The regularized upper incomplete gamma function."""
    part, low = _gamma_parts(xp, a, x, _gamma_power)
    return xp.where(low, 1.0 - part, part)


def _lowergamma(xp: Any, a: Any, x: Any) -> Any:
    """The lower incomplete gamma function, where gamma may overflow, its fraction underflow."""
    part, low = _gamma_parts(xp, a, x, _whole_power)
    return xp.where(low, part, _rest(xp, a, part))


def _uppergamma(xp: Any, a: Any, x: Any) -> Any:
    """The upper incomplete gamma function."""
    part, low = _gamma_parts(xp, a, x, _whole_power)
    return xp.where(low, _rest(xp, a, part), part)


def _rest(xp: Any, a: Any, part: Any) -> Any:
    """What is left of Gamma(a)."""
    whole = _gamma(xp, a)
    return xp.where(xp.isinf(whole), whole, whole - part)


def _beta_power(xp: Any, a: Any, b: Any, x: Any, y: Any) -> Any:
    """x^a y^b/B(a, b) for y = 1 - x; around its peak where the logarithms cancel."""
    far = (a > 8.0) & (b > 8.0)
    p, q = xp.where(far, a, 8.0), xp.where(far, b, 8.0)
    moved = xp.where(far, q * x - p * y, 0.0)
    t, s = moved / p, -moved / q
    peak = p * _log_ratio(xp, t, x * (p + q) / p) + q * _log_ratio(xp, s, y * (p + q) / q)
    lack = _correction(xp, p) + _correction(xp, q) - _correction(xp, p + q)
    large = xp.sqrt(p / (p + q) * q / 6.283185307179586) * xp.exp(peak - lack)
    p, q = xp.where(far, 1.0, a), xp.where(far, 1.0, b)
    logs = p * _log_of_two(xp, x, y) + q * _log_of_two(xp, y, x)
    return xp.where(far, large, xp.exp(logs - _betaln(xp, p, q)))


def _betainc(xp: Any, a: Any, b: Any, x: Any) -> Any:
    """The regularized incomplete beta function, https://dlmf.nist.gov/8.17.E1 after 8.17.E20.

    Right of the mean from the other end, 8.17.E4.
    """
    swapped = x > (a + 1.0) / (a + b + 2.0)
    p, q = xp.where(swapped, b, a), xp.where(swapped, a, b)
    y, z = xp.where(swapped, 1.0 - x, x), xp.where(swapped, x, 1.0 - x)
    n, c = p + 1.0, p + q + 1.0
    inner = _half_line(xp, n - c * y, c * y * z, lambda v: -n * v - c * xp.log1p(y * xp.expm1(-v)))
    part = _beta_power(xp, p, q, y, z) / p * (1.0 + y * (p + q) * inner)
    return xp.where(swapped, 1.0 - part, part)
