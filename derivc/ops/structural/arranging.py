r"""Arrays turned, joined and repeated: all by indexing, joining and reshape."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite

_JOINED = r"\bar{x}_k = \bar{y} \text{ at the place of } x_k"


def _rot90(F: Any, x: Any, k: int = 1, dims: tuple[int, int] = (0, 1)) -> Any:
    first, second = dims
    if k % 2 == 0:
        return F.flip(x, (first, second)) if k % 4 else F.clone(x)
    return F.flip(F.transpose(x, first, second), (first if k % 4 == 1 else second,))


composite(
    "rot90", "Two dimensions turned by right angles.", _rot90, torch="torch.rot90",
    definition=r"y_{ij} = x_{j, n-1-i}", formula=r"\bar{x} = \text{turned back: }"
    r" \operatorname{rot90}(\bar{y}, -k)",
    also="T.rot90 np.rot90 jnp.rot90", renamed={"axes": "dims"},
)  # fmt: skip


def _reversed(dim: int) -> Any:
    return lambda F, x: F.flip(x, (dim,))


for _name, _dim, _word in (("fliplr", 1, "columns"), ("flipud", 0, "rows")):
    composite(
        _name, f"The {_word} in reverse order.", _reversed(_dim), torch=f"torch.{_name}",
        definition=r"y_i = x_{n-1-i}", formula=rf"\bar{{x}} = \operatorname{{{_name}}}(\bar{{y}})",
        also=f"T.{_name} np.{_name} jnp.{_name}",
    )  # fmt: skip


def _raised(F: Any, x: Any, ndim: int) -> Any:
    """At least so many dimensions, as `atleast_1d` and its relatives add them."""
    if ndim == 3 and x.ndim == 2:
        return F.unsqueeze(x, -1)
    for _ in range(x.ndim, ndim):
        x = F.unsqueeze(x, -1 if x.ndim == 2 else 0)
    return x


def _at_least(ndim: int) -> Any:
    return lambda F, x: _raised(F, x, ndim)


for _n in (1, 2, 3):
    composite(
        f"atleast_{_n}d", f"The array with at least {_n} dimensions.", _at_least(_n),
        torch=f"torch.atleast_{_n}d",
        definition=r"y = \operatorname{reshape} x", formula=r"\bar{x} = \operatorname{reshape}"
        r" \bar{y}",
        also=f"np.atleast_{_n}d jnp.atleast_{_n}d",
    )  # fmt: skip


def _joined(ndim: int, dim: int) -> Any:
    def define(F: Any, tensors: Any) -> Any:
        raised = [_raised(F, t, ndim) for t in tensors]
        return F.cat(raised, 0 if raised[0].ndim == 1 else dim)

    return define


for _name, _ndim, _dim, _word in (
    ("hstack", 1, 1, "columns"), ("vstack", 2, 0, "rows"), ("dstack", 3, 2, "layers"),
):  # fmt: skip
    composite(
        _name, f"Arrays side by side in their {_word}.", _joined(_ndim, _dim), tensors=[],
        sequence="tensors", torch=f"torch.{_name}", definition=r"y = (x_1, \dots, x_n)",
        formula=_JOINED, also=f"np.{_name} jnp.{_name}"
        + (" torch.row_stack" if _name == "vstack" else ""),
    )  # fmt: skip
composite(
    "column_stack", "Vectors as columns of a matrix, behind matrices.",
    lambda F, tensors: F.cat([F.reshape(t, (-1, 1)) if t.ndim < 2 else t for t in tensors], 1),
    tensors=[], sequence="tensors", torch="torch.column_stack",
    definition=r"y = (x_1, \dots, x_n)", formula=_JOINED, also="np.column_stack jnp.column_stack",
)  # fmt: skip


def _repeat_interleave(F: Any, x: Any, repeats: Any, dim: int | None = None) -> Any:
    flat = F.reshape(x, (-1,)) if dim is None else x
    axis = 0 if dim is None else dim
    n = flat.shape[axis]
    counts = F.constant(F.lift(repeats)).reshape(-1).tolist()
    counts = counts * n if len(counts) == 1 else counts
    return F.index_select(flat, axis, [i for i, c in enumerate(counts) for _ in range(c)])


composite(
    "repeat_interleave", "Every number repeated in its place.", _repeat_interleave,
    torch="torch.repeat_interleave", definition=r"y_k = x_{i(k)}", formula=r"\bar{x}_i ="
    r" \textstyle\sum_{k : i(k) = i} \bar{y}_k",
    also="T.repeat_interleave np.repeat jnp.repeat", renamed={"axis": "dim"},
)  # fmt: skip


def _common(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that shapes broadcast to; `expand` complains where they do not."""
    ndim = max(len(s) for s in shapes)
    wide = [(1,) * (ndim - len(s)) + s for s in shapes]
    return tuple(next((n for n in extents if n != 1), 1) for extents in zip(*wide, strict=True))


