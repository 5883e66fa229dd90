"""Differences of polygamma functions, exact however close the arguments are.

As digamma(a + b) - digamma(a) is of the size of b, the difference of two values has few digits
where b is small: the slopes of the beta function need it there. So its derivatives of every order
in `a` are ops, `digamma_rise_k`, declared when they are first asked for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp
from sympy import factorial, polygamma

from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.declare import declare
from derivc.ops.exponential import log1p
from derivc.ops.piecewise import where
from derivc.ops.shorthand import mpmath

_SHIFT = 10
"""Steps up to where nine terms of an asymptotic series serve."""


def _asymptotic(n: int) -> list[Any]:
    """Coefficients of (-1)^(n+1) polygamma(n, x) in powers of 1/x, without the logarithm.

    https://dlmf.nist.gov/5.15.E8, and 5.11.E2 of n = 0.
    """
    found = {n + 1: factorial(n) / 2, n: factorial(n - 1) if n else 0}
    for k in range(1, _SHIFT):
        found[2 * k + n] = sp.bernoulli(2 * k) * factorial(2 * k + n - 1) / factorial(2 * k)
    return [sp.sympify(found.get(m, 0)) for m in range(max(found) + 1)]


def _quotient(coefficients: list[Any], s: Any, t: Any) -> Any:
    """(P(s) - P(t))/(s - t) of a polynomial, by Horner: no term of it cancels another."""
    value: Any = sp.Integer(0)
    quotient: Any = sp.Integer(0)
    for c in reversed(coefficients[1:]):
        value = value * t + c
        quotient = quotient * s + value
    return quotient


def _rise(n: int, a: Any, b: Any) -> Any:
    """polygamma(n, a + b) - polygamma(n, a) of positive a and a + b.

    Ten steps of https://dlmf.nist.gov/5.15.E5, then the asymptotic series; in each the difference
    of powers is taken apart, so that 1/(a + b + k) - 1/(a + k) = -b/((a + k) (a + b + k)) leads.
    """
    power = [*[0] * (n + 1), factorial(n)]
    total: Any = log1p(b / (a + _SHIFT)) if n == 0 else sp.Integer(0)
    for k in range(_SHIFT + 1):
        near, far = 1 / (a + k), 1 / (a + b + k)
        series = power if k < _SHIFT else _asymptotic(n)
        total += (-1) ** n * b * near * far * _quotient(series, far, near)
    return total


def _stable(n: int, a: Any, b: Any) -> Any:
    """Left of zero, where the series does not hold, the difference."""
    positive = sp.And(a > 0, a + b > 0)
    return where(positive, _rise(n, a, b), _difference(n, a, b))


def _difference(n: int, a: Any, b: Any) -> Any:
    return polygamma(n, a + b) - polygamma(n, a)


@cache
def derivative_of_rise(order: int) -> Op:
    """The op polygamma(order, a + b) - polygamma(order, a)."""
    return declare(
        f"digamma_rise_{order}" if order else "digamma_rise",
        f"polygamma({order}, a + b) - polygamma({order}, a), of all digits where b is small.",
        params=("a", "b"), meaning=lambda a, b: _difference(order, a, b), cost=200,
        truth=lambda a, b: mpmath().psi(order, a + b) - mpmath().psi(order, a),
        stable=lambda a, b: _stable(order, a, b), domain=lambda a, b: sp.And(a > 0, a + b > 0),
        partials=lambda a, b, y: [
            derivative_of_rise(order + 1)(a, b), polygamma(order + 1, a + b)
        ],
        tags=["special", "gamma", "auxiliary"], source="https://dlmf.nist.gov/5.15",
    )  # fmt: skip


registry.family("digamma_rise", derivative_of_rise)
digamma_rise = derivative_of_rise(0)
