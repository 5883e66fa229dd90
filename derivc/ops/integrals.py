"""Exponential, sine, Fresnel and elliptic integrals, and Lambert's W.

Formulas: https://dlmf.nist.gov/6, /7.2(iii), /19.4 and /4.13.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import E, Rational, cos, cosh, exp, log, pi, sin, sinh, sqrt

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.exponential import log1p
from derivc.ops.names import NAMELESS
from derivc.ops.piecewise import where
from derivc.ops.shorthand import in_special, mpmath
from derivc.ops.sinc import sincu

_HALF = Rational(1, 2)
_TAGS = ["special", "integral"]
_TERMS = 18


def _positive(x: Any) -> Any:
    return x > 0


def _series(m: Any, term: Any) -> Any:
    """The derivative of pi/2 times the power series with coefficients term(k), by Horner."""
    total: Any = sp.Integer(0)
    for k in range(_TERMS, 0, -1):
        total = k * term(k) + m * total
    return pi / 2 * total


def _square(k: int) -> sp.Rational:
    """The coefficient of m^k in 2K/pi, https://dlmf.nist.gov/19.5.E1."""
    return Rational(sp.binomial(2 * k, k), 4**k) ** 2


def _k_slope(m: Any, y: Any) -> Any:
    far = (sp.elliptic_e(m) - (1 - m) * y) / (2 * m * (1 - m))
    return where(sp.Abs(m) < Rational(1, 10), _series(m, _square), far)


def _e_slope(m: Any, y: Any) -> Any:
    near = _series(m, lambda k: -_square(k) / (2 * k - 1))
    return where(sp.Abs(m) < Rational(1, 10), near, (y - sp.elliptic_k(m)) / (2 * m))


def _lambert(x: Any) -> Any:
    """Three steps of Halley's method on w exp(w) = x from a guess good to a percent."""
    p = sqrt(2 * (E * x + 1))
    t = log1p(x)
    w = where(x < -Rational(1, 4), -1 + p * (1 - p * (Rational(1, 3) - p * Rational(11, 72))),
              t * (1 - log1p(t) / (2 + t)))  # fmt: skip
    for _ in range(3):
        residual = w - x * exp(-w)
        step = 2 * residual * (w + 1) / (2 * (w + 1) ** 2 - (w + 2) * residual)
        w = where(sp.Eq(residual, 0), w, w - step)
    return w


