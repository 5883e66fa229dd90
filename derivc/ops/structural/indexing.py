r"""Indexing: parts of an array, and arrays put together from parts. Repeated indices add up."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite, structural

Shape = tuple[int, ...]
_BASIC = (int, slice, type(None), type(Ellipsis))


def is_basic(index: Any) -> bool:
    """True for an index whose result is a view, in which no number comes twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(p, _BASIC) and not isinstance(p, bool) for p in parts)


def _part(x: Any, index: Any) -> Any:
    """A view wherever indexing gives one: NumPy hands single numbers out as copies."""
    parts = index if isinstance(index, tuple) else (index,)
    if is_basic(index) and Ellipsis not in parts:
        parts = (*parts, ...)
    return x[parts] if is_basic(index) else x[index]


structural(
    "getitem", "The part of an array at an index.", is_view=True,
    forward=lambda xp, x, index: _part(x, index), torch="torch.Tensor.__getitem__",
    vjp=lambda F, g, x_shape, index: F.put_zeros(g, index, x_shape),
    jvp="linear", formula=r"\bar{x}_{i} = \textstyle\sum_{k : \text{index}_k = i} \bar{y}_k",
    also="aten.index aten.slice",
    definition=r"y_k = x_{\text{index}_k}",
)  # fmt: skip


def _put_zeros(xp: Any, x: Any, index: Any, shape: Shape) -> Any:
    found = xp.zeros(shape, x.dtype)
    if is_basic(index):
        found[index] = x
    else:
        xp.add.at(found, index, x)
    return found


structural(
    "put_zeros", "Zeros with numbers added at an index.", forward=_put_zeros,
    vjp=lambda F, g, index: F.getitem(g, index), jvp="linear",
    formula=r"\bar{x} = \bar{y}_{\text{index}}",
    definition=r"y_i = \textstyle\sum_{k : \text{index}_k = i} x_k",
)  # fmt: skip
composite(
    "select", "The part at one place of a dimension.",
    lambda F, x, dim, index: F.getitem(x, dimension(x.ndim, dim, index)),
    torch="torch.select",
    formula=r"\bar{x}_{\dots, k, \dots} = \bar{y}, \quad 0 \text{ elsewhere}",
    also="T.select",
    definition=r"y = x_{\dots, k, \dots}",
)  # fmt: skip
composite(
    "narrow", "A run of places along a dimension.",
    lambda F, x, dim, start, length: F.getitem(
        x, dimension(x.ndim, dim, slice(start, start + length))
    ),
    torch="torch.narrow",
    formula=r"\bar{x}_{a + i} = \bar{y}_i, \quad 0 \text{ elsewhere}",
    also="T.narrow torch.narrow_copy T.narrow_copy",
    definition=r"y_i = x_{a + i}, \quad 0 \le i < n",
)  # fmt: skip


def dimension(ndim: int, dim: int, index: Any) -> tuple[Any, ...]:
    """The whole index with one along a dimension.

    Example:
        >>> dimension(3, 1, 5)
        (slice(None, None, None), 5)
    """
    return (*(slice(None),) * (dim % ndim), index)


def _pieces(F: Any, x: Any, sizes: list[int], dim: int) -> tuple[Any, ...]:
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(F.narrow(x, dim, a, n) for a, n in zip(starts, sizes, strict=True))


def _split(F: Any, x: Any, split_size: Any, dim: int = 0) -> tuple[Any, ...]:
    n = x.shape[dim]
    if not isinstance(split_size, int):
        return _pieces(F, x, list(split_size), dim)
    sizes = [min(split_size, n - start) for start in range(0, n, split_size)]
    return _pieces(F, x, sizes or [0], dim)


