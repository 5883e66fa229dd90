"""The functions of Python's `statistics` for stand-ins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from derivc.symbolic.tracing import provenance
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.ufuncs import has_tracer

Function = Callable[..., Any]


def _array(data: Any) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array

    return as_array(list(data))


def _mean(data: Any, weights: Any = None) -> Any:
    return np.average(_array(data), weights=None if weights is None else list(weights))


def _variance(data: Any, xbar: Any = None) -> Any:
    values = _array(data)
    centre = values.mean() if xbar is None else xbar
    return ((values - centre) ** 2).sum() / (values.size - 1)


def _pvariance(data: Any, mu: Any = None) -> Any:
    return _variance(data, mu) * (len(data) - 1) / len(data)


def _covariance(x: Any, y: Any) -> Any:
    x, y = _array(x), _array(y)
    return ((x - x.mean()) * (y - y.mean())).sum() / (x.size - 1)


def _correlation(x: Any, y: Any) -> Any:
    return _covariance(x, y) / np.sqrt(_variance(x) * _variance(y))


def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, **named: Any
) -> Any:
    """`np.cov`: the covariances of rows, or of columns.

    Raises:
        TraceError: weights are given.
    """
    if any(value is not None for value in named.values()):
        raise refuse("calls np.cov with weights", "write it with np.average")
    rows = _rows(m, rowvar)
    rows = rows if y is None else np.concatenate([rows, _rows(y, rowvar)])
    off = rows - rows.mean(axis=1, keepdims=True)
    rest = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(off @ off.T / (rows.shape[1] - rest))[()]


def _rows(m: Any, rowvar: bool) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array

    rows = np.atleast_2d(as_array(m))
    return rows if rowvar or np.ndim(m) == 1 else rows.T


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, **named: Any) -> Any:
    """`np.corrcoef`: the covariances over the deviations."""
    matrix = cov(x, y, rowvar)
    if np.ndim(matrix) == 0:
        return 1.0
    spread = np.sqrt(np.diagonal(matrix))
    return matrix / spread[:, np.newaxis] / spread


_FUNCTIONS: dict[str, Function] = {
    "mean": _mean, "fmean": _mean, "median": lambda data: np.median(_array(data)),
    "variance": _variance, "pvariance": _pvariance, "covariance": _covariance,
    "stdev": lambda data, xbar=None: np.sqrt(_variance(data, xbar)),
    "pstdev": lambda data, mu=None: np.sqrt(_pvariance(data, mu)),
    "correlation": _correlation,
    "geometric_mean": lambda data: np.exp(np.log(_array(data)).mean()),
    "harmonic_mean": lambda data: 1 / (1 / _array(data)).mean(),
}  # fmt: skip


def of(value: Any) -> Any:
    """What stands in for a function of `statistics`, or None."""
    module, name = provenance.of(value)
    traced = _FUNCTIONS.get(name) if module == "statistics" else None
    return None if traced is None else _either(value, traced)


def _either(native: Function, traced: Function) -> Function:
    @wraps(native)
    def call(*args: Any, **named: Any) -> Any:
        given = [list(a) if np.iterable(a) else a for a in args]
        return (traced if has_tracer(given) else native)(*given, **named)

    return call