lambertw = declare(
    "lambertw", "The principal real solution w of w exp(w) = x.", params=("x",), cost=40,
    symbol=sp.LambertW, stable=_lambert, truth=lambda x: mpmath().re(mpmath().lambertw(x)),
    partials=lambda x, y: [exp(-y) / (1 + y)], domain=lambda x: x > -exp(-1), tags=_TAGS,
    range=(-1, sp.oo), aliases=["LambertW"], source="https://dlmf.nist.gov/4.13",
    also=NAMELESS.plus("sp.special.lambertw"),
)  # fmt: skip
expi = declare(
    "Ei", "The exponential integral Ei.", params=("x",), symbol=sp.Ei, truth="ei", tags=_TAGS,
    spelling=Spelling("special.expi"), partials=lambda x, y: [exp(x) / x], aliases=["expi"],
    domain=lambda x: sp.Ne(x, 0), cost=60, also=in_special("expi", jax="expi"),
)  # fmt: skip
exp1 = declare(
    "exp1", "The exponential integral E1.", params=("x",), truth="e1", tags=_TAGS, cost=60,
    spelling=Spelling("special.exp1"), partials=lambda x, y: [-exp(-x) / x], domain=_positive,
    range=(0, sp.oo), aliases=["E1"], also=in_special("exp1", jax="exp1"),
)  # fmt: skip
expint = declare(
    "expint", "The exponential integral of integer order n.", params=("n", "x"), cost=60,
    symbol=sp.expint, spelling=Spelling("special.expn"), tags=_TAGS, aliases=["expn"],
    truth=lambda n, x: mpmath().expint(n, x), domain=lambda n, x: x > 0, range=(0, sp.oo),
    partials=lambda n, x, y: [
        None, where(sp.Eq(n, 0), -(y + exp(-x)) / x, -sp.expint(n - 1, x))
    ],
    also=in_special("expn", jax="expn"),
)  # fmt: skip
logint = declare(
    "li", "The logarithmic integral.", params=("x",), symbol=sp.li, truth="li", tags=_TAGS,
    stable=lambda x: sp.Ei(log(x)), partials=lambda x, y: [1 / log(x)], cost=65,
    domain=lambda x: sp.And(x > 0, sp.Ne(x, 1)),
)  # fmt: skip
Si = declare(
    "Si", "The sine integral.", params=("x",), symbol=sp.Si, truth="si", tags=_TAGS, cost=60,
    spelling=Spelling("special.sici[0]"), partials=lambda x, y: [sincu(x)],
)  # fmt: skip
Ci = declare(
    "Ci", "The cosine integral.", params=("x",), symbol=sp.Ci, truth="ci", tags=_TAGS, cost=60,
    spelling=Spelling("special.sici[1]"), partials=lambda x, y: [cos(x) / x],
    domain=_positive,
)  # fmt: skip
Shi = declare(
    "Shi", "The hyperbolic sine integral.", params=("x",), symbol=sp.Shi, truth="shi", cost=60,
    spelling=Spelling("special.shichi[0]"), tags=_TAGS,
    partials=lambda x, y: [where(sp.Eq(x, 0), 1, sinh(x) / x)],
)  # fmt: skip
Chi = declare(
    "Chi", "The hyperbolic cosine integral.", params=("x",), symbol=sp.Chi, truth="chi", cost=60,
    spelling=Spelling("special.shichi[1]"), tags=_TAGS,
    partials=lambda x, y: [cosh(x) / x], domain=_positive,
)  # fmt: skip
fresnels = declare(
    "fresnels", "The Fresnel sine integral.", params=("x",), symbol=sp.fresnels, cost=60,
    truth="fresnels", spelling=Spelling("special.fresnel[0]"), tags=_TAGS, range=(-1, 1),
    partials=lambda x, y: [sin(pi * x**2 / 2)],
)  # fmt: skip
fresnelc = declare(
    "fresnelc", "The Fresnel cosine integral.", params=("x",), symbol=sp.fresnelc, cost=60,
    truth="fresnelc", spelling=Spelling("special.fresnel[1]"), tags=_TAGS, range=(-1, 1),
    partials=lambda x, y: [cos(pi * x**2 / 2)],
)  # fmt: skip
elliptic_k = declare(
    "elliptic_k", "The complete elliptic integral K of the parameter m.", params=("m",), cost=40,
    symbol=sp.elliptic_k, truth="ellipk", spelling=Spelling("special.ellipk"), tags=_TAGS,
    partials=lambda m, y: [_k_slope(m, y)], domain=lambda m: m < 1, range=(0, sp.oo),
    aliases=["ellipk"], also=in_special("ellipk"), source="https://dlmf.nist.gov/19.4.E1",
)  # fmt: skip
elliptic_e = declare(
    "elliptic_e", "The complete elliptic integral E of the parameter m.", params=("m",), cost=40,
    symbol=sp.elliptic_e, truth="ellipe", spelling=Spelling("special.ellipe"), tags=_TAGS,
    partials=lambda m, y: [_e_slope(m, y)], domain=lambda m: m < 1, range=(1, sp.oo),
    aliases=["ellipe"], also=in_special("ellipe"), source="https://dlmf.nist.gov/19.4.E2",
)  # fmt: skip
elliptic_f = declare(
    "elliptic_f", "The incomplete elliptic integral F of angle z and parameter m.", cost=80,
    params=("z", "m"), symbol=sp.elliptic_f, truth="ellipf", tags=_TAGS, aliases=["ellipkinc"],
    spelling=Spelling("special.ellipkinc"), domain=lambda z, m: m * sin(z) ** 2 < 1,
    partials=lambda z, m, y: [1 / sqrt(1 - m * sin(z) ** 2), None], also=in_special("ellipkinc"),
)  # fmt: skip
elliptic_einc = declare(
    "elliptic_einc", "The incomplete elliptic integral E of angle z and parameter m.", cost=80,
    params=("z", "m"), truth="ellipe", tags=_TAGS, aliases=["ellipeinc"],
    spelling=Spelling("special.ellipeinc"), domain=lambda z, m: m * sin(z) ** 2 < 1,
    partials=lambda z, m, y: [sqrt(1 - m * sin(z) ** 2), None], also=in_special("ellipeinc"),
    source="https://dlmf.nist.gov/19.4.E6",
)  # fmt: skip
