"""The densities of `scipy.stats` for stand-ins: written out with a location and a scale.

Source of the formulas: the definitions of the distributions, in the parameters that SciPy uses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import elementwise as each
from derivc.symbolic.tracing.ufuncs import has_tracer

Function = Callable[..., Any]


def _op(name: str, *args: Any) -> Any:
    return each(elementwise.function_of(name), list(args))


def _from_zero(z: Any, logarithm: Any) -> Any:
    """A log-density that has nothing below zero."""
    return each(elementwise.choose, [z >= 0, logarithm, -math.inf])


def _student(z: Any, df: Any) -> Any:
    scale = _op("gammaln", (df + 1) / 2) - _op("gammaln", df / 2) - np.log(df * math.pi) / 2
    return scale - (df + 1) / 2 * np.log1p(z * z / df)


def _gamma(z: Any, a: Any) -> Any:
    return _from_zero(z, _op("xlogy", a - 1, z) - z - _op("gammaln", a))


def _beta(z: Any, a: Any, b: Any) -> Any:
    inside = _op("xlogy", a - 1, z) + _op("xlogy", b - 1, 1 - z)
    return _from_zero(z, _from_zero(1 - z, inside - _op("betaln", a, b)))


def _lognormal(z: Any, s: Any) -> Any:
    inside = -(np.log(z) ** 2) / (2 * s**2) - np.log(s * z) - math.log(2 * math.pi) / 2
    return _from_zero(z, inside)


def _poisson(k: Any, mu: Any) -> Any:
    return _op("xlogy", k, mu) - mu - _op("gammaln", k + 1)


def _binomial(k: Any, n: Any, p: Any) -> Any:
    ways = _op("gammaln", n + 1) - _op("gammaln", k + 1) - _op("gammaln", n - k + 1)
    return ways + _op("xlogy", k, p) + _op("xlogy", n - k, 1 - p)


_LOG_DENSITIES: dict[str, Function] = {
    "norm": lambda z: -z * z / 2 - math.log(2 * math.pi) / 2,
    "expon": lambda z: _from_zero(z, -z),
    "laplace": lambda z: -np.abs(z) - math.log(2),
    "logistic": lambda z: -z - 2 * np.logaddexp(0.0, -z),
    "cauchy": lambda z: -math.log(math.pi) - np.log1p(z * z),
    "t": _student, "gamma": _gamma, "beta": _beta, "lognorm": _lognormal,
    "poisson": _poisson, "binom": _binomial,
}  # fmt: skip
_CUMULATIVE: dict[str, Function] = {
    "norm": lambda z: _op("ndtr", z),
    "logistic": lambda z: _op("sigmoid", z),
    "cauchy": lambda z: 0.5 + np.arctan(z) / math.pi,
    "gamma": lambda z, a: _op("gammainc", a, z),
}
_DISCRETE = ("poisson", "binom")


def is_known(name: str) -> bool:
    """True for the distributions whose densities are written out."""
    return name in _LOG_DENSITIES


@final
@dataclass(frozen=True)
class Distribution:
    """A distribution of `scipy.stats`, as a traced function sees it.

    Args:
        native: SciPy's own, which is asked where nothing is traced.
    """

    native: Any

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.native, name)
        return lambda *args, **named: self._call(name, method, args, named)

    def _call(self, name: str, method: Function, args: Any, named: Any) -> Any:
        if not has_tracer(list(args)) and not has_tracer(list(named.values())):
            return method(*args, **named)
        kind, shapes = self.native.name, _parameters(self.native)
        given = dict(zip((*shapes, "loc", "scale"), args[1:], strict=False)) | named
        loc, scale = given.get("loc", 0.0), given.get("scale", 1.0)
        z = (args[0] - loc) / scale
        own = [given[shape] for shape in shapes]
        if name in ("logpdf", "logpmf"):
            found = _LOG_DENSITIES[kind](z, *own)
            return found if kind in _DISCRETE else found - np.log(scale)
        if name in ("pdf", "pmf"):
            return np.exp(self._call("logpdf", method, args, named))
        if name == "cdf" and kind in _CUMULATIVE:
            return _CUMULATIVE[kind](z, *own)
        if name == "sf" and kind in ("norm", "logistic"):
            return _CUMULATIVE[kind](-z, *own)
        if name == "logcdf" and kind == "norm":
            return _op("log_ndtr", z)
        if name == "ppf" and kind == "norm":
            return loc + scale * _op("ndtri", args[0])
        raise refuse(f"calls scipy.stats.{kind}.{name}", "write the formula out")


def _parameters(native: Any) -> list[str]:
    """The names of the parameters of the shape, in SciPy's order."""
    return [name.strip() for name in (native.shapes or "").split(",") if name.strip()]
