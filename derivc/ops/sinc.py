"""sinc and its derivatives of every order, smooth at zero.

Let s(x) = sin(x)/x and s_k its k-th derivative. Differentiating x s = sin gives

    x s_k + k s_(k-1) = sin(x + k pi/2),

which computes s_k from s_(k-1) away from zero; near zero its power series does. So each s_k is an
op, `sincu_k`, whose derivative is the op `sincu_(k+1)`, declared when it is first asked for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import Abs, Rational, cos, factorial, pi, sin

from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.declare import declare
from derivc.ops.magnitude import maximum, minimum
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.rounding import round_
from derivc.ops.shorthand import mpmath

_TAGS = ["trigonometric"]


def _radius(order: int) -> sp.Rational:
    """Up to here the series is used; beyond, the recurrence loses at most a few digits."""
    return Rational(order + 2, 2)


def _series(order: int, x: Any) -> Any:
    """The sum of (-1)^m x^(2m - k)/((2m - k)! (2m + 1)) over 2m >= k = order, by Horner in x^2."""
    first = (order + 1) // 2
    total: Any = sp.Integer(0)
    for m in reversed(range(first, first + 11 + order)):
        term = Rational((-1) ** m, factorial(2 * m - order) * (2 * m + 1))
        total = term + x**2 * total
    return total * x if order % 2 else total


def _turned(order: int, x: Any) -> Any:
    """sin(x + k pi/2)."""
    return (sin(x), cos(x), -sin(x), -cos(x))[order % 4]


def _recurrence(order: int, x: Any) -> Any:
    value: Any = derivative_of_sinc(0)(x)
    for k in range(1, order + 1):
        value = (_turned(k, x) - k * value) / x
    return value


def _stable(order: int, x: Any) -> Any:
    if order == 0:
        return where(sp.Eq(x, 0), 1, sin(x) / x)
    return where(Abs(x) < _radius(order), _series(order, x), _recurrence(order, x))


def _truth(order: int, x: Any) -> Any:
    """By the power series up to 1, by the recurrence beyond, with digits to spare.

    The recurrence loses k!/|x|^k: at most 2 k digits from 1 on, for any k that is met.
    """
    mp = mpmath()
    if mp.isinf(x):
        return mp.zero
    with mp.extradps(10 + 2 * order):
        return _truth_near(order, x) if abs(x) < 1 else _truth_far(order, x)


def _truth_near(order: int, x: Any) -> Any:
    """The sum of (-1)^m x^(2m - k)/((2m - k)! (2m + 1)) until nothing is added any more."""
    mp = mpmath()
    m = (order + 1) // 2
    total, term = mp.mpf(0), (-1) ** m * x ** (2 * m - order)  # (2m - k)! is 1 here
    while term and abs(term) > abs(total) * mp.eps:
        total += term / (2 * m + 1)
        m += 1
        term *= -(x**2) / ((2 * m - order) * (2 * m - order - 1))
    return total


def _truth_far(order: int, x: Any) -> Any:
    mp = mpmath()
    turned = mp.sin(x), mp.cos(x), -mp.sin(x), -mp.cos(x)
    value = turned[0] / x
    for k in range(1, order + 1):
        value = (turned[k % 4] - k * value) / x
    return value


@cache
def derivative_of_sinc(order: int) -> Op:
    """The op for the derivative of sin(x)/x of this order."""
    name = f"sincu_{order}" if order else "sincu"
    words = f"The derivative of order {order} of sin(x)/x." if order else "sin(x)/x, 1 at 0."
    return declare(
        name, words, params=("x",), symbol=None if order else sp.sinc, range=(-1, 1), cost=30,
        stable=lambda x: _stable(order, x), truth=lambda x: _truth(order, x),
        partials=lambda x, y: [derivative_of_sinc(order + 1)(x)],
        tags=[*_TAGS, "auxiliary"] if order else _TAGS, source="https://dlmf.nist.gov/10.49.E3",
    )  # fmt: skip


registry.family("sincu", derivative_of_sinc)
sincu = derivative_of_sinc(0)
sincu_near = declare(
    "sincu_near", "The derivative of sin(x)/x near zero, by its series alone.", params=("x",),
    stable=lambda x: _series(1, x), truth=lambda x: _truth(1, x), range=(-1, 1), cost=20,
    partials=lambda x, y: [derivative_of_sinc(2)(x)], domain=lambda x: Abs(x) < Rational(8, 5),
    tags=[*_TAGS, "auxiliary"],
)  # fmt: skip


def _turned_back(x: Any) -> Any:
    """x less whole turns, between -1 and 1; exactly."""
    return x - 2 * round_(x / 2)


def _sinpi(x: Any) -> Any:
    """sin(pi h) = sin(pi (2 c - h)), c the nearest to h within 1/2: of h, 1 - h or -1 - h."""
    h = _turned_back(x)
    nearest = minimum(maximum(h, -Rational(1, 2)), Rational(1, 2))
    return sin(pi * sp.Add(2 * nearest, sp.Mul(-1, h, evaluate=False), evaluate=False))


sinpi: Op = declare(
    "sinpi", "sin(pi x), exactly zero at whole numbers.", meaning=lambda x: sin(pi * x), cost=35,
    stable=_sinpi, range=(-1, 1), truth="sinpi",
    partials=lambda x, y: [pi * cospi(x)], tags=[*_TAGS, "auxiliary"],
)  # fmt: skip
cospi: Op = declare(
    "cospi", "cos(pi x), exactly zero halfway between.", meaning=lambda x: cos(pi * x), cost=35,
    stable=lambda x: sin(pi * (Rational(1, 2) - Abs(_turned_back(x)))), range=(-1, 1),
    truth="cospi",
    partials=lambda x, y: [-pi * sinpi(x)], tags=[*_TAGS, "auxiliary"],
)  # fmt: skip


def _sinc_slope(x: Any, y: Any) -> Any:
    """By the series at zero; beyond 1/2 by the quotient, where pi x would be rounded."""
    return where(Abs(x) < Rational(1, 2), pi * sincu_near(pi * x), (cospi(x) - y) / x)


sinc = declare(
    "sinc", "sin(pi x)/(pi x), 1 at 0: the one of NumPy, PyTorch and signal processing.",
    meaning=lambda x: where(sp.Eq(x, 0), 1, sin(pi * x) / (pi * x)), tags=_TAGS, cost=30,
    stable=lambda x: where(sp.Eq(x, 0), 1, sinpi(x) / (pi * x)),
    partials=lambda x, y: [_sinc_slope(x, y)], truth=lambda x: mpmath().sincpi(x),
    range=(-1, 1),
    also=Names("torch.sinc", "jax.numpy.sinc", "numpy.sinc").plus(
        "special.sinc T.sinc T.sinc_ sp.special.sinc"
    ),
)  # fmt: skip