def _broadcast(F: Any, tensors: Any) -> tuple[Any, ...]:
    shape = _common([tuple(t.shape) for t in tensors])
    return tuple(F.expand(t, shape) for t in tensors)


composite(
    "broadcast_tensors", "Arrays in the shape that they broadcast to.", _broadcast, tensors=[],
    sequence="tensors", variadic=True, torch="torch.broadcast_tensors",
    definition=r"y_k = x_k \text{ repeated}", formula=r"\bar{x}_k = \textstyle\sum \bar{y}_k"
    r" \text{ over the copies}",
    also="np.broadcast_arrays jnp.broadcast_arrays",
)  # fmt: skip


def _meshgrid(F: Any, tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """Each vector along a dimension of its own; "xy" exchanges the first two."""
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = [1, 0]
    return _broadcast(F, [F.along(t, order[i], len(order)) for i, t in enumerate(tensors)])


composite(
    "meshgrid", "The coordinates of a grid, from those along its sides.", _meshgrid, tensors=[],
    sequence="tensors", torch="torch.meshgrid",
    definition=r"y_{k, i_1 \dots i_n} = x_{k, i_k}", formula=r"\bar{x}_{k,i} = \textstyle\sum"
    r" \bar{y}_{k, \dots i \dots}",
    also="np.meshgrid jnp.meshgrid",
)  # fmt: skip


def _unflatten(F: Any, x: Any, dim: int, sizes: Any) -> Any:
    shape, dim = tuple(x.shape), dim % x.ndim
    return F.reshape(x, (*shape[:dim], *sizes, *shape[dim + 1 :]))


composite(
    "unflatten", "One dimension as several.", _unflatten, torch="torch.unflatten",
    definition=r"y = \operatorname{reshape} x", formula=r"\bar{x} = \operatorname{reshape} \bar{y}",
    also="T.unflatten nn.Unflatten",
)  # fmt: skip


def _shuffled(x: Any, n: int, up: bool) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The shape apart, the order, and the shape together, of images whose channels hold pixels."""
    *batch, c, h, w = x.shape
    k = len(batch)
    if up:
        apart, together = (c // (n * n), n, n, h, w), (c // (n * n), h * n, w * n)
        order = (0, 3, 1, 4, 2)
    else:
        apart, together = (c, h // n, n, w // n, n), (c * n * n, h // n, w // n)
        order = (0, 2, 4, 1, 3)
    return (*batch, *apart), (*range(k), *(k + i for i in order)), (*batch, *together)


def _shuffle(F: Any, x: Any, n: int, up: bool) -> Any:
    apart, order, together = _shuffled(x, n, up)
    return F.reshape(F.permute(F.reshape(x, apart), order), together)


composite(
    "pixel_shuffle", "Channels as pixels: an image that is larger by a factor.",
    lambda F, x, upscale_factor: _shuffle(F, x, upscale_factor, True),
    torch="torch.nn.functional.pixel_shuffle", definition=r"y_{c, h r + i, w r + j} ="
    r" x_{c r^2 + i r + j, h, w}",
    formula=r"\bar{x} = \operatorname{pixel\_unshuffle}(\bar{y}, r)",
    also="torch.pixel_shuffle nn.PixelShuffle",
)  # fmt: skip
composite(
    "pixel_unshuffle", "Pixels as channels: an image that is smaller by a factor.",
    lambda F, x, downscale_factor: _shuffle(F, x, downscale_factor, False),
    torch="torch.nn.functional.pixel_unshuffle", definition=r"y_{c r^2 + i r + j, h, w} ="
    r" x_{c, h r + i, w r + j}",
    formula=r"\bar{x} = \operatorname{pixel\_shuffle}(\bar{y}, r)",
    also="torch.pixel_unshuffle nn.PixelUnshuffle",
)  # fmt: skip


def _channel_shuffle(F: Any, x: Any, groups: int) -> Any:
    shape = tuple(x.shape)
    apart = F.reshape(x, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return F.reshape(F.transpose(apart, 1, 2), shape)


composite(
    "channel_shuffle", "The channels of groups, in turn.", _channel_shuffle,
    torch="torch.nn.functional.channel_shuffle", definition=r"y_{j g + i} = x_{i n + j}",
    formula=r"\bar{x}_{i n + j} = \bar{y}_{j g + i}",
    also="torch.channel_shuffle F.native_channel_shuffle nn.ChannelShuffle",
)  # fmt: skip
