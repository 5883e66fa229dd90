r"""Arrays with some of their numbers replaced or added to; parts picked by masks."""

from __future__ import annotations

from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structural.indexing import dimension
from derivc.ops.structure import composite, structural


def _fill_vjp(F: Any, g: Any, value_shape: Any) -> tuple[Any, Any]:
    return g * 0, F.sum_to(g, value_shape)


structural(
    "fill", "One number everywhere.", tensors=["x", "value"], torch="torch.fill",
    forward=lambda xp, x, value: xp.broadcast_to(value, x.shape).astype(x.dtype), vjp=_fill_vjp,
    jvp=(lambda F, t: t * 0, lambda F, t, y_shape: F.expand(t, y_shape)),
    definition=r"y_i = v", formula=r"\bar{x} = 0, \quad \bar{v} = \textstyle\sum \bar{y}",
    also="T.fill_ T.zero_ torch.zero_ np.full_like jnp.full_like",
)  # fmt: skip


def _put(xp: Any, x: Any, index: Any, value: Any, accumulate: bool = False) -> Any:
    found = xp.array(x)
    if accumulate:
        xp.add.at(found, index, value)
    else:
        found[index] = value
    return found


def _put_vjp(
    F: Any, g: Any, x_shape: Any, value_shape: Any, index: Any, accumulate: bool
) -> tuple[Any, Any]:
    kept = g if accumulate else F.put_at(g, index, 0.0)
    return kept, F.sum_to(F.getitem(g, index), value_shape)


structural(
    "put_at", "The array with numbers written, or added, at an index.", forward=_put, vjp=_put_vjp,
    tensors=["x", "value"],
    jvp=(
        lambda F, t, index, accumulate: t if accumulate else F.put_at(t, index, 0.0),
        lambda F, t, index, accumulate, y_shape: F.put_at(
            F.zeros(y_shape, F.constant(t).dtype), index, t, accumulate
        ),
    ),
    definition=r"y_{\text{index}_k} = v_k, \quad y_i = x_i \text{ elsewhere}",
    formula=r"\bar{x} = \bar{y} \text{ where nothing was written}, \quad \bar{v}_k ="
    r" \bar{y}_{\text{index}_k}",
    also="T.__setitem__ aten._index_put_impl_ aten.slice_scatter",
)  # fmt: skip


def _index(F: Any, index: Any) -> Any:
    """An index as an array."""
    return F.constant(F.lift(index))


composite(
    "index_put", "The array with numbers written, or added, where several indices meet.",
    lambda F, x, indices, values, accumulate=False: F.put_at(
        x, tuple(_index(F, index) for index in indices), values, accumulate
    ),
    tensors=["x", "values"], torch="torch.index_put",
    definition=r"y_{i_k, j_k, \dots} = v_k", formula=r"\bar{x} = \bar{y} \text{ where nothing was"
    r" written}, \quad \bar{v}_k = \bar{y}_{i_k, j_k, \dots}",
    also="T.index_put T.index_put_",
)  # fmt: skip


def _places(F: Any, x: Any, dim: int, index: Any) -> Any:
    return dimension(x.ndim, dim, _index(F, index))


composite(
    "index_add", "The array with parts added at places of a dimension.",
    lambda F, x, dim, index, source, alpha=1: F.put_at(
        x, _places(F, x, dim, index), source * alpha, True
    ),
    tensors=["x", "source"], torch="torch.index_add", definition=r"y = x, \quad y_{\text{index}_k}"
    r" \mathrel{+}= \alpha s_k",
    formula=r"\bar{x} = \bar{y}, \quad \bar{s}_k = \alpha \bar{y}_{\text{index}_k}",
    also="T.index_add T.index_add_",
)  # fmt: skip
composite(
    "index_copy", "The array with parts written at places of a dimension.",
    lambda F, x, dim, index, source: F.put_at(x, _places(F, x, dim, index), source),
    tensors=["x", "source"], torch="torch.index_copy", definition=r"y = x, \quad"
    r" y_{\text{index}_k} = s_k",
    formula=r"\bar{x} = \bar{y} \text{ where nothing was written}, \quad \bar{s}_k ="
    r" \bar{y}_{\text{index}_k}",
    also="T.index_copy T.index_copy_",
)  # fmt: skip
composite(
    "index_fill", "The array with one number written at places of a dimension.",
    lambda F, x, dim, index, value: F.put_at(x, _places(F, x, dim, index), value),
    tensors=["x", "value"], torch="torch.index_fill", definition=r"y = x, \quad"
    r" y_{\text{index}_k} = v",
    formula=r"\bar{x} = \bar{y} \text{ where nothing was written}, \quad \bar{v} ="
    r" \textstyle\sum_k \bar{y}_{\text{index}_k}",
    also="T.index_fill T.index_fill_",
)  # fmt: skip


