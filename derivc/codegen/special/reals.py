"""Bessel functions of any real order that is known, for x > 0. Formulas: https://dlmf.nist.gov/10.

Orders m and m + 1 with |m| <= 1/2 come first: to x = 2 by the series of N. M. Temme, "On the
numerical evaluation of the ordinary Bessel function of the second kind" (J. Comp. Phys. 21, 1976),
to x = 25 by integrals whose trapezoidal sums converge exponentially, then by asymptotic expansions.
The others follow by the order, as those of whole orders do.
"""

from __future__ import annotations

import math
from typing import Any

from derivc.codegen.special.coefficients import _RGAMMA
from derivc.codegen.special.exponential import _grown
from derivc.codegen.special.orders import _grown_upward, _ive_far, _ratios, _upward

# --- carried ---


def _parted(v: float) -> Any:
    """The whole part n >= 0 of an order's size, and the rest m; sine and cosine of pi v."""
    n = round(abs(v))
    m, sign = abs(v) - n, (-1.0) ** n
    sine = sign * math.sin(math.pi * m) * (1.0 if v > 0.0 else -1.0)
    return n, m, sine, sign * math.cos(math.pi * m)


def _temme_start(xp: Any, m: float, x: Any) -> Any:
    """f, p and q of Temme's series for K, to begin with; the series of 1/Gamma by 5.7.E1."""
    even = sum(c * m**k for k, c in enumerate(_RGAMMA) if k % 2 == 0)
    odd = sum(c * m ** (k - 1) for k, c in enumerate(_RGAMMA) if k % 2)
    power = (0.5 * x) ** -m
    log = xp.log(2.0 / x)
    s = m * log
    small = xp.abs(s) < 1.0
    sinh = xp.sinh(xp.where(small, s, 1.0)) / m
    sinh = xp.where(small, sinh, (0.5 / m) * (power - 1.0 / power))
    f = (math.pi * m / math.sin(math.pi * m)) * (0.5 * (power + 1.0 / power) * -odd + sinh * even)
    return f, 0.5 * power / (even + m * odd), 0.5 / power / (even - m * odd)


def _temme(xp: Any, m: float, x: Any, sign: float, r: float) -> Any:
    """The sums of c (f + r q), and of c (p - k (f + r q)), with c = (sign x^2/4)^k/k!."""
    f, p, q = _temme_start(xp, m, x)
    total, other, c = f + r * q, p, 1.0
    square = (0.25 * sign) * x * x
    for k in range(1, 17):
        f = (k * f + p + q) * (1.0 / (k * k - m * m))
        p, q, c = p * (1.0 / (k - m)), q * (1.0 / (k + m)), c * square * (1.0 / k)
        total, other = total + c * (f + r * q), other + c * (p - k * (f + r * q))
    return total, other


def _saddle(v: float) -> Any:
    """Places and weights for K at an imaginary argument, on its path of steepest descent.

    https://dlmf.nist.gov/10.32.E9 with cosh t = 1 + i y^2, so that the integrand is exp(-x y^2)
    times what does not depend on x.
    """
    found = []
    for k in range(46):
        y = 0.1 * k
        z = (0.5 + 0.5j) * y
        root = (1.0 + z * z) ** 0.5
        e = (z + root) ** (2.0 * v)
        w = (0.05 if k else 0.025) * (e + 1.0 / e) / root
        found.append((y * y, w.real, w.imag))
    return found


