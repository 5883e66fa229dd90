"""ATen operations that read and write at places; the places themselves are constants."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.capture.elements import each, is_constant
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.refusal import refuse

Function = Callable[..., Any]
Array = Any


def _constant(index: Array) -> Array:
    """An index as NumPy takes it."""
    if not isinstance(index, np.ndarray):
        return index
    if not is_constant(index) or not all(isinstance(i, int | bool) for i in index.flat):
        raise refuse(
            "indexes with traced values, so that what is selected differs from point to point",
            "use torch.where(mask, a, b), which keeps the shape",
        )
    kind = bool if index.size and isinstance(index.flat[0], bool) else int
    return index.astype(kind)


def _key(x: Array, indices: Sequence[Any]) -> tuple[Any, ...]:
    """PyTorch's list of indices, None for a whole dimension, as NumPy's tuple."""
    return tuple(slice(None) if i is None else _constant(i) for i in indices)


def _index(x: Array, indices: Sequence[Any]) -> Array:
    return x[_key(x, indices)]


def _put(x: Array, indices: Sequence[Any], values: Array, accumulate: bool = False) -> Array:
    if len(indices) == 1 and _is_mask(indices[0]):
        mask = indices[0].reshape(indices[0].shape + (1,) * (x.ndim - indices[0].ndim))
        if np.size(values) == 1:
            return each(elementwise.choose, mask, values, x)
    made, key = x.copy(), _key(x, indices)
    if accumulate:
        np.add.at(made, key, values)
    else:
        made[key] = values
    return made


def _is_mask(index: Any) -> bool:
    return isinstance(index, np.ndarray) and not is_constant(index)


def _select(x: Array, dim: int, index: Array) -> Array:
    return np.take(x, _constant(np.atleast_1d(index)), axis=dim)


def _full(dim: int, index: Array) -> tuple[Any, ...]:
    """A full index: the given one along `dim`, each place itself along the others."""
    places = _constant(index)
    grid: list[Any] = list(np.ogrid[tuple(slice(n) for n in places.shape)])
    grid[dim % places.ndim] = places
    return tuple(grid)


def _gather(x: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    return x[_full(dim, index)] if index.ndim else x.copy()


def _scatter(x: Array, dim: int, index: Array, src: Any = None, **named: Any) -> Array:
    made, value = x.copy(), named.get("value", src)
    own = value[tuple(slice(n) for n in index.shape)] if np.ndim(value) else value
    made[_full(dim, index)] = own
    return made


def _scatter_add(x: Array, dim: int, index: Array, src: Array) -> Array:
    made = x.copy()
    np.add.at(made, _full(dim, index), src[tuple(slice(n) for n in index.shape)])
    return made


def _index_add(x: Array, dim: int, index: Array, source: Array, *, alpha: Any = 1) -> Array:
    made = np.moveaxis(x.copy(), dim, 0)
    scaled = each(operator.mul, source, alpha) if alpha != 1 else source
    np.add.at(made, _constant(index), np.moveaxis(scaled, dim, 0))
    return np.moveaxis(made, 0, dim)


def _index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    made = np.moveaxis(x.copy(), dim, 0)
    made[_constant(index)] = np.moveaxis(source, dim, 0)
    return np.moveaxis(made, 0, dim)


def _index_fill(x: Array, dim: int, index: Array, value: Any) -> Array:
    made = np.moveaxis(x.copy(), dim, 0)
    made[_constant(index)] = value
    return np.moveaxis(made, 0, dim)


def _masked_fill(x: Array, mask: Array, value: Any) -> Array:
    return each(elementwise.choose, mask, value, x)


def _masked_select(x: Array, mask: Array) -> Array:
    x, mask = np.broadcast_arrays(x, mask)
    return x[_constant(mask)]


def _select_scatter(x: Array, src: Array, dim: int, index: int) -> Array:
    made = x.copy()
    made[(*(slice(None),) * (dim % x.ndim), index)] = src
    return made


def _embedding(weight: Array, indices: Array, *rest: Any, **named: Any) -> Array:
    return weight[_constant(indices)]


TABLE: dict[str, Function] = {
    "index": _index, "index_put": _put, "_index_put_impl": lambda x, i, v, a=False, u=False:
        _put(x, i, v, a),
    "index_select": _select, "gather": _gather, "scatter": _scatter,
    "scatter_add": _scatter_add, "index_add": _index_add, "index_copy": _index_copy,
    "index_fill": _index_fill, "masked_fill": _masked_fill, "masked_select": _masked_select,
    "take": lambda x, index: x.reshape(-1)[_constant(index)], "embedding": _embedding,
    "select_scatter": _select_scatter,
}  # fmt: skip
