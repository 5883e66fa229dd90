"""SciPy's functions for stand-ins, as far as they are compiled code or branch on values."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from derivc.symbolic.tracing import (
    densities,
    distributions,
    linear_algebra,
    provenance,
    sparse,
    splines,
)
from derivc.symbolic.tracing.numpy_functions import as_array
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import has_tracer

Function = Callable[..., Any]


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, **named: Any) -> Any:
    """The logarithm of a sum of exponentials, without overflow: pairwise `logaddexp`."""
    a = as_array(a)
    if b is not None:
        top = a.max(axis=axis, keepdims=True)
        total = np.log(np.sum(b * np.exp(a - top), axis=axis, keepdims=True)) + top
        return total if keepdims else np.squeeze(total, axis=axis)
    if axis is None and not keepdims:
        return np.logaddexp.reduce(a.ravel())
    reduce: Any = np.logaddexp.reduce
    axes = tuple(range(a.ndim)) if axis is None else axis
    return reduce(a, axis=axes, keepdims=keepdims)


def softmax(x: Any, axis: Any = None) -> Any:
    """`scipy.special.softmax`."""
    return np.exp(log_softmax(x, axis))


def log_softmax(x: Any, axis: Any = None) -> Any:
    """`scipy.special.log_softmax`."""
    return as_array(x) - logsumexp(x, axis=axis, keepdims=axis is not None)


def _distance(metric: Any, p: float = 2.0) -> Function:
    """The distance along the last axis.

    Raises:
        TraceError: the metric is not written out.
    """
    if callable(metric):
        return lambda a, b: _each_pair(metric, a, b)
    if metric not in _METRICS:
        raise refuse(f"takes distances by metric={metric!r}", "write the distance out")
    return lambda a, b: _METRICS[metric](a, b, p)


def _each_pair(metric: Function, a: Any, b: Any) -> Any:
    a, b = np.broadcast_arrays(as_array(a), as_array(b))
    return as_array([metric(u, v) for u, v in zip(_rows(a), _rows(b), strict=True)]).reshape(
        a.shape[:-1]
    )


def _rows(a: Any) -> Any:
    return as_array(a).reshape(-1, a.shape[-1])


def _cosine(a: Any, b: Any, p: float) -> Any:
    size = np.sqrt(np.sum(a * a, axis=-1) * np.sum(b * b, axis=-1))
    return 1 - np.sum(a * b, axis=-1) / size


_METRICS: dict[str, Function] = {
    "euclidean": lambda a, b, p: np.sqrt(np.sum((a - b) ** 2, axis=-1)),
    "sqeuclidean": lambda a, b, p: np.sum((a - b) ** 2, axis=-1),
    "cityblock": lambda a, b, p: np.sum(np.abs(a - b), axis=-1),
    "chebyshev": lambda a, b, p: np.max(np.abs(a - b), axis=-1),
    "minkowski": lambda a, b, p: np.sum(np.abs(a - b) ** p, axis=-1) ** (1 / p),
    "cosine": _cosine,
}


def pdist(X: Any, metric: Any = "euclidean", *, out: Any = None, p: float = 2.0) -> Any:  # noqa: N803  SciPy's name
    """`scipy.spatial.distance.pdist`: the distances of all pairs of rows."""
    points = as_array(X)
    first, second = np.triu_indices(len(points), 1)
    return _distance(metric, p)(points[first], points[second])


def cdist(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, p: float = 2.0) -> Any:  # noqa: N803  SciPy's names
    """`scipy.spatial.distance.cdist`: the distances from rows to rows."""
    return _distance(metric, p)(as_array(XA)[:, np.newaxis], as_array(XB)[np.newaxis])


def squareform(X: Any, *rest: Any, **named: Any) -> Any:  # noqa: N803  SciPy's name
    """`scipy.spatial.distance.squareform`: from the list of pairs to the matrix, and back."""
    given = as_array(X)
    if given.ndim == 2:
        return given[np.triu_indices(len(given), 1)]
    n = round((1 + math.sqrt(1 + 8 * len(given))) / 2)
    made = as_array(np.zeros((n, n)))
    first, second = np.triu_indices(n, 1)
    made[first, second], made[second, first] = given, given
    return made


def _cholesky(a: Any, lower: bool = False, **named: Any) -> Any:
    return linear_algebra.cholesky(a, upper=not lower)


def _cho_factor(a: Any, lower: bool = False, **named: Any) -> Any:
    return _cholesky(a, lower), lower


def _cho_solve(c_and_lower: Any, b: Any, **named: Any) -> Any:
    factor, lower = c_and_lower
    low = factor if lower else factor.T
    return linear_algebra.triangular(low.T, linear_algebra.triangular(low, b, True), False)


def _solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **named: Any
) -> Any:
    turned = trans in (1, 2, "T", "C")
    a = as_array(a).T if turned else as_array(a)
    return linear_algebra.triangular(a, b, lower != turned, unit_diagonal)


def _solve(a: Any, b: Any, **named: Any) -> Any:
    return linear_algebra.solve(a, b)


def _lambertw(z: Any, k: int = 0, tol: float = 1e-8) -> Any:
    if k != 0:
        raise refuse("calls lambertw of another branch than the principal one", "use k=0")
    return densities.op("lambertw", z)


_FUNCTIONS: dict[str, dict[str, Function]] = {
    "scipy.special": {
        "logsumexp": logsumexp, "softmax": softmax, "log_softmax": log_softmax,
        "lambertw": _lambertw, "zeta": lambda x, q=1.0: densities.op("zeta", x, q),
    },
    "scipy.spatial": {"pdist": pdist, "cdist": cdist, "squareform": squareform},
    "scipy.linalg": {
        "norm": linear_algebra.norm, "det": linear_algebra.det, "inv": linear_algebra.inv,
        "solve": _solve, "cholesky": _cholesky, "cho_factor": _cho_factor,
        "cho_solve": _cho_solve, "solve_triangular": _solve_triangular,
        "lstsq": linear_algebra.lstsq, "pinv": linear_algebra.pinv,
    },
}  # fmt: skip


_PACKAGES = {"scipy.interpolate": splines.of, "scipy.sparse": sparse.of}


def of(value: Any) -> Any:
    """What stands in for one of SciPy's functions, distributions or splines; or None."""
    module, name = provenance.of(value)
    if not module.startswith("scipy."):
        return None
    package = ".".join(module.split(".")[:2])
    if package in _PACKAGES:
        return _PACKAGES[package](value)
    traced = _FUNCTIONS.get(package, {}).get(name)
    return distributions.of(value) if traced is None else _either(value, traced)


def _either(native: Function, traced: Function) -> Function:
    """The function itself for constants, ours for stand-ins."""

    @wraps(native)
    def call(*args: Any, **named: Any) -> Any:
        some = has_tracer(list(args)) or has_tracer(list(named.values()))
        return (traced if some else native)(*args, **named)

    return call
