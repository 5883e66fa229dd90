"""NumPy's functions over arrays of stand-ins, as far as they are more than ufuncs.

Most of NumPy is written in terms of ufuncs, indexing and shapes: such functions run as they are.
Functions that only move elements about run over the plain object arrays. The rest stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.symbolic.tracing import (
    averages,
    elementwise,
    fourier,
    grids,
    linear_algebra,
    methods,
    ordering,
)
from derivc.symbolic.tracing.array import TracedArray, is_constant, plain, stored, wrap
from derivc.symbolic.tracing.complexes import is_complex
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import is_tracer
from derivc.symbolic.tracing.selection import Positions, count
from derivc.symbolic.tracing.ufuncs import elementwise as each

Function = Callable[..., Any]

_MOVING = frozenset(
    "append array_split atleast_1d atleast_2d atleast_3d block broadcast_arrays broadcast_to choose"
    " column_stack compress concatenate convolve copy correlate cross delete diag diagflat diagonal"
    " dot dsplit dstack einsum expand_dims extract fill_diagonal flip fliplr flipud hsplit hstack"
    " inner insert kron matmul matrix_transpose meshgrid moveaxis ndindex outer pad permute_dims"
    " put ravel repeat reshape resize roll rollaxis rot90 row_stack split squeeze stack swapaxes"
    " take take_along_axis tensordot tile trace transpose tril triu unstack vander vdot vecdot"
    " vsplit vstack".split()
)
_SORTING = frozenset("argwhere bincount histogram lexsort sort_complex unique".split())


def call(func: Any, args: Any, kwargs: Any) -> Any:
    """What NumPy calls instead of one of its functions when an argument holds stand-ins."""
    name = func.__name__
    if kwargs.get("out") is not None:
        return stored(
            call(func, args, {k: v for k, v in kwargs.items() if k != "out"}), kwargs["out"]
        )
    if not _holds_tracer(args) and not _holds_tracer(tuple(kwargs.values())):
        return wrap(_natively(func, args, kwargs))
    if name in _OWN:
        return _OWN[name](*args, **kwargs)
    if name in _SORTING:
        raise refuse(
            f"calls np.{name}, whose result depends on the order of traced values",
            "use maximum, minimum or where on the elements",
        )
    if name in _MOVING:
        kwargs.pop("dtype", None)
        args, kwargs = _mapped(plain, args), {k: _mapped(plain, v) for k, v in kwargs.items()}
    result = getattr(func, "_implementation", func)(*args, **kwargs)
    return _wrapped(result)


def _wrapped(result: Any) -> Any:
    """Results wrapped, in lists and tuples too."""
    if isinstance(result, list):
        return [wrap(item) for item in result]
    return wrap(result)


def _holds_tracer(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_tracer, value))
    if isinstance(value, np.ndarray):
        return not is_constant(plain(value))
    return is_tracer(value)


def _mapped(function: Function, value: Any) -> Any:
    """The function of every array in nested lists and tuples; a row of stand-ins is an array."""
    if isinstance(value, list) and any(map(is_tracer, value)) and not any(map(np.ndim, value)):
        return function(as_array(value))
    if isinstance(value, list | tuple):
        return type(value)(_mapped(function, item) for item in value)
    return function(value) if isinstance(value, TracedArray) or is_tracer(value) else value


def _natively(func: Any, args: Any, kwargs: Any) -> Any:
    """NumPy's own function over constants, as floats."""
    args = _mapped(_floated, args)
    return func(*args, **{k: _mapped(_floated, v) for k, v in kwargs.items()})


def _floated(array: Any) -> Any:
    items = plain(array)
    return items.astype(complex if any(map(is_complex, items.flat)) else array.dtype)


def _where(condition: Any, *branches: Any) -> Any:
    if len(branches) != 2:
        return (_positions(condition),)
    return each(elementwise.choose, [condition, *branches])


def _positions(condition: Any) -> Positions:
    """`np.flatnonzero`, and `np.where` of a condition alone."""
    array = as_array(condition)
    if array.ndim != 1:
        raise refuse(
            "asks where a condition on an array of several axes holds",
            "use np.where(condition, a, b)",
        )
    return Positions(array if array.dtype == bool else array != 0)


def _count_nonzero(a: Any, axis: Any = None, **named: Any) -> Any:
    array = as_array(a)
    return count(array if array.dtype == bool else array != 0, axis)


def _select(conditions: Any, choices: Any, default: Any = 0) -> Any:
    """`np.select`: the first condition that holds decides."""
    result = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = _where(condition, choice, result)
    return result


def _piecewise(x: Any, conditions: Any, functions: Any, *args: Any, **named: Any) -> Any:
    """`np.piecewise`: the last condition that holds decides; one function more is the default."""
    conditions = list(conditions) if isinstance(conditions, list | tuple) else [conditions]
    values = [f(x, *args, **named) if callable(f) else f for f in functions]
    result = values.pop() if len(values) > len(conditions) else 0.0
    for condition, value in zip(conditions, values, strict=True):
        result = _where(condition, value, result)
    return result


