"""The formulas of the distributions of `scipy.stats`, at location 0 and scale 1.

Source of the formulas: the definitions of the distributions, in the parameters that SciPy uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.ufuncs import elementwise as each

Function = Callable[..., Any]
_HALF_LOG_2PI = math.log(2 * math.pi) / 2


def op(name: str, *args: Any) -> Any:
    """A function of the registry, over broadcast arguments."""
    return each(elementwise.function_of(name), list(args))


def _where(condition: Any, inside: Any) -> Any:
    """A log-density that is minus infinity where the condition fails."""
    return each(elementwise.choose, [condition, inside, -math.inf])


def _from_zero(z: Any, logarithm: Any) -> Any:
    """A log-density that has nothing below zero."""
    return _where(z >= 0, logarithm)


def _within(z: Any, logarithm: Any, low: Any = 0.0, high: Any = 1.0) -> Any:
    """A log-density that has nothing outside an interval."""
    return _where(z >= low, _where(z <= high, logarithm))


def _student(z: Any, df: Any) -> Any:
    scale = op("gammaln", (df + 1) / 2) - op("gammaln", df / 2) - np.log(df * math.pi) / 2
    return scale - (df + 1) / 2 * np.log1p(z * z / df)


def _gamma(z: Any, a: Any) -> Any:
    return _from_zero(z, op("xlogy", a - 1, z) - z - op("gammaln", a))


def _chi2(z: Any, df: Any) -> Any:
    inside = op("xlogy", df / 2 - 1, z) - z / 2 - op("gammaln", df / 2) - df / 2 * math.log(2)
    return _from_zero(z, inside)


def _chi(z: Any, df: Any) -> Any:
    scale = math.log(2) - df / 2 * math.log(2) - op("gammaln", df / 2)
    return _from_zero(z, scale + op("xlogy", df - 1, z) - z * z / 2)


def _beta(z: Any, a: Any, b: Any) -> Any:
    inside = op("xlogy", a - 1, z) + op("xlogy", b - 1, 1 - z)
    return _within(z, inside - op("betaln", a, b))


def _lognormal(z: Any, s: Any) -> Any:
    inside = -(np.log(z) ** 2) / (2 * s**2) - np.log(s * z) - _HALF_LOG_2PI
    return _from_zero(z, inside)


def _weibull(z: Any, c: Any) -> Any:
    return _from_zero(z, np.log(c) + op("xlogy", c - 1, z) - z**c)


def _inverse_gamma(z: Any, a: Any) -> Any:
    return _from_zero(z, -(a + 1) * np.log(z) - op("gammaln", a) - 1 / z)


def _inverse_gauss(z: Any, mu: Any) -> Any:
    return _from_zero(z, -_HALF_LOG_2PI - 1.5 * np.log(z) - (z - mu) ** 2 / (2 * z * mu**2))


def _pareto(z: Any, b: Any) -> Any:
    return _where(z >= 1, np.log(b) - (b + 1) * np.log(z))


def _fisher(z: Any, dfn: Any, dfd: Any) -> Any:
    scale = dfd / 2 * np.log(dfd) + dfn / 2 * np.log(dfn) - op("betaln", dfn / 2, dfd / 2)
    inside = op("xlogy", dfn / 2 - 1, z) - (dfn + dfd) / 2 * np.log(dfd + dfn * z)
    return _from_zero(z, scale + inside)


def _extreme_value(z: Any, c: Any) -> Any:
    """For c = 0 Gumbel's; SciPy's sign of c."""
    if isinstance(c, int | float) and c == 0:
        return -z - np.exp(-z)
    inside = np.log1p(-c * z) / c
    return _where(c * z <= 1, inside - np.exp(inside) - c * inside)


def _pareto_tail(z: Any, c: Any) -> Any:
    if isinstance(c, int | float) and c == 0:
        return _from_zero(z, -z)
    return _from_zero(z, _where(c * z >= -1, -(c + 1) / c * np.log1p(c * z)))


def _triangle(z: Any, c: Any) -> Any:
    return _within(z, np.log(each(elementwise.choose, [z < c, 2 * z / c, 2 * (1 - z) / (1 - c)])))


def _truncated(z: Any, a: Any, b: Any) -> Any:
    mass = op("ndtr", b) - op("ndtr", a)
    return _within(z, -z * z / 2 - _HALF_LOG_2PI - np.log(mass), a, b)


def _von_mises(z: Any, kappa: Any) -> Any:
    return kappa * (np.cos(z) - 1) - math.log(2 * math.pi) - np.log(op("i0e", kappa))


def _poisson(k: Any, mu: Any) -> Any:
    return op("xlogy", k, mu) - mu - op("gammaln", k + 1)


def _ways(n: Any, k: Any) -> Any:
    """The logarithm of the binomial coefficient."""
    return op("gammaln", n + 1) - op("gammaln", k + 1) - op("gammaln", n - k + 1)


def _binomial(k: Any, n: Any, p: Any) -> Any:
    return _ways(n, k) + op("xlogy", k, p) + op("xlogy", n - k, 1 - p)


def _negative_binomial(k: Any, n: Any, p: Any) -> Any:
    return _ways(k + n - 1, k) + n * np.log(p) + op("xlogy", k, 1 - p)


LOG_DENSITIES: dict[str, Function] = {
    "norm": lambda z: -z * z / 2 - _HALF_LOG_2PI,
    "expon": lambda z: _from_zero(z, -z),
    "uniform": lambda z: _within(z, 0.0 * z),
    "laplace": lambda z: -np.abs(z) - math.log(2),
    "logistic": lambda z: -z - 2 * np.logaddexp(0.0, -z),
    "cauchy": lambda z: -math.log(math.pi) - np.log1p(z * z),
    "halfnorm": lambda z: _from_zero(z, math.log(2) / 2 - math.log(math.pi) / 2 - z * z / 2),
    "halfcauchy": lambda z: _from_zero(z, math.log(2 / math.pi) - np.log1p(z * z)),
    "rayleigh": lambda z: _from_zero(z, np.log(z) - z * z / 2),
    "maxwell": lambda z: _from_zero(z, math.log(2 / math.pi) / 2 + 2 * np.log(z) - z * z / 2),
    "gumbel_r": lambda z: -z - np.exp(-z),
    "gumbel_l": lambda z: z - np.exp(z),
    "skewnorm": lambda z, a: -z * z / 2 - _HALF_LOG_2PI + math.log(2) + op("log_ndtr", a * z),
    "t": _student, "gamma": _gamma, "chi2": _chi2, "chi": _chi, "beta": _beta,
    "lognorm": _lognormal, "weibull_min": _weibull, "invgamma": _inverse_gamma,
    "invgauss": _inverse_gauss, "pareto": _pareto, "f": _fisher, "genextreme": _extreme_value,
    "genpareto": _pareto_tail, "triang": _triangle, "truncnorm": _truncated,
    "vonmises": _von_mises, "poisson": _poisson, "binom": _binomial,
    "nbinom": _negative_binomial, "bernoulli": lambda k, p: _binomial(k, 1.0, p),
    "geom": lambda k, p: op("xlogy", k - 1, 1 - p) + np.log(p),
}  # fmt: skip
CUMULATIVE: dict[str, Function] = {
    "norm": lambda z: op("ndtr", z),
    "logistic": lambda z: op("sigmoid", z),
    "cauchy": lambda z: 0.5 + np.arctan(z) / math.pi,
    "gamma": lambda z, a: op("gammainc", a, z),
    "chi2": lambda z, df: op("gammainc", df / 2, z / 2),
    "expon": lambda z: -np.expm1(-z),
    "uniform": lambda z: np.clip(z, 0.0, 1.0),
    "weibull_min": lambda z, c: -np.expm1(-(z**c)),
    "beta": lambda z, a, b: op("betainc", a, b, z),
    "lognorm": lambda z, s: op("ndtr", np.log(z) / s),
    "gumbel_r": lambda z: np.exp(-np.exp(-z)),
    "laplace": lambda z: 0.5 - np.sign(z) * np.expm1(-np.abs(z)) / 2,
    "rayleigh": lambda z: -np.expm1(-z * z / 2),
}
DISCRETE = ("poisson", "binom", "nbinom", "bernoulli", "geom")