def _flat_put(F: Any, x: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    flat, places = F.reshape(x, (-1,)), _index(F, index).reshape(-1)
    found = F.put_at(flat, places, F.reshape(source, (-1,)), accumulate)
    return F.reshape(found, tuple(x.shape))


composite(
    "put", "The array with numbers written, or added, at places of the flat array.", _flat_put,
    tensors=["x", "source"], torch="torch.put", definition=r"y_{\text{index}_k} = s_k",
    formula=r"\bar{x} = \bar{y} \text{ where nothing was written}, \quad \bar{s}_k ="
    r" \bar{y}_{\text{index}_k}",
    also="T.put T.put_",
)  # fmt: skip
composite(
    "masked_select", "The numbers where a mask holds, in order.",
    lambda F, x, mask: F.getitem(*_spread(F, x, mask)), torch="torch.masked_select",
    definition=r"y = (x_i : m_i)", formula=r"\bar{x}_i = \bar{y}_{k(i)} \text{ where the mask"
    r" holds}, 0 \text{ elsewhere}",
    also="T.masked_select",
)  # fmt: skip


def _spread(F: Any, x: Any, mask: Any) -> tuple[Any, Any]:
    """An array and a mask in their common shape."""
    holds = F.constant(F.lift(mask)).astype(bool)
    shape = (F.constant(x).astype(bool) | holds).shape
    wide = x if tuple(x.shape) == shape else F.expand(x, shape)
    return wide, F.constant(F.expand(holds, shape))


def _masked_scatter(F: Any, x: Any, mask: Any, source: Any) -> Any:
    wide, holds = _spread(F, x, mask)
    numbers = F.narrow(F.reshape(source, (-1,)), 0, 0, int(holds.sum()))
    return F.put_at(wide, holds, numbers)


composite(
    "masked_scatter", "The array with the numbers of another, in order, where a mask holds.",
    _masked_scatter, tensors=["x", "source"], torch="torch.masked_scatter",
    definition=r"y_i = s_{k(i)} \text{ where the mask holds}, \quad y_i = x_i \text{ elsewhere}",
    formula=r"\bar{x} = \bar{y} \text{ where the mask does not hold}, \quad \bar{s}_{k(i)} ="
    r" \bar{y}_i \text{ where it does}",
    also="T.masked_scatter T.masked_scatter_",
)  # fmt: skip
composite(
    "select_scatter", "The array with another in the place of one part of a dimension.",
    lambda F, x, src, dim, index: F.put_at(x, dimension(x.ndim, dim, index), src),
    tensors=["x", "src"], torch="torch.select_scatter",
    definition=r"y_{k} = s, \quad y_i = x_i \text{ elsewhere}",
    formula=r"\bar{x} = \bar{y} \text{ but } 0 \text{ at } k, \quad \bar{s} = \bar{y}_k",
    also="T.select_scatter",
)  # fmt: skip
composite(
    "slice_scatter", "The array with another in the place of a slice of a dimension.",
    lambda F, x, src, dim=0, start=None, end=None, step=1: F.put_at(
        x, dimension(x.ndim, dim, slice(start, end, step)), src
    ),
    tensors=["x", "src"], torch="torch.slice_scatter",
    definition=r"y_{a:b:c} = s, \quad y_i = x_i \text{ elsewhere}",
    formula=r"\bar{x} = \bar{y} \text{ but } 0 \text{ in the slice}, \quad \bar{s} ="
    r" \bar{y}_{a:b:c}",
    also="T.slice_scatter",
)  # fmt: skip


def _diagonal_scatter(
    F: Any, x: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Any:
    places = (tuple(x.shape), offset, dim1, dim2)
    ones = F.from_diagonal(F.ones_like(src), *places)
    return x * (1 - F.constant(ones)) + F.from_diagonal(src, *places)


composite(
    "diagonal_scatter", "The array with another in the place of a diagonal.", _diagonal_scatter,
    tensors=["x", "src"], torch="torch.diagonal_scatter",
    definition=r"\operatorname{diag} y = s, \quad y_{ij} = x_{ij} \text{ elsewhere}",
    formula=r"\bar{x} = \bar{y} \text{ but } 0 \text{ on the diagonal}, \quad \bar{s} ="
    r" \operatorname{diag} \bar{y}",
    also="T.diagonal_scatter",
)  # fmt: skip


def _reduce_onto(
    F: Any, x: Any, dim: int, index: Any, src: Any, reduce: str, include_self: bool = True
) -> Any:
    """By what lies at every place: all of `src` spread over a new first dimension."""
    places = _index(F, index)
    part = src[tuple(slice(n) for n in places.shape)]
    start = x if include_self else F.scatter(x, dim, places, _NEUTRAL.get(reduce, 0.0))
    counts = F.scatter_add(F.ones_like(x) * 1.0, dim, places, F.constant(part) * 0 + 1)
    if reduce in ("sum", "mean"):
        total = F.scatter_add(start, dim, places, part)
        if reduce == "sum":
            return total
        hit = F.constant(counts) - (0 if include_self else 1)
        return total / (hit + (hit == 0))
    if reduce not in ("prod", "amax", "amin"):
        raise InputTypeError(f"reduce is one of sum, mean, prod, amax, amin; got {reduce!r}")
    return _layered(F, start, dim, places, part, reduce)


_NEUTRAL = {"prod": 1.0, "amax": -float("inf"), "amin": float("inf")}


def _layered(F: Any, x: Any, dim: int, index: Any, src: Any, reduce: str) -> Any:
    """Every number of `src` in a layer of its own at its place, then reduced over the layers."""
    n = index.shape[dim % x.ndim]
    layers = [x] + [
        F.scatter(
            F.zeros(tuple(x.shape), F.constant(x).dtype) + _NEUTRAL[reduce], dim,
            index.take([k], axis=dim), F.narrow(src, dim, k, 1),
        )
        for k in range(n)
    ]  # fmt: skip
    return getattr(F, reduce)(F.stack(layers, 0), 0)


composite(
    "scatter_reduce", "Numbers brought together at places along a dimension: their sum, mean,"
    " product or extremum.",
    _reduce_onto, tensors=["x", "src"], torch="torch.scatter_reduce",
    definition=r"y_i = \operatorname{reduce}(x_i, s_k : \text{index}_k = i)",
    formula=r"\text{of a sum: } \bar{x} = \bar{y}, \; \bar{s}_k = \bar{y}_{\text{index}_k}; \quad"
    r" \text{of an extremum: shared by those that attain it}",
    also="T.scatter_reduce T.scatter_reduce_ torch.index_reduce T.index_reduce T.index_reduce_",
    renamed={"input": "x"},
)  # fmt: skip