def _hankel(xp: Any, v: float, x: Any) -> Any:
    """J and Y of an order -1/2 .. 3/2, from x = 2 on; from 25 on by 10.17.E3 and E4."""
    middle, far = xp.where(x < 25.0, x, 25.0), xp.where(x < 25.0, 25.0, x)
    a, b = 0.0, 0.0
    for place, real, imaginary in _saddle(v):
        e = xp.exp(-place * middle)
        a, b = a + real * e, b + imaginary * e
    parts, term = [1.0, 0.0], 1.0
    for k in range(1, 27):
        term = term * ((4.0 * v * v - (2.0 * k - 1.0) ** 2) / (8.0 * k)) / far
        parts[k % 2] = parts[k % 2] + (-1.0) ** (k // 2) * term
    root = 0.886226925452758 / xp.sqrt(far)
    a, b = xp.where(x < 25.0, a, root * parts[0]), xp.where(x < 25.0, b, root * parts[1])
    angle, turn = xp.where(xp.isinf(x), 0.0, x), math.pi * (0.5 * v + 0.25)
    s, c = 0.9003163161571061 * xp.sin(angle), 0.9003163161571061 * xp.cos(angle)
    sine = s * math.cos(turn) - c * math.sin(turn)
    cosine = c * math.cos(turn) + s * math.sin(turn)
    return a * cosine - b * sine, a * sine + b * cosine


def _real_j(xp: Any, v: float, x: Any) -> Any:
    """J of an order -1/2 .. 3/2: https://dlmf.nist.gov/10.2.E2 to x = 2."""
    small, total = xp.where(x < 2.0, x, 1.0), 1.0
    square = -0.25 * small * small
    for k in range(15, 0, -1):
        total = 1.0 + square * total * (1.0 / (k * (k + v)))
    near = (0.5 * small) ** v * total * (1.0 / math.gamma(1.0 + v))
    return xp.where(x < 2.0, near, _hankel(xp, v, xp.where(x < 2.0, 2.0, x))[0])


def _real_y(xp: Any, m: float, x: Any) -> Any:
    """Y of orders m and m + 1."""
    low = x < 2.0
    small, large = xp.where(low, x, 1.0), xp.where(low, 2.0, x)
    turn = math.sin(0.5 * math.pi * m)
    total, other = _temme(xp, m, small, -1.0, 2.0 * turn * turn / m)
    first = -1.2732395447351628 * other / small
    zeroth = xp.where(low, -0.6366197723675814 * total, _hankel(xp, m, large)[1])
    return zeroth, xp.where(low, first, _hankel(xp, m + 1.0, large)[1])


def _real_jv(xp: Any, v: float, x: Any) -> Any:
    """J: by the order where x > v + 2, by ratios before; https://dlmf.nist.gov/10.4.E7 for -v."""
    n, m, sine, cosine = _parted(v)
    if v < 0.0:
        return cosine * _real_jv(xp, -v, x) + sine * _real_yv(xp, -v, x)
    zeroth, first = _real_j(xp, m, x), _real_j(xp, m + 1.0, x)
    near = x < n + 2.0
    small, large = xp.where(near, x, 1.0), xp.where(near, n + 2.0, x)
    start = n + 16 + int(12 * (n + 2) ** (1 / 3))
    by_zeroth, by_first = _ratios(xp, n, start, small, -1.0, m)
    low = xp.where(xp.abs(zeroth) > xp.abs(first), zeroth * by_zeroth, first * by_first)
    low = xp.where(x == 0.0, 0.0, low if n else zeroth)
    return xp.where(near, low, _upward(n, large, zeroth, first, -1.0, 1.0, m))


def _real_yv(xp: Any, v: float, x: Any) -> Any:
    """Y, upward by the order."""
    n, m, sine, cosine = _parted(v)
    if v < 0.0:
        return cosine * _real_yv(xp, -v, x) - sine * _real_jv(xp, -v, x)
    zeroth, first = _real_y(xp, m, xp.where(x == 0.0, 1.0, x))
    return xp.where(x == 0.0, -math.inf, _grown_upward(xp, n, x, zeroth, first, m))


def _real_k(xp: Any, m: float, x: Any) -> Any:
    """exp(x) K of order m, and x exp(x) K of order m + 1; 10.32.E9 from 2 to 25, then 10.40.E2."""
    small = xp.where(x < 2.0, x, 1.0)
    middle = xp.where(x < 2.0, 2.0, xp.where(x < 25.0, x, 25.0))
    grown = xp.exp(small)
    zeroth, first = _temme(xp, m, small, 1.0, 0.0)
    values = [zeroth * grown, 2.0 * first * grown]
    sums = [0.07, 0.07]
    for k in range(1, 28):
        t = 0.14 * k
        e = 0.14 * xp.exp((1.0 - math.cosh(t)) * middle)
        sums = [sums[0] + math.cosh(m * t) * e, sums[1] + math.cosh((m + 1.0) * t) * e]
    far = xp.where(x < 25.0, 25.0, x)
    ends = [_kve_far(xp, m, far), _kve_far(xp, m + 1.0, far)]
    outer = [xp.where(x < 25.0, sums[i], ends[i]) for i in (0, 1)]
    return xp.where(x < 2.0, values[0], outer[0]), xp.where(x < 2.0, values[1], x * outer[1])


def _kve_far(xp: Any, v: float, x: Any) -> Any:
    """exp(x) K by https://dlmf.nist.gov/10.40.E2."""
    total = 1.0
    for k in range(26, 0, -1):
        total = 1.0 + ((4.0 * v * v - (2.0 * k - 1.0) ** 2) / (8.0 * k)) / x * total
    return xp.sqrt(1.5707963267948966 / x) * total


def _real_kve(xp: Any, v: float, x: Any) -> Any:
    """exp(x) K, upward by the order."""
    n, m, _sine, _cosine = _parted(v)
    zeroth, first = _real_k(xp, m, xp.where(x == 0.0, 1.0, x))
    value = _upward(n, x, zeroth, first / x, 1.0, 1.0, m)
    return xp.where(x == 0.0, math.inf, xp.where(xp.isinf(x), 0.0, value))


def _real_kv(xp: Any, v: float, x: Any) -> Any:
    """K."""
    return xp.exp(-x) * _real_kve(xp, v, x)


def _real_ive(xp: Any, v: float, x: Any) -> Any:
    """exp(-x) I: by ratios and https://dlmf.nist.gov/10.28.E2; 10.40.E1 far out.

    10.27.E2 for negative orders.
    """
    n, m, sine, _cosine = _parted(v)
    far = max(25.0, v * v / 2.0)
    near = x < far
    small, large = xp.where(near & (x != 0.0), x, 1.0), xp.where(near, far, x)
    zeroth, first = _real_k(xp, m, small)
    start = n + 20 + int((40.0 * far) ** 0.5)
    ratio, _one = _ratios(xp, 1, start, small, 1.0, m)
    low = _ratios(xp, n, start, small, 1.0, m)[0] / (first + ratio * small * zeroth)
    value = xp.where(near, xp.where(x == 0.0, 0.0, low), _ive_far(xp, abs(v), large))
    if v > 0.0:
        return value
    return value - sine * 0.6366197723675814 * xp.exp(-2.0 * x) * _real_kve(xp, v, x)


def _real_iv(xp: Any, v: float, x: Any) -> Any:
    """I."""
    x = xp.where(x > 10000.0, 10000.0, x)
    return _grown(xp, x, _real_ive(xp, v, x))
