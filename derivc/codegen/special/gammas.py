"""The gamma function and its relatives. Formulas: https://dlmf.nist.gov/5 and /25.11."""

from __future__ import annotations

from typing import Any

from derivc.codegen.special.coefficients import _BERNOULLI, _GAMMA, _PSI, _STIRLING, _TRIGAMMA
from derivc.codegen.special.series import _far, _near, _powers, _some

# --- carried ---


def _correction(xp: Any, x: Any) -> Any:
    """What Stirling's formula lacks of log gamma, https://dlmf.nist.gov/5.11.E1, from x = 8 on."""
    x = xp.where(x < 8.0, 8.0, x)
    return _far(xp, x * x, _STIRLING) / x


def _sine(xp: Any, x: Any) -> Any:
    """sin(pi x), exactly zero at whole numbers."""
    n = xp.round(x)
    odd = n - 2.0 * xp.floor(0.5 * n)
    return (1.0 - 2.0 * odd) * xp.sin(3.141592653589793 * (x - n))


def _gamma_right(xp: Any, x: Any) -> Any:
    """Gamma of x >= 1/2: https://dlmf.nist.gov/5.5.E1 down to 1 .. 2, 5.11.E3 from x = 12 on."""
    y, product = xp.where(x < 12.0, x, 1.0), 1.0
    product = xp.where(y < 1.0, 1.0 / y, xp.ones_like(y))
    y = xp.where(y < 1.0, y + 1.0, y)
    for _ in range(10):
        product = product * xp.where(y > 2.0, y - 1.0, 1.0)
        y = xp.where(y > 2.0, y - 1.0, y)
    large = xp.where(x < 12.0, 12.0, xp.where(x > 175.0, 175.0, x))
    root = large ** (0.5 * large - 0.25) * xp.exp(-0.5 * large)
    far = root * (root * (2.5066282746310002 * xp.exp(_correction(xp, large))))
    return xp.where(x < 12.0, product * _near(xp, y, _GAMMA), xp.where(x > 175.0, xp.inf, far))


def _gamma(xp: Any, x: Any) -> Any:
    """Gamma; by reflection, https://dlmf.nist.gov/5.5.E3, left of 1/2."""
    left = x < 0.5
    value = _gamma_right(xp, xp.where(left, 1.0 - x, x))
    sine = _sine(xp, xp.where(left, x, 0.5))
    return xp.where(left, 3.141592653589793 / (sine * xp.where(left, value, 1.0)), value)


def _lgamma(xp: Any, x: Any) -> Any:
    """log |Gamma|: of few relative digits near 1 and 2, where it is zero."""
    left = x < 0.5
    a = xp.where(left, 1.0 - x, x)
    small, large = xp.where(a < 12.0, a, 1.0), xp.where(a < 12.0, 12.0, a)
    far = (large - 0.5) * (xp.log(large) - 1.0) + (_correction(xp, large) + 0.4189385332046727)
    value = xp.where(a < 12.0, xp.log(_gamma_right(xp, small)), far)
    value = xp.where(xp.isinf(a), xp.abs(a), value)
    sine = xp.abs(_sine(xp, xp.where(left, x, 0.5)))
    return xp.where(left, 1.1447298858494002 - xp.log(sine) - value, value)


def _digamma(xp: Any, x: Any) -> Any:
    """The derivative of log gamma: https://dlmf.nist.gov/5.5.E2 up to x = 10, then 5.11.E2."""
    left = x < 0.0
    y, total = xp.where(left, 1.0 - x, x), 0.0
    for _ in range(10):
        total = total + xp.where(y < 10.0, 1.0 / xp.where(y < 10.0, y, 1.0), 0.0)
        y = xp.where(y < 10.0, y + 1.0, y)
    value = xp.log(y) - 0.5 / y - _far(xp, y * y, _PSI) / (y * y) - total
    n = xp.round(x)
    turn = 3.141592653589793 * xp.where(left, x - n, 0.25)
    return xp.where(left, value - 3.141592653589793 * xp.cos(turn) / xp.sin(turn), value)


