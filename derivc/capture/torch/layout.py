"""ATen operations on shapes: views stay views of NumPy's, so that writing into one is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.capture.elements import boxed, each, stopped

Function = Callable[..., Any]
Array = Any


def _at(x: Array, dim: int, index: Any) -> Array:
    """The part of an array at a place, or a run of places, of a dimension; always a view."""
    key = (*(slice(None),) * (dim % x.ndim), index, ...)
    return x[key]


def _slice(x: Array, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Array:
    return _at(x, dim, slice(start, end, step))


def _view(x: Array, shape: Any) -> Array:
    return x.reshape(tuple(shape))


def _expand(x: Array, shape: Any, **named: Any) -> Array:
    lead = len(shape) - x.ndim
    extents = [x.shape[i - lead] if n == -1 else n for i, n in enumerate(shape)]
    return np.broadcast_to(x, extents)


def _squeeze(x: Array, dim: Any = None) -> Array:
    if not x.ndim:
        return x
    chosen = range(x.ndim) if dim is None else dim if isinstance(dim, list | tuple) else [dim]
    return np.squeeze(x, tuple(d for d in chosen if x.shape[d] == 1))


def _unsqueeze(x: Array, dim: int) -> Array:
    return np.expand_dims(x, dim)


def _transpose(x: Array, a: int = 0, b: int = 1) -> Array:
    return np.swapaxes(x, a, b) if x.ndim else x


def _split(x: Array, size: Any, dim: int = 0) -> list[Array]:
    extent = x.shape[dim]
    sizes = size if isinstance(size, list | tuple) else [size] * (extent // size) + [extent % size]
    ends = np.cumsum([n for n in sizes if n or isinstance(size, list | tuple)])
    starts = [0, *ends[:-1]]
    return [_at(x, dim, slice(int(a), int(b))) for a, b in zip(starts, ends, strict=True)]


def _unbind(x: Array, dim: int = 0) -> list[Array]:
    return [_at(x, dim, i) for i in range(x.shape[dim])]


def _flip(x: Array, dims: Sequence[int]) -> Array:
    return np.flip(x, tuple(dims)).copy()


def _roll(x: Array, shifts: Any, dims: Any = ()) -> Array:
    return np.roll(x, tuple(shifts), tuple(dims)) if dims else np.roll(x, shifts[0])


def _repeat(x: Array, times: Sequence[int]) -> Array:
    return np.tile(x, tuple(times))


def _repeat_interleave(x: Array, repeats: Any, dim: Any = None, **named: Any) -> Array:
    count = repeats.tolist() if isinstance(repeats, np.ndarray) else repeats
    return np.repeat(x, count, dim)


def _diagonal(x: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    return np.diagonal(x, offset, dim1, dim2)


def _diag_embed(x: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    n = x.shape[-1] + abs(offset)
    made = np.full((*x.shape[:-1], n, n), 0.0, dtype=object)
    rows = np.arange(x.shape[-1])
    made[..., rows + max(-offset, 0), rows + max(offset, 0)] = x
    return np.moveaxis(made, (-2, -1), (dim1, dim2))


def _triangle(native: Function) -> Function:
    def apply(x: Array, diagonal: int = 0) -> Array:
        kept = native(np.ones(x.shape[-2:], bool), diagonal)
        return np.where(kept, x, 0.0)

    return apply


def _pad(x: Array, pad: Sequence[int], value: Any = 0) -> Array:
    """With a constant around it; widths are given last dimension first, negative ones cut."""
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)][::-1]
    widths = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    shape = [n + a + b for n, (a, b) in zip(x.shape, widths, strict=True)]
    made = np.full(shape, float(value), dtype=object)
    into = tuple(slice(max(a, 0), n - max(b, 0)) for n, (a, b) in zip(shape, widths, strict=True))
    cut = tuple(
        slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, widths, strict=True)
    )
    made[into] = x[cut]
    return made


def _bordered(mode: str) -> Function:
    """Padding that repeats what is there."""

    def apply(x: Array, pad: Sequence[int]) -> Array:
        pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)][::-1]
        padded: Any = np.pad
        return padded(x, [(0, 0)] * (x.ndim - len(pairs)) + pairs, mode=mode)

    return apply


def _as_strided(x: Array, size: Any, stride: Any, offset: Any = 0) -> Array:
    flat = x.reshape(-1)
    index = np.full(tuple(size), offset or 0)
    for axis, step in enumerate(stride):
        extents = [1] * len(size)
        extents[axis] = size[axis]
        index = index + step * np.arange(size[axis]).reshape(extents)
    return flat[index]


def _unfold(x: Array, dim: int, size: int, step: int) -> Array:
    starts = range(0, x.shape[dim] - size + 1, step)
    windows = [np.moveaxis(_at(x, dim, slice(i, i + size)), dim, -1) for i in starts]
    return np.stack(windows, axis=dim)


def _detach(x: Array) -> Array:
    return each(stopped, x)


def _cat(tensors: Sequence[Array], dim: int = 0) -> Array:
    kept = [t for t in tensors if t.ndim > 1 or t.size]
    return np.concatenate(kept or tensors, axis=dim)


def _copy(x: Array, source: Array, non_blocking: bool = False) -> Array:
    return np.broadcast_to(source, x.shape)


TABLE: dict[str, Function] = {
    "view": _view, "_unsafe_view": _view, "reshape": _view,
    "_reshape_alias": lambda x, shape, *rest: _view(x, shape),
    "reshape_as": lambda x, other: _view(x, other.shape), "flatten": lambda x: x.reshape(-1),
    "expand": _expand, "expand_as": lambda x, other: _expand(x, other.shape),
    "squeeze": _squeeze, "unsqueeze": _unsqueeze, "t": _transpose, "transpose": _transpose,
    "permute": lambda x, dims: x.transpose(*dims), "select": _at, "slice": _slice,
    "narrow": lambda x, dim, start, length: _at(x, dim, slice(start, start + length)),
    "split": _split, "split_with_sizes": _split, "unsafe_split": _split, "unbind": _unbind,
    "split_with_sizes_copy": _split, "movedim": np.moveaxis,
    "alias": lambda x: x, "lift_fresh": lambda x: x, "lift": lambda x: x, "detach": _detach,
    "clone": lambda x, **named: x.copy(), "contiguous": lambda x, **named: x,
    "flip": _flip, "roll": _roll, "repeat": _repeat, "repeat_interleave": _repeat_interleave,
    "diagonal": _diagonal, "diag_embed": _diag_embed, "tril": _triangle(np.tril),
    "triu": _triangle(np.triu), "constant_pad_nd": _pad, "as_strided": _as_strided,
    "unfold": _unfold, "cat": _cat, "stack": lambda tensors, dim=0: np.stack(tensors, axis=dim),
    "copy": _copy, "trace": lambda x: boxed(sum(np.diagonal(x))),
    "resolve_conj": lambda x: x, "resolve_neg": lambda x: x,
    **{f"reflection_pad{n}d": _bordered("reflect") for n in (1, 2, 3)},
    **{f"replication_pad{n}d": _bordered("edge") for n in (1, 2, 3)},
}  # fmt: skip
