"""ATen operations that make tensors like a given one, and fill them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]
Array = Any


def _filled(value: float) -> Function:
    """Made like another tensor, or with a shape of its own."""

    def make(x: Array, size: Any = None, *, dtype: Any = None, **named: Any) -> Array:
        kind = _kind(dtype)
        return np.full(x.shape if size is None else tuple(size), kind(value), object)

    return make


def _kind(dtype: Any) -> Any:
    if dtype is None or dtype.is_floating_point:
        return float
    return bool if str(dtype) == "torch.bool" else int


def _full(x: Array, *rest: Any, dtype: Any = None, **named: Any) -> Array:
    """`full_like(x, value)` and `x.new_full(size, value)`."""
    shape, value = (x.shape, rest[0]) if len(rest) == 1 else (tuple(rest[0]), rest[1])
    made = np.empty(shape, object)
    made[...] = value
    return made


def _fill(x: Array, value: Any) -> Array:
    made = np.empty(x.shape, object)
    made[...] = value
    return made


TABLE: dict[str, Function] = {
    "zeros_like": _filled(0.0), "ones_like": _filled(1.0), "empty_like": _filled(0.0),
    "new_zeros": _filled(0.0), "new_ones": _filled(1.0), "new_empty": _filled(0.0),
    "full_like": _full, "new_full": _full, "fill": _fill, "zero": lambda x: _fill(x, 0.0),
}  # fmt: skip
