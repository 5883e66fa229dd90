"""NumPy's functions that make arrays: inside a traced function they leave room for stand-ins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.symbolic.tracing import methods
from derivc.symbolic.tracing.array import TracedArray, plain, wrap
from derivc.symbolic.tracing.numpy_functions import as_array
from derivc.symbolic.tracing.scalar import is_tracer
from derivc.symbolic.tracing.ufuncs import has_tracer

Function = Callable[..., Any]


def _is_float(dtype: Any) -> bool:
    return dtype is None or np.dtype(dtype).kind in "fcO"


def _filled(native: Function, position: int) -> Function:
    """`zeros`, `ones`, `empty`, ...: floats become elements that stand-ins can replace."""

    def make(*args: Any, **named: Any) -> Any:
        dtype = args[position] if len(args) > position else named.get("dtype")
        named.pop("device", None)
        if not _is_float(dtype):
            return native(*args, **named)
        args, named = args[:position] + args[position + 1 :], {**named, "dtype": object}
        made = native(*args, **named)
        made[...] = native(*args, **{**named, "dtype": float})
        return made.view(TracedArray)

    return make


def empty(shape: Any, dtype: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.empty`: zeros, so that nothing is left to chance."""
    return _filled(np.zeros, 1)(shape, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.full`."""
    if not has_tracer(fill_value) and not _is_float(dtype):
        return np.full(shape, fill_value, dtype)
    made = np.empty(shape, object).view(TracedArray)
    made[...] = fill_value
    return made


def array(value: Any, dtype: Any = None, *rest: Any, ndmin: int = 0, **named: Any) -> Any:
    """`np.array` of constants, stand-ins, and nested lists of both."""
    made = _array(value, dtype)
    missing = ndmin - made.ndim
    return made.reshape((1,) * missing + made.shape) if missing > 0 else made


def _array(value: Any, dtype: Any) -> Any:
    value = value if np.isscalar(value) or hasattr(value, "__array_ufunc__") else _listed(value)
    if not has_tracer(value):
        return wrap_floats(np.array(value, dtype=dtype))
    made = as_array(value).copy()
    if dtype is None or np.dtype(dtype).kind == "O":
        return made
    return as_array(methods.cast(made, dtype))


def _listed(value: Any) -> Any:
    """Iterators (map, zip, dict views) as lists; lists and tuples as they are."""
    plainly = isinstance(value, list | tuple | str | range) or not hasattr(value, "__iter__")
    return value if plainly else [_listed(v) for v in value]


def wrap_floats(value: Any) -> Any:
    """A new array of floats as one that has room for stand-ins; other arrays as they are."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        return value.astype(object).view(TracedArray)
    return value


def asarray(value: Any, dtype: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.asarray`: arrays pass as they are."""
    if isinstance(value, TracedArray) and _is_float(dtype):
        return value
    if isinstance(value, np.ndarray) and not isinstance(value, TracedArray):
        return np.asarray(value, dtype=dtype) if value.dtype != object else as_array(value)
    return array(value, dtype)


def eye(*args: Any, **named: Any) -> Any:
    """`np.eye` and `np.identity`."""
    return wrap_floats(np.eye(*args, **named))


def fromiter(items: Any, dtype: Any = float, count: int = -1, **named: Any) -> Any:
    """`np.fromiter`."""
    values = list(items)
    return array(values if count < 0 else values[:count], dtype)


def fromfunction(function: Function, shape: Any, dtype: Any = float, **named: Any) -> Any:
    """`np.fromfunction`."""
    return function(*np.indices(shape, dtype=dtype), **named)


def vectorize(pyfunc: Any = None, *rest: Any, **named: Any) -> Any:
    """`np.vectorize`, also as a decorator with arguments."""
    if pyfunc is None or pyfunc is np._NoValue:
        return vectorize

    def call(*args: Any) -> Any:
        return wrap(np.frompyfunc(pyfunc, len(args), 1)(*map(plain, args)))

    return call


def nditer(op: Any, *rest: Any, **named: Any) -> Any:
    """`np.nditer` of one array: its elements in C order."""
    plainly = isinstance(op, TracedArray) and not rest and not named
    return iter(plain(op).ravel().tolist()) if plainly else np.nditer(op, *rest, **named)


def is_scalar(value: Any) -> bool:
    """`np.isscalar`."""
    return is_tracer(value) or np.isscalar(value)


CREATORS: dict[str, Function] = {
    "zeros": _filled(np.zeros, 1), "ones": _filled(np.ones, 1), "empty": empty, "full": full,
    "array": array, "asarray": asarray, "asanyarray": asarray, "ascontiguousarray": asarray,
    "asarray_chkfinite": asarray, "asfarray": asarray, "asfortranarray": asarray, "eye": eye,
    "identity": eye, "fromiter": fromiter, "fromfunction": fromfunction, "vectorize": vectorize,
    "isscalar": is_scalar, "nditer": nditer, "require": asarray, "copy": array, "mat": array,
}  # fmt: skip
