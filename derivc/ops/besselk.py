"""The modified Bessel function K at any precision, quickly also where mpmath takes seconds.

For whole orders mpmath takes a limit of differences that cancel, with ever more digits, between the
reach of its series and that of the asymptotic expansion: a second at x = 50 and 420 bits.
"""

from __future__ import annotations

import math
from typing import Any

from derivc.ops.shorthand import mpmath

_SPARE = 40
"""Bits beyond the working precision."""

_MOST = 1000
"""The largest order."""

_LEAST = 0.125
"""The smallest argument: below, the series take no time."""


def besselk(order: Any, x: Any) -> Any:
    """K of a real order at a real number, at mpmath's working precision; NaN for x < 0.

    Where mpmath is slow, https://dlmf.nist.gov/10.32.E9 by the trapezoidal rule for orders 0 and 1:
    the integral of exp(-x cosh t) cosh(order t) over t > 0, of positive terms that fall doubly
    exponentially; the error falls exponentially with their number. Then 10.29.E1 upward.

    Args:
        order, x: numbers.

    Example:
        >>> from mpmath import workprec
        >>> with workprec(420):
        ...     print(float(besselk(0, 119)))
        2.3921522650013593e-53
    """
    mp = mpmath()
    order, x = mp.mpmathify(order), mp.mpmathify(x)
    if isinstance(x, mp.mpc) or isinstance(order, mp.mpc):
        return mp.besselk(order, x)
    if not x >= 0 or x == mp.inf:
        return mp.zero if x == mp.inf else mp.nan
    if not (mp.isint(order) and abs(order) <= _MOST and _LEAST <= x <= mp.prec):
        return mp.besselk(order, x)
    with mp.extraprec(_SPARE):
        below, value = _scaled(x)
        for k in range(1, int(abs(order))):
            below, value = value, below + 2 * k / x * value
        return mp.exp(-x) * (value if order else below)


def _scaled(x: Any) -> tuple[Any, Any]:
    """exp(x) K of orders 0 and 1: h times the sums of exp(-x (cosh t - 1)), and times cosh t.

    For t = 0, h, 2h ..., the term at 0 halved, in multiples of the last bit; the hyperbolic cosines
    by cosh(t + h) = 2 cosh(h) cosh(t) - cosh(t - h).
    """
    from mpmath.libmp.libelefun import exp_fixed

    mp = mpmath()
    bits, one = mp.prec, 1 << mp.prec
    h = mp.mpf(_step(float(x), bits * math.log(2)))
    scale, up = (int(mp.floor(mp.ldexp(v, bits))) for v in (x, mp.cosh(h)))
    before, c, zeroth, first = one, up, one >> 1, one >> 1
    while term := exp_fixed(scale * (one - c) >> bits, bits):
        zeroth += term
        first += term * c >> bits
        before, c = c, (up * c >> bits - 1) - before
    return h * mp.ldexp(zeroth, -bits), h * mp.ldexp(first, -bits)


def _step(x: float, digits: float) -> float:
    """A step with an error below exp(-digits).

    In a strip of half-width a the integral of |exp(-x (cosh t - 1))| is about exp(x (1 - cos a))
    times that on the axis, and the error is that times exp(-2 pi a/h).
    """
    a = min(1.5, math.sqrt(2 * digits / x))
    return 2 * math.pi * a / (digits + 2 * x * math.sin(a / 2) ** 2 + 5)