composite(
    "split",
    "Pieces along a dimension, of a size or of sizes.",
    _split,
    torch="torch.split",
    formula=r"\bar{x} = (\bar{y}_1, \dots, \bar{y}_n)",
    renamed={"split_size_or_sections": "split_size", "axis": "dim"},
    also="T.split torch.split_with_sizes T.split_with_sizes",
    definition="y_k = x_{a_k : a_{k+1}}",
)
composite(
    "chunk", "So many pieces along a dimension, of equal size but the last.",
    lambda F, x, chunks, dim=0: _split(F, x, max(-(-x.shape[dim] // chunks), 1), dim),
    torch="torch.chunk",
    formula=r"\bar{x} = (\bar{y}_1, \dots, \bar{y}_n)",
    also="T.chunk",
    definition="y_k = x_{a_k : a_{k+1}}",
)  # fmt: skip
composite(
    "unbind", "The parts along a dimension, each without it.",
    lambda F, x, dim=0: tuple(F.select(x, dim, i) for i in range(x.shape[dim])),
    torch="torch.unbind",
    formula=r"\bar{x}_{\dots, k, \dots} = \bar{y}_k",
    also="T.unbind",
    definition=r"y_k = x_{\dots, k, \dots}",
)  # fmt: skip
composite(
    "take", "The numbers at places of the flat array.",
    lambda F, x, index: F.getitem(F.reshape(x, (-1,)), index), torch="torch.take",
    formula=r"\bar{x}_i = \textstyle\sum_{k : i_k = i} \bar{y}_k",
    also="T.take np.take jnp.take",
    definition=r"y_k = \operatorname{vec}(x)_{i_k}",
)  # fmt: skip
composite(
    "index_select", "The parts at several places of a dimension.",
    lambda F, x, dim, index: F.getitem(x, dimension(x.ndim, dim, index)),
    torch="torch.index_select",
    formula=r"\bar{x}_i = \textstyle\sum_{k : i_k = i} \bar{y}_k",
    also="T.index_select np.take jnp.take",
    definition=r"y_k = x_{\dots, i_k, \dots}",
)  # fmt: skip
structural(
    "gather", "Numbers picked along a dimension.", torch="torch.gather",
    forward=lambda xp, x, dim, index: xp.take_along_axis(
        x[tuple(slice(n if i != dim % x.ndim else None) for i, n in enumerate(index.shape))],
        index, axis=dim,
    ),
    vjp=lambda F, g, x_shape, dim, index: F.scatter_zeros(g, dim, index, x_shape),
    jvp="linear",
    formula=r"\bar{x}_{\text{index}_i} \mathrel{+}= \bar{y}_i", aliases=["take_along_dim"],
    also="T.gather torch.take_along_dim T.take_along_dim np.take_along_axis jnp.take_along_axis",
    definition=r"y_{ij} = x_{i, \text{index}_{ij}}",
)  # fmt: skip


def _places(xp: Any, dim: int, index: Any) -> tuple[Any, ...]:
    """A full index: the given one along `dim`, each place itself along the others."""
    grid = list(xp.ogrid[tuple(slice(n) for n in index.shape)])
    grid[dim % index.ndim] = index
    return tuple(grid)


def _scatter_zeros(xp: Any, x: Any, dim: int, index: Any, shape: Shape) -> Any:
    found = xp.zeros(shape, x.dtype)
    xp.add.at(found, _places(xp, dim, index), x)
    return found


structural(
    "scatter_zeros", "Zeros with numbers added along a dimension.", forward=_scatter_zeros,
    vjp=lambda F, g, dim, index: F.gather(g, dim, index),
    jvp="linear", formula=r"\bar{x}_i = \bar{y}_{\text{index}_i}",
    definition=r"y_{i, k} = \textstyle\sum_{j : \text{index}_{ij} = k} x_{ij}",
)  # fmt: skip


def _scatter(xp: Any, x: Any, dim: int, index: Any, src: Any) -> Any:
    found = xp.array(x)
    own = src[tuple(slice(n) for n in index.shape)] if xp.ndim(src) else src
    found[_places(xp, dim, index)] = own
    return found


def _scatter_vjp(F: Any, g: Any, src_shape: Shape, dim: int, index: Any) -> Any:
    picked = F.gather(g, dim, index)
    cleared = g * F.scatter(F.ones_like(g), dim, index, 0.0)
    if src_shape == tuple(index.shape):
        return cleared, picked
    if not src_shape:
        return cleared, F.sum(picked)
    pads = [w for n, m in zip(src_shape[::-1], index.shape[::-1], strict=True) for w in (0, n - m)]
    return cleared, F.pad(picked, pads)


def _cleared(F: Any, t: Any, dim: int, index: Any) -> Any:
    """The tangent of what is written over."""
    return F.scatter(t, dim, index, 0.0)


def _written(F: Any, t: Any, dim: int, index: Any, y_shape: Shape) -> Any:
    """The tangent of what is written."""
    return F.scatter(F.zeros(y_shape, F.constant(t).dtype), dim, index, t)


def _added(F: Any, t: Any, dim: int, index: Any, y_shape: Shape) -> Any:
    """The tangent of what is added."""
    return F.scatter_add(F.zeros(y_shape, F.constant(t).dtype), dim, index, t)


structural(
    "scatter", "The array with numbers written along a dimension.", forward=_scatter,
    vjp=_scatter_vjp, tensors=["x", "src"], torch="torch.scatter", renamed={"value": "src"},
    jvp=(_cleared, _written), formula=r"\bar{x} = \bar{y} \text{ where nothing was written}, \quad "
    r"\overline{src}_i = \bar{y}_{\text{index}_i}",
    also="T.scatter T.scatter_",
    definition=r"y_{i, \text{index}_{ij}} = s_{ij}, \quad y = x \text{ elsewhere}",
)  # fmt: skip


def _scatter_add(xp: Any, x: Any, dim: int, index: Any, src: Any) -> Any:
    found = xp.array(x)
    xp.add.at(found, _places(xp, dim, index), src[tuple(slice(n) for n in index.shape)])
    return found


def _scatter_add_vjp(F: Any, g: Any, src_shape: Shape, dim: int, index: Any) -> Any:
    picked = F.gather(g, dim, index)
    pads = [w for n, m in zip(src_shape[::-1], index.shape[::-1], strict=True) for w in (0, n - m)]
    return g, F.pad(picked, pads) if any(pads) else picked


structural(
    "scatter_add", "The array with numbers added along a dimension.", forward=_scatter_add,
    vjp=_scatter_add_vjp, tensors=["x", "src"], torch="torch.scatter_add",
    jvp=(lambda F, t: t, _added),
    formula=r"\bar{x} = \bar{y}, \quad \overline{src}_i = \bar{y}_{\text{index}_i}",
    also="T.scatter_add T.scatter_add_",
    definition=r"y = x, \quad y_{i, \text{index}_{ij}} \mathrel{+}= s_{ij}",
)  # fmt: skip
composite(
    "masked_fill", "The array with a number where a mask holds.",
    lambda F, x, mask, value: F.where(mask, value, x), torch="torch.masked_fill",
    formula=r"\bar{x} = \bar{y} \text{ where the mask does not hold}",
    also="T.masked_fill T.masked_fill_",
    definition=r"y_i = v \text{ where the mask holds}, \quad y_i = x_i \text{ elsewhere}",
)  # fmt: skip