def _reduction(name: str) -> Function:
    """A function that is a method of arrays."""

    def reduce(a: Any, *args: Any, **named: Any) -> Any:
        return getattr(as_array(a), name)(*args, **named)

    return reduce


def _average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, **named: Any
) -> Any:
    a = as_array(a)
    if returned:
        mean, ones = _average(a, axis, weights, **named), np.ones(a.shape)
        total = np.sum(ones * (1.0 if weights is None else _spread(weights, a, axis)), axis=axis)
        return mean, as_array(total) if np.ndim(mean) else total
    if weights is None:
        return a.mean(axis=axis, **named)
    weights = _spread(weights, a, axis)
    return np.sum(a * weights, axis=axis) / np.sum(weights + 0 * plain(a).size, axis=axis)


def _spread(weights: Any, a: Any, axis: Any) -> Any:
    """Weights of one axis, shaped so that they broadcast along the others."""
    weights = np.asanyarray(weights)
    if weights.ndim != a.ndim and axis is not None:
        weights = np.moveaxis(weights.reshape(weights.shape + (1,) * (a.ndim - 1)), 0, axis)
    return weights


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *rest: Any, **named: Any) -> Any:
    return methods.clip(a, named.get("min", a_min), named.get("max", a_max))


def _cumulative(ufunc: Any) -> Function:
    def accumulate(a: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
        a = as_array(a)
        return ufunc.accumulate(a.ravel() if axis is None else a, axis=axis or 0)

    return accumulate


def _result_type(*args: Any) -> Any:
    traced = any(isinstance(a, TracedArray) or is_tracer(a) for a in args)
    return np.dtype(float) if traced else np.result_type(*args)


def _like(value: float) -> Function:
    """`zeros_like` and its relatives: room for stand-ins, whatever is asked for."""

    def make(a: Any, dtype: Any = None, *rest: Any, shape: Any = None, **named: Any) -> Any:
        shape = np.shape(a) if shape is None else shape
        if dtype is not None and np.dtype(dtype).kind not in "fcO":
            return np.full(shape, value, dtype)
        return np.full(shape, value, object).view(TracedArray)

    return make


def _full_like(a: Any, fill_value: Any, dtype: Any = None, *rest: Any, **named: Any) -> Any:
    made = np.empty(np.shape(a), object).view(TracedArray)
    made[...] = fill_value
    return made


def _around(a: Any, decimals: int = 0, *rest: Any, **named: Any) -> Any:
    a = as_array(a) if not is_tracer(a) else a
    return round(a, decimals) if is_tracer(a) else a.round(decimals)


def _copyto(target: Any, source: Any, casting: Any = None, where: Any = True) -> None:
    target[...] = source if where is True else _where(where, source, target)


def _place(target: Any, mask: Any, values: Any) -> None:
    if np.size(values) != 1:
        raise refuse("calls np.place with several values", "use np.where(mask, a, b)")
    _copyto(target, np.ravel(values)[0], where=as_array(mask))


def _along_axis(func1d: Function, axis: int, arr: Any, *args: Any, **named: Any) -> Any:
    moved = np.moveaxis(as_array(arr), axis, -1)
    rows = [func1d(moved[i], *args, **named) for i in np.ndindex(moved.shape[:-1])]
    if moved.ndim == 1:
        return rows[0]
    made = from_nested([list(r) if np.ndim(r) else r for r in rows])
    return np.moveaxis(made.reshape(moved.shape[:-1] + made.shape[1:]), -1, -1)


def _nan_free(name: str) -> Function:
    """`nansum` and its relatives: stand-ins are no NaN."""
    return _reduction(name)


def _ptp(a: Any, axis: Any = None, **named: Any) -> Any:
    a = as_array(a)
    return a.max(axis=axis, **named) - a.min(axis=axis, **named)


def as_array(value: Any) -> Any:
    """A traced array of a stand-in, a list or an array."""
    if isinstance(value, TracedArray):
        return value
    if is_tracer(value):
        return methods.boxed(value)
    if isinstance(value, np.ndarray):
        return value.astype(object).view(TracedArray)
    return (
        from_nested(value) if np.ndim(value) else plain(np.array(value, object)).view(TracedArray)
    )


def from_nested(value: Any) -> Any:
    """A traced array of nested lists of stand-ins, numbers and arrays."""
    items = [plain(v) if isinstance(v, np.ndarray) or is_tracer(v) else v for v in value]
    if all(is_tracer(v) or np.ndim(v) == 0 for v in value):
        made = np.empty(len(value), object)
        made[:] = [v.item() if isinstance(v, np.ndarray | np.generic) else v for v in value]
        return made.view(TracedArray)
    parts = [plain(from_nested(v)) if isinstance(v, list | tuple) else v for v in items]
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1:
        raise ValueError(f"the rows of an array have different shapes: {sorted(shapes)}")
    return np.stack([np.asarray(part, dtype=object) for part in parts]).view(TracedArray)


def _any_of(ufunc: Any) -> Function:
    def reduce(a: Any, axis: Any = None, *rest: Any, **named: Any) -> Any:
        return ufunc.reduce(as_array(a), axis=axis)

    return reduce


def _isclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, **named: Any) -> Any:
    return np.abs(a - b) <= atol + rtol * np.abs(b)


