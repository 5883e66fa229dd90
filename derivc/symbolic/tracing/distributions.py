"""The distributions of `scipy.stats`, as a traced function sees them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing.densities import CUMULATIVE, DISCRETE, LOG_DENSITIES, Function, op
from derivc.symbolic.tracing.numpy_functions import as_array
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import has_tracer


def of(value: Any) -> Any:
    """What stands in for a distribution of `scipy.stats`, frozen or not; None for all else."""
    if not (getattr(type(value), "__module__", "") or "").startswith("scipy.stats"):
        return None
    if type(value).__name__ == "multivariate_normal_gen":
        return MultivariateNormal(value)
    if hasattr(value, "dist") and hasattr(value, "kwds"):
        return Frozen(Distribution(value.dist), tuple(value.args), dict(value.kwds))
    return Distribution(value) if hasattr(value, "shapes") and hasattr(value, "name") else None


@final
@dataclass(frozen=True)
class Frozen:
    """A distribution with its parameters.

    Args:
        distribution: the distribution. args, named: its parameters.
    """

    distribution: Any
    args: tuple[Any, ...]
    named: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.distribution, name)
        return lambda *values: method(*values, *self.args, **self.named)


@final
@dataclass(frozen=True)
class Distribution:
    """A distribution of one number.

    Args:
        native: SciPy's own, which is asked where nothing is traced.
    """

    native: Any

    def __call__(self, *args: Any, **named: Any) -> Frozen:
        return Frozen(self, args, named)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.native, name)
        return lambda *args, **named: self._call(name, method, args, named)

    def _call(self, name: str, method: Function, args: Any, named: Any) -> Any:
        if not has_tracer(list(args)) and not has_tracer(list(named.values())):
            return method(*args, **named)
        shapes = _parameters(self.native)
        given = dict(zip((*shapes, "loc", "scale"), args[1:], strict=False)) | named
        at, loc, scale = _number(args[0]), given.get("loc", 0.0), given.get("scale", 1.0)
        own = [_number(given[shape]) for shape in shapes]
        found = _found(self.native.name, name, at, own, _number(loc), _number(scale))
        if found is None:
            raise refuse(f"calls scipy.stats.{self.native.name}.{name}", "write the formula out")
        return found


def _number(value: Any) -> Any:
    """Lists as arrays; whole numbers as floats, so that their differences may be halved."""
    return as_array(value) if isinstance(value, list | tuple) else value


def _found(kind: str, name: str, at: Any, own: list[Any], loc: Any, scale: Any) -> Any:
    """The method of that name, or None when it is not written out."""
    z = (at - loc) / scale
    if name in ("logpdf", "logpmf") and kind in LOG_DENSITIES:
        found = LOG_DENSITIES[kind](z, *own)
        return found if kind in DISCRETE else found - np.log(scale)
    if name in ("pdf", "pmf"):
        logarithm = _found(kind, "logpdf", at, own, loc, scale)
        return None if logarithm is None else np.exp(logarithm)
    if name == "cdf" and kind in CUMULATIVE:
        return CUMULATIVE[kind](z, *own)
    return _tail(kind, name, z, own, (loc, scale, at))


def _tail(kind: str, name: str, z: Any, own: list[Any], rest: tuple[Any, ...]) -> Any:
    """Survival functions, logarithms of them, and quantiles."""
    loc, scale, level = rest
    if name == "sf" and kind in CUMULATIVE:
        mirrored = kind in ("norm", "logistic", "cauchy", "laplace")
        return CUMULATIVE[kind](-z) if mirrored else 1 - CUMULATIVE[kind](z, *own)
    if name in ("logcdf", "logsf") and kind == "norm":
        return op("log_ndtr", z if name == "logcdf" else -z)
    if name in ("logcdf", "logsf") and kind in CUMULATIVE:
        return np.log(_found(kind, name.removeprefix("log"), level, own, loc, scale))
    return loc + scale * op("ndtri", level) if name == "ppf" and kind == "norm" else None


def _parameters(native: Any) -> list[str]:
    """The names of the parameters of the shape, in SciPy's order."""
    return [name.strip() for name in (native.shapes or "").split(",") if name.strip()]


@final
@dataclass(frozen=True)
class MultivariateNormal:
    """`scipy.stats.multivariate_normal`.

    Args:
        native: SciPy's own, which is asked where nothing is traced.
    """

    native: Any

    def __call__(self, mean: Any = None, cov: Any = 1.0, **named: Any) -> Frozen:
        return Frozen(self, (mean, cov), {})

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1.0, **named: Any) -> Any:
        """The log-density of one point, or of every row of points."""
        if not has_tracer([x, mean, cov]):
            return self.native.logpdf(x, mean, cov, **named)
        off = as_array(x) - (0.0 if mean is None else as_array(mean))
        width = np.shape(off)[-1] if np.ndim(off) else 1
        matrix = _covariance(cov, width)
        rows = np.reshape(off, (-1, width))
        halves = np.linalg.solve(matrix, rows.T)
        logdet = np.linalg.slogdet(matrix)[1]
        found = -(width * math.log(2 * math.pi) + logdet + np.sum(rows.T * halves, axis=0)) / 2
        return found[0] if np.ndim(off) < 2 else found

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1.0, **named: Any) -> Any:
        """The density of one point, or of every row of points."""
        return np.exp(self.logpdf(x, mean, cov, **named))


def _covariance(cov: Any, width: int) -> Any:
    """The matrix that a number, a row of variances or a matrix stands for."""
    cov = as_array(cov)
    return cov if cov.ndim == 2 else np.eye(width) * cov