def _trigamma(xp: Any, x: Any) -> Any:
    """The derivative of digamma: by reflection, https://dlmf.nist.gov/5.15.E6, left of zero."""
    left = x < 0.0
    if not _some(xp, left):
        return _trigamma_right(xp, x)
    total = _trigamma_right(xp, xp.where(left, 1.0 - x, x))
    sine = xp.sin(3.141592653589793 * xp.where(left, x - xp.round(x), 0.5))
    turned = 3.141592653589793 / sine
    return xp.where(left, turned * turned - total, total)


def _trigamma_right(xp: Any, x: Any) -> Any:
    """Four steps of https://dlmf.nist.gov/5.15.E5, then what E8 stands for, from x = 4 on.

    Two steps at once: 1/u^2 + 1/v^2 = (u + v)^2 h^2 - 2 h, h = 1/(u v), of u = x + k and
    v = x + 3 - k, whose sum does not depend on k.
    """
    far = x + 4.0
    part = 1.0 / (far * far)
    total = (1.0 + part * _powers(xp, part, _TRIGAMMA)) / far + 0.5 * part
    both, product = 2.0 * x + 3.0, x * (x + 3.0)
    first, second = 1.0 / product, 1.0 / (product + 2.0)
    squares = first * first + second * second
    return total + (both * (both * squares) - 2.0 * (first + second))


def _zeta(xp: Any, s: Any, q: Any) -> Any:
    """The zeta function of Hurwitz, by https://dlmf.nist.gov/25.11.E43 after ten terms."""
    total = q**-s
    for k in range(1, 10):
        total = total + (q + k) ** -s
    w = q + 10.0
    power = w**-s
    tail = w ** (1.0 - s) / (s - 1.0) + 0.5 * power
    factor = power * s / w
    for k in range(12):
        tail = tail + _BERNOULLI[k] * factor
        factor = factor * (s + (2 * k + 1)) * (s + (2 * k + 2)) / (w * w)
    return total + tail


def _betaln(xp: Any, a: Any, b: Any) -> Any:
    """log B, with the large terms of https://dlmf.nist.gov/5.11.E1 cancelled by hand."""
    low, high = xp.where(a < b, a, b), xp.where(a < b, b, a)
    far_low, far = xp.where(low < 8.0, 8.0, low), xp.where(high < 8.0, 8.0, high)
    ratio = far_low / far
    both = _correction(xp, far_low) + _correction(xp, far) - _correction(xp, far_low + far)
    power = (far_low - 0.5) * xp.log(ratio / (1.0 + ratio)) - far * xp.log1p(ratio)
    large = power + (both + 0.9189385332046727) - 0.5 * xp.log(far)
    near_low = xp.where(low < 8.0, low, 1.0)
    middle = _lgamma(xp, near_low) + _fallen(xp, near_low, far)
    near_high = xp.where(high < 8.0, high, 1.0)
    small = _lgamma(xp, near_low) + _lgamma(xp, near_high) - _lgamma(xp, near_low + near_high)
    value = xp.where(high < 8.0, small, xp.where(low < 8.0, middle, large))
    return xp.where(xp.isinf(high), -high, value)


def _fallen(xp: Any, a: Any, b: Any) -> Any:
    """log Gamma(b) - log Gamma(a + b), from b = 8 on."""
    moved = a - (a + b - 0.5) * xp.log1p(a / b) - a * xp.log(b)
    return moved + (_correction(xp, b) - _correction(xp, a + b))


def _beta(xp: Any, a: Any, b: Any) -> Any:
    """B, https://dlmf.nist.gov/5.12.E1: by gamma where all three are finite."""
    small = a + b < 20.0
    p, q = xp.where(small, a, 1.0), xp.where(small, b, 1.0)
    near = _gamma(xp, p) / _gamma(xp, p + q) * _gamma(xp, q)
    return xp.where(small, near, xp.exp(_betaln(xp, a, b)))


def _binomial(xp: Any, n: Any, k: Any) -> Any:
    """The binomial coefficient, https://dlmf.nist.gov/1.2.E6 in terms of B."""
    return 1.0 / ((n + 1.0) * _beta(xp, n - k + 1.0, k + 1.0))