def _unary(name: str) -> Function:
    return lambda x, *rest, **named: each(elementwise.function_of(name), [x])


_OWN: dict[str, Function] = {
    "where": _where, "nonzero": lambda a: (_positions(a),), "flatnonzero": _positions,
    "count_nonzero": _count_nonzero, "select": _select, "piecewise": _piecewise, "clip": _clip,
    "sum": _reduction("sum"), "prod": _reduction("prod"), "mean": _reduction("mean"),
    "var": _reduction("var"), "std": _reduction("std"), "average": _average, "cov": averages.cov,
    "corrcoef": averages.corrcoef,
    "max": _reduction("max"), "min": _reduction("min"), "amax": _reduction("max"),
    "amin": _reduction("min"), "nansum": _nan_free("sum"), "nanprod": _nan_free("prod"),
    "nanmean": _nan_free("mean"), "nanmax": _nan_free("max"), "nanmin": _nan_free("min"),
    "nanvar": _nan_free("var"), "nanstd": _nan_free("std"), "ptp": _ptp,
    "cumsum": _cumulative(np.add), "cumprod": _cumulative(np.multiply),
    "nancumsum": _cumulative(np.add), "nancumprod": _cumulative(np.multiply),
    "any": _any_of(np.logical_or), "all": _any_of(np.logical_and), "isclose": _isclose,
    "result_type": _result_type, "zeros_like": _like(0.0), "ones_like": _like(1.0),
    "empty_like": _like(0.0), "full_like": _full_like, "round": _around, "around": _around,
    "copyto": _copyto, "place": _place,
    "putmask": lambda a, mask, values: _copyto(a, values, where=as_array(mask)),
    "apply_along_axis": _along_axis, "gradient": grids.gradient,
    "linspace": grids.linspace, "logspace": grids.logspace, "geomspace": grids.geomspace,
    "norm": linear_algebra.norm, "det": linear_algebra.det, "inv": linear_algebra.inv,
    "solve": linear_algebra.solve, "cholesky": linear_algebra.cholesky,
    "slogdet": linear_algebra.slogdet, "matrix_power": linear_algebra.matrix_power,
    "multi_dot": linear_algebra.multi_dot, "pinv": linear_algebra.pinv,
    "eigvalsh": linear_algebra.eigvalsh, "svdvals": linear_algebra.svdvals,
    "vector_norm": lambda x, **k: linear_algebra.norm(x, k.get("ord", 2), k.get("axis")),
    "lstsq": linear_algebra.lstsq, "polyfit": linear_algebra.polyfit,
    "fft": fourier.fft, "ifft": fourier.ifft, "rfft": fourier.rfft, "irfft": fourier.irfft,
    "fft2": fourier.fft2, "ifft2": fourier.ifft2,
    "sort": ordering.sort, "median": ordering.median, "nanmedian": ordering.median,
    "argmax": ordering.argmax, "argmin": ordering.argmin, "argsort": ordering.argsort,
    "nanargmax": ordering.argmax, "nanargmin": ordering.argmin, "partition": ordering.partition,
    "argpartition": ordering.argpartition, "percentile": ordering.percentile,
    "quantile": ordering.quantile, "trim_zeros": ordering.trim_zeros,
    "digitize": ordering.digitize, "searchsorted": ordering.searchsorted,
    "nanpercentile": ordering.percentile,
    "nanquantile": ordering.quantile,
    "interp": ordering.interp,
    "real": _unary("real"), "imag": _unary("imag"), "sinc": _unary("sinc"),
    "nan_to_num": lambda x, *rest, **named: x, "real_if_close": lambda x, *rest: x,
    "fix": _unary("trunc"), "i0": _unary("i0"), "angle": _unary("angle"),
    "isreal": _unary("isreal"), "iscomplexobj": lambda x: x.dtype.kind == "c",
    "isrealobj": lambda x: x.dtype.kind != "c",
    "shape": lambda a: a.shape, "ndim": lambda a: a.ndim, "can_cast": lambda *a, **k: True,
    "size": lambda a, axis=None: a.size if axis is None else a.shape[axis],
}  # fmt: skip


def is_condition(value: Any) -> bool:
    """True for a traced truth value."""
    return isinstance(value, Condition)
