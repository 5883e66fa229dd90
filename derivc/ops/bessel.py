"""Bessel functions. Formulas: https://dlmf.nist.gov/10 (10.6 and 10.29 for the derivatives).

The scaled functions vary slowly at large x, where their derivatives as differences would cancel:
from 25 on these come from the asymptotic series of 10.40, differentiated term by term.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Abs, Rational, besseli, besselj, besselk, bessely, pi, sign, sqrt

from derivc.ops.besselk import besselk as besselk_at
from derivc.ops.declaration import Kink, Op, Spelling
from derivc.ops.declare import declare
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import in_special, mpmath

_TAGS = ["special", "bessel"]
_HALF = Rational(1, 2)
_TERMS = 20
_FAR = 25


def _coefficients(order: int) -> list[sp.Rational]:
    """a_k of https://dlmf.nist.gov/10.17.E1."""
    values = [sp.Integer(1)]
    for k in range(1, _TERMS):
        step = Rational(4 * order**2 - (2 * k - 1) ** 2, 8 * k)
        values.append(values[-1] * step)
    return values


def _scaled_slope(n: Any, a: Any) -> Any:
    """The derivative of exp(-a) I_n(a) at large a > 0, for any n: the same series, by Horner."""
    mu, total = 4 * n**2, sp.Integer(0)
    for k in range(_TERMS - 1, -1, -1):
        ratio = -(mu - (2 * k + 1) ** 2) / (8 * (k + 1) * a)
        total = k + _HALF + ratio * total
    return -total / (a * sqrt(2 * pi * a))


def _ive_slope(n: Any, x: Any, y: Any) -> Any:
    """Where the asymptotic series serves (a > 25 and a > n^2), the difference cancels."""
    a = Abs(x)
    far = sign(x) * where(sp.And(x < 0, sp.Ne(2 * sp.floor(n / 2), n)), -1, 1) * _scaled_slope(n, a)
    near = (ive(n - 1, x) + ive(n + 1, x)) / 2 - sign(x) * y
    return where(sp.And(a > _FAR, a > n**2), far, near)


def _far_slope(order: int, a: Any, alternating: int, factor: Any) -> Any:
    """The derivative of sqrt(factor/a) sum of (+-1)^k a_k/a^k, at large a > 0."""
    total: Any = sp.Integer(0)
    for k, coefficient in reversed(list(enumerate(_coefficients(order)))):
        total = alternating**k * coefficient * (k + _HALF) + total / a
    return -sqrt(factor / a) / a * total


def _i0e_slope(x: Any, y: Any) -> Any:
    far = sign(x) * _far_slope(0, Abs(x), -1, 1 / (2 * pi))
    return where(Abs(x) > _FAR, far, i1e(x) - sign(x) * y)


def _i1e_slope(x: Any, y: Any) -> Any:
    near = (i0e(x) + ive(2, x)) / 2 - sign(x) * y
    return where(Abs(x) > _FAR, _far_slope(1, Abs(x), -1, 1 / (2 * pi)), near)


def _k0e_slope(x: Any, y: Any) -> Any:
    return where(x > _FAR, _far_slope(0, x, 1, pi / 2), y - k1e(x))


def _k1e_slope(x: Any, y: Any) -> Any:
    return where(x > _FAR, _far_slope(1, x, 1, pi / 2), y - k0e(x) - y / x)


def _bessel(name: str, words: str, torch: str | None, **rest: Any) -> Op:
    """One of the functions of order 0 or 1, by its name in scipy.special."""
    jax = f"jax.scipy.special.{name}" if name in ("i0", "i0e", "i1", "i1e") else None
    also = Names(f"torch.special.{torch}" if torch else None, jax, None, f"scipy.special.{name}")
    rest.setdefault("aliases", [torch] if torch and torch != name else [])
    more = rest.pop("names", "")
    return declare(
        name, words, params=("x",), spelling=Spelling(f"special.{name}"), tags=_TAGS, cost=60,
        also=also.plus(more), **rest,
    )  # fmt: skip


def _truth(function: str, order: int) -> Callable[[Any], Any]:
    return lambda x: getattr(mpmath(), function)(order, x)


