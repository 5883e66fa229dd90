"""The methods that a NumPy scalar has, for stand-ins of one number; casts and clipping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.array import TracedArray, is_constant, plain, wrap
from derivc.symbolic.tracing.scalar import Scalar

Method = Callable[..., Any]


def boxed(value: Any) -> TracedArray:
    """A stand-in as a traced array without dimensions."""
    made: TracedArray = plain(value).view(TracedArray)
    return made


_SAME = {"item", "sum", "mean", "prod", "max", "min", "copy", "conjugate", "conj", "squeeze",
         "round", "tolist", "__copy__", "all", "any"}  # fmt: skip
_ARRAYS = {"reshape", "flatten", "ravel", "repeat", "cumsum", "cumprod"}
_ITSELF = {"real", "T"}


def method_of(scalar: Scalar, name: str) -> Any:
    """The attribute of a stand-in that is not one of its operators.

    Raises:
        AttributeError: numbers have none of that name.
    """
    if name in _ITSELF:
        return scalar
    if name in _SAME:
        return (lambda *a, **k: round(scalar, *a)) if name == "round" else (lambda *a, **k: scalar)
    if name in _ARRAYS:
        return getattr(boxed(scalar), name)
    if name in _OTHERS:
        return _OTHERS[name](scalar)
    if not name.startswith("_") and isinstance(getattr(np, name, None), np.ufunc):
        return lambda *args: elementwise.function_of(name)(scalar, *args)
    raise AttributeError(f"a traced number has no attribute {name!r}")


_OTHERS: dict[str, Callable[[Scalar], Any]] = {
    "dtype": lambda s: np.dtype(float),
    "imag": lambda s: 0.0,
    "nbytes": lambda s: 8,
    "itemsize": lambda s: 8,
    "flat": lambda s: boxed(s).flat,
    "astype": lambda s: lambda dtype=float, *a, **k: cast(s, dtype),
    "dot": lambda s: lambda other: s * other,
    "clip": lambda s: lambda min=None, max=None: clip(s, min, max),
    "var": lambda s: lambda *a, **k: 0.0,
    "std": lambda s: lambda *a, **k: 0.0,
    "is_integer": lambda s: lambda: False,
    "__deepcopy__": lambda s: lambda memo: s,
    "__array_namespace__": lambda s: lambda **k: np,
}


def cast(value: Any, dtype: Any) -> Any:
    """`astype`: floats pass, truth values become 1 or 0, integers are truncated."""
    kind = "f" if dtype is None else np.dtype(dtype).kind
    items = plain(value)
    if isinstance(value, TracedArray) and is_constant(items):
        return wrap(items.astype(dtype))
    if kind in "iu":
        return elementwise_of("trunc", value)
    if kind == "b":
        return elementwise_of(None, value)
    return value.copy() if kind == "O" else _floated(value)


def elementwise_of(name: str | None, value: Any) -> Any:
    """A function of every element; without a name, its truth value."""
    from derivc.symbolic.tracing.ufuncs import elementwise as each

    return each(elementwise.function_of(name) if name else elementwise.condition_of, [value])


def _floated(value: Any) -> Any:
    """Conditions as numbers, all else copied."""
    from derivc.symbolic.tracing.ufuncs import elementwise as each

    return each(as_number, [value])


def as_number(value: Any) -> Any:
    """A condition as 1 or 0; numbers pass."""
    return getattr(value, "as_number", value) if not isinstance(value, Scalar) else value


def clip(value: Any, low: Any, high: Any) -> Any:
    """`np.clip`: either bound may be None."""
    from derivc.symbolic.tracing.ufuncs import elementwise as each

    bounds = [b for b in (low, high) if b is not None]
    if high is None:
        return each(lambda x, lo: elementwise.clip(x, lo), [value, *bounds])
    if low is None:
        return each(lambda x, hi: elementwise.clip(x, None, hi), [value, *bounds])
    return each(elementwise.clip, [value, *bounds])
