"""The gamma function and its relatives. Formulas: https://dlmf.nist.gov/5, /8 and /25.11."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational, exp, gamma, log, loggamma, pi, polygamma, sqrt

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.exponential import log1p, xlog1py, xlogy
from derivc.ops.magnitude import maximum
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.rise import digamma_rise
from derivc.ops.shorthand import in_special, mpmath

_INF = sp.oo
_TAGS = ["special", "gamma"]
_STIRLING = [Rational(1, 12), Rational(-1, 360), Rational(1, 1260), Rational(-1, 1680),
             Rational(1, 1188), Rational(-691, 360360), Rational(1, 156)]  # fmt: skip
_FAR_LEFT = 1000
_NEAR_TWO = [  # the sum converges like 4^-k over |u| <= 1/2
    Rational(str((-1) ** k * (sp.zeta(k) - 1).evalf(30) / k)) for k in range(2, 28)
]
_HALF = Rational(1, 2)
_MANY = 10
"""The largest p of mvlgamma."""


def _psi(x: Any) -> Any:
    return polygamma(0, x)


def _polygamma(n: Any, x: Any) -> Any:
    """(-1)^(n+1) n! zeta(n + 1, x), https://dlmf.nist.gov/25.11.E12; digamma at n = 0."""
    power = (-1) ** (n + 1) * gamma(n + 1) * sp.zeta(n + 1, x)
    return where(sp.Eq(n, 0), sp.digamma(x, evaluate=False), power)


def _psi_true(n: Any, x: Any) -> Any:
    """polygamma by mpmath; NaN far left of its domain, where mpmath adds up -x terms."""
    return mpmath().psi(n, x) if x > -_FAR_LEFT else mpmath().nan


def _gamma_density(a: Any, x: Any) -> Any:
    """x^(a-1) exp(-x)/Gamma(a); from a = 15 on around its peak, where the logarithms cancel.

    C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
    """
    t = (x - a) / a
    correction: Any = sp.Integer(0)
    for coefficient in reversed(_STIRLING):
        correction = coefficient + correction / a**2
    peak = sqrt(a / (2 * pi)) / x * exp(a * (log1p(t) - t) - correction / a)
    return where(a > 15, peak, exp(xlogy(a - 1, x) - x - loggamma(a)))


def _steps(x: Any, p: Any, f: Any) -> Any:
    """The sum of f(x + (1 - j)/2) over j = 1 .. p, p a number by the time it is computed."""
    return sum(where(p >= j, f(x + Rational(1 - j, 2)), 0) for j in range(1, _MANY + 1))


def _lgamma(x: Any) -> Any:
    """By the series of https://dlmf.nist.gov/5.7.E3 around 2, with log Gamma(x + 1) = log x + ...

    Libraries lose all relative digits at the zeros, 1 and 2, as they add up terms of size 1.
    """
    below = x < Rational(3, 2)
    u = x - where(below, 1, 2)
    total: Any = sp.Integer(0)
    for coefficient in reversed(_NEAR_TWO):
        total = coefficient + u * total
    near = u * (1 - sp.EulerGamma + u * total) - where(below, log(maximum(x, _HALF)), 0)
    return where(sp.And(x >= _HALF, x <= Rational(5, 2)), near, lgamma_far(x))


def _between(a: Any, low: Any, high: Any, regularized: bool) -> Any:
    """The integral of t^(a-1) exp(-t) from low to high; not a number where that is not real.

    mpmath does not return for negative ends: it asks itself, with more digits each time.
    """
    if low < 0 or (high is not None and high < 0):
        return mpmath().nan
    return mpmath().gammainc(a, low, high, regularized=regularized)