def _scaled(function: str, order: int, exponent: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: getattr(mpmath(), function)(order, x) * mpmath().exp(exponent(x))


def _truth_of_k(order: int, scaled: bool) -> Callable[[Any], Any]:
    return lambda x: besselk_at(order, x) * (mpmath().exp(x) if scaled else 1)


def _besseli(n: Any, x: Any) -> Any:
    """I of order n; of a whole one by |n|, https://dlmf.nist.gov/10.27.E1, as -n is a pole's."""
    return mpmath().besseli(abs(n) if mpmath().isint(n) else n, x)


def _positive(x: Any) -> Any:
    return x > 0


j0 = _bessel(
    "j0", "The Bessel function J of order 0.", "bessel_j0", truth=_truth("besselj", 0),
    partials=lambda x, y: [-j1(x)],
)  # fmt: skip
j1: Op = _bessel(
    "j1", "The Bessel function J of order 1.", "bessel_j1", truth=_truth("besselj", 1),
    partials=lambda x, y: [(j0(x) - besselj(2, x)) / 2],
)  # fmt: skip
y0 = _bessel(
    "y0", "The Bessel function Y of order 0.", "bessel_y0", truth=_truth("bessely", 0),
    partials=lambda x, y: [-y1(x)], domain=_positive,
)  # fmt: skip
y1: Op = _bessel(
    "y1", "The Bessel function Y of order 1.", "bessel_y1", truth=_truth("bessely", 1),
    partials=lambda x, y: [y0(x) - y / x], domain=_positive,
)  # fmt: skip
i0: Op = _bessel(
    "i0", "The modified Bessel function I of order 0.", "i0", truth=_truth("besseli", 0),
    partials=lambda x, y: [i1(x)], range=(1, sp.oo), aliases=["modified_bessel_i0"],
    names="torch.i0 T.i0 T.i0_ np.i0 jnp.i0 special.modified_bessel_i0",
)  # fmt: skip
i1: Op = _bessel(
    "i1", "The modified Bessel function I of order 1.", "i1", truth=_truth("besseli", 1),
    partials=lambda x, y: [(i0(x) + besseli(2, x)) / 2], aliases=["modified_bessel_i1"],
    names="special.modified_bessel_i1",
)  # fmt: skip
i0e: Op = _bessel(
    "i0e", "I of order 0, scaled by exp(-|x|).", "i0e",
    truth=_scaled("besseli", 0, lambda x: -abs(x)),
    partials=lambda x, y: [_i0e_slope(x, y)], range=(0, 1),
    kinks=[Kink(0, 0, "a corner of the scale", left=1, right=-1)],
)  # fmt: skip
i1e: Op = _bessel(
    "i1e", "I of order 1, scaled by exp(-|x|).", "i1e",
    truth=_scaled("besseli", 1, lambda x: -abs(x)), partials=lambda x, y: [_i1e_slope(x, y)],
)  # fmt: skip
k0 = _bessel(
    "k0", "The modified Bessel function K of order 0.", "modified_bessel_k0",
    truth=_truth_of_k(0, False), partials=lambda x, y: [-k1(x)], domain=_positive,
    range=(0, sp.oo),
)  # fmt: skip
k1: Op = _bessel(
    "k1", "The modified Bessel function K of order 1.", "modified_bessel_k1",
    truth=_truth_of_k(1, False), partials=lambda x, y: [-k0(x) - y / x], domain=_positive,
    range=(0, sp.oo),
)  # fmt: skip
k0e: Op = _bessel(
    "k0e", "K of order 0, scaled by exp(x).", "scaled_modified_bessel_k0",
    truth=_truth_of_k(0, True), partials=lambda x, y: [_k0e_slope(x, y)],
    domain=_positive, range=(0, sp.oo),
)  # fmt: skip
k1e: Op = _bessel(
    "k1e", "K of order 1, scaled by exp(x).", "scaled_modified_bessel_k1",
    truth=_truth_of_k(1, True), partials=lambda x, y: [_k1e_slope(x, y)],
    domain=_positive, range=(0, sp.oo),
)  # fmt: skip


def _general(name: str, words: str, symbol: Any, truth: Any, slope: Any, **rest: Any) -> Op:
    """A Bessel function of any real order, differentiable in x."""
    return declare(
        name, words, params=("n", "x"), symbol=symbol, truth=truth, tags=_TAGS, cost=120,
        spelling=Spelling(f"special.{name}"), partials=lambda n, x, y: [None, slope(n, x, y)],
        also=in_special(name).plus(rest.pop("names", "")), **rest,
    )  # fmt: skip


def _positive_argument(n: Any, x: Any) -> Any:
    return x > 0


jv = _general(
    "jv", "The Bessel function J of order n.", besselj, "besselj",
    lambda n, x, y: (besselj(n - 1, x) - besselj(n + 1, x)) / 2, aliases=["besselj", "jn"],
    names="sp.special.jn",
)  # fmt: skip
yv = _general(
    "yv", "The Bessel function Y of order n.", bessely, "bessely",
    lambda n, x, y: (bessely(n - 1, x) - bessely(n + 1, x)) / 2, aliases=["bessely", "yn"],
    names="sp.special.yn",
    domain=_positive_argument,
)  # fmt: skip
iv = _general(
    "iv", "The modified Bessel function I of order n.", besseli, _besseli,
    lambda n, x, y: (besseli(n - 1, x) + besseli(n + 1, x)) / 2, aliases=["besseli"],
)  # fmt: skip
kv = _general(
    "kv", "The modified Bessel function K of order n.", besselk, besselk_at,
    lambda n, x, y: -besselk(sp.Abs(n) - 1, x) - sp.Abs(n) / x * y, aliases=["besselk"],
    domain=_positive_argument,
)  # fmt: skip
ive: Op = _general(
    "ive", "I of order n, scaled by exp(-|x|).", None,
    lambda n, x: _besseli(n, x) * mpmath().exp(-abs(x)),
    _ive_slope,
)  # fmt: skip