gamma_ = declare(
    "gamma", "The gamma function.", params=("x",), symbol=gamma, truth="gamma", tags=_TAGS,
    spelling=Spelling("special.gamma", "math.gamma"), partials=lambda x, y: [y * _psi(x)], cost=60,
    also=Names(None, "jax.scipy.special.gamma", None, "scipy.special.gamma"),
    domain=lambda x: x > 0, aliases=["tgamma"], source="https://dlmf.nist.gov/5.2",
)  # fmt: skip
lgamma_far = declare(
    "lgamma_far", "The logarithm of the absolute value of gamma, of few digits near 1 and 2.",
    params=("x",), spelling=Spelling("special.gammaln", "math.lgamma"), cost=60,
    tags=[*_TAGS, "auxiliary"], truth=lambda x: mpmath().re(mpmath().loggamma(x)),
    partials=lambda x, y: [_psi(x)], domain=lambda x: x > 0,
)  # fmt: skip
lgamma = declare(
    "lgamma", "The logarithm of the absolute value of the gamma function.", params=("x",),
    symbol=loggamma, stable=_lgamma, cost=90, tags=_TAGS,
    truth=lambda x: mpmath().re(mpmath().loggamma(x)), partials=lambda x, y: [_psi(x)],
    domain=lambda x: x > 0, aliases=["gammaln", "loggamma"], source="https://dlmf.nist.gov/5.2",
    also=Names("torch.lgamma", "jax.scipy.special.gammaln", None, "scipy.special.gammaln").plus(
        "T.lgamma T.lgamma_ lax.lgamma special.gammaln"
    ),
)  # fmt: skip
digamma = declare(
    "digamma", "The derivative of the logarithm of gamma.", params=("x",), symbol=sp.digamma,
    spelling=Spelling("special.psi"), partials=lambda x, y: [polygamma(1, x)], cost=60, tags=_TAGS,
    truth="digamma", domain=lambda x: x > 0, aliases=["psi"], source="https://dlmf.nist.gov/5.2.E2",
    also=Names("torch.digamma", "jax.scipy.special.digamma", None, "scipy.special.digamma").plus(
        "special.digamma T.digamma T.digamma_ lax.digamma special.psi sp.special.psi"
    ),
)  # fmt: skip
trigamma = declare(
    "trigamma", "The second derivative of the logarithm of gamma.", params=("x",), cost=60,
    symbol=sp.trigamma, stable=lambda x: sp.zeta(2, x), truth=lambda x: _psi_true(1, x),
    partials=lambda x, y: [polygamma(2, x)], domain=lambda x: x > 0, range=(0, _INF), tags=_TAGS,
)  # fmt: skip
polygamma_ = declare(
    "polygamma", "The derivative of order n + 1 of the logarithm of gamma.", params=("n", "x"),
    symbol=polygamma, stable=_polygamma, truth=_psi_true, tags=_TAGS,
    partials=lambda n, x, y: [None, polygamma(n + 1, x)], cost=80, domain=lambda n, x: x > 0,
    also=in_special("polygamma", "polygamma", "polygamma").plus(
        "torch.polygamma T.polygamma T.polygamma_ lax.polygamma"
    ),
)  # fmt: skip
zeta = declare(
    "zeta", "The zeta function of Hurwitz; of Riemann for q = 1.", params=("s", "q"),
    defaults={"q": 1}, symbol=sp.zeta, spelling=Spelling("special.zeta"), tags=_TAGS, cost=60,
    truth=lambda s, q: mpmath().zeta(s, q), domain=lambda s, q: sp.And(s > 1, q > 0),
    partials=lambda s, q, y: [None, -s * sp.zeta(s + 1, q)], source="https://dlmf.nist.gov/25.11",
    also=in_special("zeta", "zeta", "zeta").plus("lax.zeta"),
)  # fmt: skip
mvlgamma = declare(
    "mvlgamma", "The logarithm of the gamma function of p-by-p matrices (p at most 10).",
    meaning=lambda x, p: p * (p - 1) / 4 * log(pi) + _steps(x, p, loggamma), cost=120, tags=_TAGS,
    partials=lambda x, p, y: [_steps(x, p, _psi), None], domain=lambda x, p: 2 * x > p - 1,
    aliases=["multigammaln"], source="https://dlmf.nist.gov/35.3.E4",
    also=Names("torch.mvlgamma", "jax.scipy.special.multigammaln", None,
               "scipy.special.multigammaln").plus(
        "T.mvlgamma T.mvlgamma_ special.multigammaln"
    ),
)  # fmt: skip
gammainc = declare(
    "gammainc", "The lower incomplete gamma function, as a fraction of gamma.", params=("a", "x"),
    spelling=Spelling("special.gammainc"), cost=80, tags=_TAGS, aliases=["igamma"], range=(0, 1),
    truth=lambda a, x: _between(a, 0, x, True),
    partials=lambda a, x, y: [None, _gamma_density(a, x)],
    domain=lambda a, x: sp.And(a > 0, x > 0), source="https://dlmf.nist.gov/8.2.E4",
    also=in_special("gammainc", "gammainc", "gammainc").plus(
        "torch.igamma T.igamma T.igamma_ lax.igamma"
    ),
)  # fmt: skip
gammaincc = declare(
    "gammaincc", "The upper incomplete gamma function, as a fraction of gamma.", params=("a", "x"),
    spelling=Spelling("special.gammaincc"), cost=80, tags=_TAGS, aliases=["igammac"], range=(0, 1),
    truth=lambda a, x: _between(a, x, None, True),
    partials=lambda a, x, y: [None, -_gamma_density(a, x)],
    domain=lambda a, x: sp.And(a > 0, x > 0), source="https://dlmf.nist.gov/8.2.E4",
    also=in_special("gammaincc", "gammaincc", "gammaincc").plus(
        "torch.igammac T.igammac T.igammac_ lax.igammac"
    ),
)  # fmt: skip
lowergamma = declare(
    "lowergamma", "The lower incomplete gamma function.", params=("a", "x"), tags=_TAGS, cost=140,
    symbol=sp.lowergamma, stable=lambda a, x: gamma(a) * gammainc(a, x),
    truth=lambda a, x: _between(a, 0, x, False),
    partials=lambda a, x, y: [None, exp(xlogy(a - 1, x) - x)],
    domain=lambda a, x: sp.And(a > 0, x > 0), source="https://dlmf.nist.gov/8.2.E1",
)  # fmt: skip
uppergamma = declare(
    "uppergamma", "The upper incomplete gamma function.", params=("a", "x"), tags=_TAGS, cost=140,
    symbol=sp.uppergamma, stable=lambda a, x: gamma(a) * gammaincc(a, x),
    truth=lambda a, x: _between(a, x, None, False),
    partials=lambda a, x, y: [None, -exp(xlogy(a - 1, x) - x)],
    domain=lambda a, x: sp.And(a > 0, x > 0), source="https://dlmf.nist.gov/8.2.E2",
)  # fmt: skip
beta = declare(
    "beta", "The beta function.", params=("a", "b"), symbol=sp.beta, truth="beta", cost=80,
    spelling=Spelling("special.beta"), domain=lambda a, b: sp.And(a > 0, b > 0), tags=_TAGS,
    partials=lambda a, b, y: [-y * digamma_rise(a, b), -y * digamma_rise(b, a)],
    also=in_special("beta", jax="beta"), source="https://dlmf.nist.gov/5.12",
)  # fmt: skip
betaln = declare(
    "betaln", "The logarithm of the beta function.", params=("a", "b"), cost=80, tags=_TAGS,
    spelling=Spelling("special.betaln"), domain=lambda a, b: sp.And(a > 0, b > 0),
    truth=lambda a, b: mpmath().log(mpmath().beta(a, b)), aliases=["lbeta"],
    partials=lambda a, b, y: [-digamma_rise(a, b), -digamma_rise(b, a)],
    also=in_special("betaln", jax="betaln"),
)  # fmt: skip
betainc = declare(
    "betainc", "The incomplete beta function, as a fraction of beta.", params=("a", "b", "x"),
    spelling=Spelling("special.betainc"), tags=_TAGS, cost=100, range=(0, 1),
    truth=lambda a, b, x: mpmath().betainc(a, b, 0, x, regularized=True),
    partials=lambda a, b, x, y: [
        None, None, exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b))
    ],
    domain=lambda a, b, x: sp.And(a > 0, b > 0, x > 0, x < 1),
    also=in_special("betainc", jax="betainc").plus("lax.betainc"), source="https://dlmf.nist.gov/8.17",
)  # fmt: skip
factorial = declare(
    "factorial", "The factorial, gamma(x + 1).", params=("x",), symbol=sp.factorial, cost=60,
    stable=lambda x: gamma(x + 1), truth="factorial", partials=lambda x, y: [y * _psi(x + 1)],
    domain=lambda x: x > -1, tags=_TAGS,
    also=Names(None, "jax.scipy.special.factorial", None, "scipy.special.factorial"),
)  # fmt: skip
binomial = declare(
    "binomial", "The binomial coefficient, of real numbers too.", params=("n", "k"), cost=80,
    symbol=sp.binomial, spelling=Spelling("special.binom"), truth="binomial", aliases=["binom"],
    partials=lambda n, k, y: [
        y * digamma_rise(n - k + 1, k), y * digamma_rise(k + 1, n - 2 * k)
    ],
    domain=lambda n, k: sp.And(k > -1, n > k - 1), tags=_TAGS, also=in_special("binom"),
)  # fmt: skip
