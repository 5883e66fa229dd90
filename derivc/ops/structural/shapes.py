r"""Shapes: the same numbers in another arrangement. Cotangents are arranged back."""

from __future__ import annotations

from math import prod
from typing import Any

from derivc.errors import InputTypeError, ShapeError
from derivc.ops.structural.axes import axes
from derivc.ops.structure import composite, structural

Shape = tuple[int, ...]


def whole(size: int, shape: Any) -> Shape:
    """A shape with its one -1 filled in; a bare number is a shape of one extent.

    Example:
        >>> whole(6, (2, -1))
        (2, 3)
    """
    given = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    if -1 not in given:
        return given
    rest = prod(n for n in given if n != -1)
    return tuple(size // rest if n == -1 and rest else n for n in given)


structural(
    "reshape", "The numbers in another shape, in C order.", is_view=True, variadic=True,
    forward=lambda xp, x, shape: xp.reshape(x, whole(x.size, shape)), torch="torch.reshape",
    vjp=lambda F, g, x_shape: F.reshape(g, x_shape), aliases=["view"],
    jvp="linear", formula=r"\bar{x} = \operatorname{reshape}(\bar{y}, \operatorname{shape} x)",
    also="T.reshape np.reshape jnp.reshape T.view T.reshape_as T.view_as torch.unflatten "
    "T.unflatten nn.Unflatten",
    definition=r"y = \operatorname{reshape} x",
)  # fmt: skip
composite(
    "flatten", "Several dimensions as one.",
    lambda F, x, start_dim=0, end_dim=-1: F.reshape(x, _flat(tuple(x.shape), start_dim, end_dim)),
    aliases=["ravel"], torch="torch.flatten",
    formula=r"\bar{x} = \operatorname{reshape} \bar{y}",
    also="T.flatten nn.Flatten torch.ravel T.ravel np.ravel jnp.ravel",
    definition=r"y = \operatorname{reshape} x",
)  # fmt: skip


def _flat(shape: Shape, start: int, end: int) -> Shape:
    if not shape:
        return (1,)
    start, end = start % len(shape), end % len(shape)
    return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])


def _inverse(dims: Any) -> tuple[int, ...]:
    order = [d % len(dims) for d in dims]
    return tuple(order.index(i) for i in range(len(order)))


structural(
    "permute", "The dimensions in another order.", is_view=True, variadic=True,
    forward=lambda xp, x, dims: xp.transpose(x, dims), torch="torch.permute",
    vjp=lambda F, g, dims: F.permute(g, _inverse(dims)),
    jvp="linear", formula=r"\bar{x} = \operatorname{permute}^{-1}(\bar{y})",
    also="T.permute np.transpose jnp.transpose lax.transpose np.permute_dims jnp.permute_dims",
    definition=r"y_{i_{\pi(1)} \dots i_{\pi(n)}} = x_{i_1 \dots i_n}",
)  # fmt: skip


def _transpose(xp: Any, x: Any, dim0: int | None = None, dim1: int | None = None) -> Any:
    if dim0 is None or not x.ndim:
        return xp.transpose(x)
    return xp.swapaxes(x, dim0, dim1)


structural(
    "transpose", "Two dimensions exchanged; without arguments, all in reverse order.", is_view=True,
    forward=_transpose, vjp=lambda F, g, dim0, dim1: F.transpose(g, dim0, dim1),
    aliases=["swapaxes"], torch="torch.transpose", jvp="linear",
    formula=r"\bar{x} = \bar{y}^{\top}",
    also="T.transpose T.transpose_ torch.swapaxes T.swapaxes T.swapaxes_ np.swapaxes "
    "jnp.swapaxes torch.t T.t T.T T.mT np.matrix_transpose jnp.matrix_transpose",
    definition=r"y = x^{\top}",
)  # fmt: skip
structural(
    "moveaxis", "Dimensions moved to other places.", is_view=True,
    forward=lambda xp, x, source, destination: xp.moveaxis(x, source, destination),
    vjp=lambda F, g, source, destination: F.moveaxis(g, destination, source),
    aliases=["movedim"], torch="torch.moveaxis",
    jvp="linear", formula=r"\bar{x} = \operatorname{move}^{-1}(\bar{y})",
    also="T.moveaxis np.moveaxis jnp.moveaxis torch.movedim T.movedim",
    definition=r"y = x \text{ with its dimensions in another order}",
)  # fmt: skip


def _extents(x_shape: Shape, shape: Any) -> Shape:
    """The shape to expand to; -1 keeps an extent."""
    wanted = (shape,) if isinstance(shape, int) else tuple(shape)
    lead = len(wanted) - len(x_shape)
    return tuple(x_shape[i - lead] if n == -1 else n for i, n in enumerate(wanted))


structural(
    "expand", "The numbers repeated along dimensions of extent 1, and along new ones.",
    is_view=True, variadic=True,
    forward=lambda xp, x, shape: xp.broadcast_to(x, _extents(x.shape, shape)),
    vjp=lambda F, g, x_shape: F.sum_to(g, x_shape), aliases=["broadcast_to"],
    torch="torch.Tensor.expand",
    jvp="linear", formula=r"\bar{x} = \textstyle\sum \bar{y} \text{ over the copies}",
    also="torch.broadcast_to T.broadcast_to np.broadcast_to jnp.broadcast_to T.expand_as",
    definition="y_{k i} = x_i",
)  # fmt: skip


def sum_to(xp: Any, x: Any, shape: Shape) -> Any:
    """An array summed over what broadcasting repeated: the extents that are 1, or not there."""
    if x.shape == tuple(shape):
        return x
    lead = x.ndim - len(shape)
    ones = tuple(lead + i for i, n in enumerate(shape) if n == 1 and x.shape[lead + i] != 1)
    return xp.reshape(xp.sum(x, axis=(*range(lead), *ones)), shape)


structural(
    "sum_to", "The sum over what broadcasting repeated: unbroadcast.", forward=sum_to,
    vjp=lambda F, g, x_shape: F.expand(g, x_shape), jvp="linear",
    formula=r"\bar{x} = \bar{y} \text{ repeated}",
    aliases=["sum_to_size"], torch="torch.Tensor.sum_to_size",
    definition=r"y_i = \textstyle\sum_k x_{k i}",
)  # fmt: skip


def _squeeze(xp: Any, x: Any, dim: Any = None) -> Any:
    chosen = range(x.ndim) if dim is None else axes(x.shape, dim)
    return xp.squeeze(x, axis=tuple(d for d in chosen if x.shape[d] == 1))


structural(
    "squeeze", "Without dimensions of extent 1.", is_view=True, forward=_squeeze,
    vjp=lambda F, g, x_shape: F.reshape(g, x_shape), torch="torch.squeeze",
    jvp="linear", formula=r"\bar{x} = \operatorname{reshape}(\bar{y}, \operatorname{shape} x)",
    also="T.squeeze T.squeeze_ np.squeeze jnp.squeeze lax.squeeze",
    definition=r"y = \operatorname{reshape} x",
)  # fmt: skip
structural(
    "unsqueeze", "With a new dimension of extent 1.", is_view=True,
    forward=lambda xp, x, dim: xp.expand_dims(x, dim), torch="torch.unsqueeze",
    vjp=lambda F, g, x_shape: F.reshape(g, x_shape), aliases=["expand_dims"],
    jvp="linear", formula=r"\bar{x} = \operatorname{reshape}(\bar{y}, \operatorname{shape} x)",
    also="T.unsqueeze T.unsqueeze_ np.expand_dims jnp.expand_dims lax.expand_dims",
    definition=r"y = \operatorname{reshape} x",
)  # fmt: skip
structural(
    "flip", "The order along dimensions reversed.", variadic=True, torch="torch.flip",
    forward=lambda xp, x, dims: xp.flip(x, axis=dims) if x.ndim else x.copy(),
    vjp=lambda F, g, dims: F.flip(g, dims),
    jvp="linear", formula=r"\bar{x} = \operatorname{flip}(\bar{y})", renamed={"axis": "dims"},
    also="T.flip np.flip jnp.flip",
    definition="y_i = x_{n - 1 - i}",
)  # fmt: skip
structural(
    "roll", "The numbers shifted around along dimensions.", torch="torch.roll",
    forward=lambda xp, x, shifts, dims=None: xp.roll(x, shifts, axis=dims),
    vjp=lambda F, g, shifts, dims: F.roll(g, _negated(shifts), dims),
    jvp="linear", formula=r"\bar{x} = \operatorname{roll}(\bar{y}, -s)",
    renamed={"axis": "dims", "shift": "shifts"},
    also="T.roll np.roll jnp.roll",
    definition=r"y_i = x_{(i - s) \bmod n}",
)  # fmt: skip


def _negated(shifts: Any) -> Any:
    return -shifts if isinstance(shifts, int) else tuple(-s for s in shifts)


def _cat_vjp(F: Any, g: Any, tensors_shape: list[Shape], dim: int) -> Any:
    start, found = 0, []
    for shape in tensors_shape:
        extent = shape[dim]
        found.append(F.narrow(g, dim, start, extent))
        start += extent
    return found


structural(
    "cat", "Arrays one behind the other along a dimension.", tensors=[], sequence="tensors",
    forward=lambda xp, tensors, dim=0: xp.concatenate(tensors, axis=dim), vjp=_cat_vjp,
    aliases=["concat", "concatenate"], torch="torch.cat",
    jvp="linear", formula=r"\bar{x}_k = \bar{y} \text{ at the place of } x_k",
    also="torch.concat np.concat jnp.concat torch.concatenate np.concatenate jnp.concatenate",
    definition=r"y = (x_1, \dots, x_n)",
)  # fmt: skip
structural(
    "stack", "Arrays side by side along a new dimension.", tensors=[], sequence="tensors",
    forward=lambda xp, tensors, dim=0: xp.stack(tensors, axis=dim), torch="torch.stack",
    vjp=lambda F, g, tensors_shape, dim: [
        F.select(g, dim, i) for i in range(len(tensors_shape))
    ],
    jvp="linear", formula=r"\bar{x}_k = \bar{y}_k",
    also="np.stack jnp.stack lax.stack",
    definition="y_k = x_k",
)  # fmt: skip


def _padding(ndim: int, pad: Any) -> list[tuple[int, int]]:
    """PyTorch's flat list, last dimension first, as pairs per dimension."""
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]


def _pad(xp: Any, x: Any, pad: Any, value: float = 0) -> Any:
    widths = _padding(x.ndim, pad)
    padded = xp.pad(x, [(max(a, 0), max(b, 0)) for a, b in widths], constant_values=value)
    cut = tuple(
        slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(padded.shape, widths, strict=True)
    )
    return padded[cut]


structural(
    "constant_pad", "The array with a constant around it; negative widths cut.", forward=_pad,
    vjp=lambda F, g, pad: F.constant_pad(g, [-w for w in pad]),
    jvp=lambda F, t, pad: F.constant_pad(t, pad),
    definition=r"y = x \text{ inside}, \quad y = v \text{ in the border}",
    formula=r"\bar{x} = \bar{y} \text{ without the border}",
    also="nn.ConstantPad1d nn.ConstantPad2d nn.ConstantPad3d nn.ZeroPad1d nn.ZeroPad2d nn.ZeroPad3d"
    " torch.constant_pad_nd aten.constant_pad_nd",
)  # fmt: skip
_EDGES = ("reflect", "replicate", "circular")


def _around(n: int, before: int, after: int, mode: str) -> list[int]:
    """The places that a padded dimension of n numbers repeats; negative widths cut."""
    places = range(-before, n + after)
    if mode == "circular":
        return [i % n for i in places]
    if mode == "replicate":
        return [min(max(i, 0), n - 1) for i in places]
    return [n - 1 - abs(n - 1 - abs(i)) for i in places]


def _padded(F: Any, x: Any, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode == "constant":
        return F.constant_pad(x, pad, 0 if value is None else value)
    if mode not in _EDGES:
        raise InputTypeError(f"pad: mode is one of constant, {', '.join(_EDGES)}; got {mode!r}")
    for dim, (before, after) in enumerate(_padding(x.ndim, pad)):
        if before or after:
            _check_padding(x.shape[dim], max(before, after), mode)
            x = F.index_select(x, dim, _around(x.shape[dim], before, after, mode))
    return x


def _check_padding(n: int, width: int, mode: str) -> None:
    most = {"reflect": n - 1, "circular": n}.get(mode, width)
    if width > most or not n:
        raise ShapeError(f"pad: {mode} of {n} numbers repeats at most {most}, asked for {width}")


composite(
    "pad", "The array with a border: a constant, or its own numbers reflected or repeated.",
    _padded, torch="torch.nn.functional.pad",
    definition=r"y_i = x_{p(i)}, \quad p(i) \text{ the place that is repeated; or a constant}",
    formula=r"\bar{x}_j = \textstyle\sum_{i : p(i) = j} \bar{y}_i",
    also="np.pad jnp.pad nn.ReflectionPad1d nn.ReflectionPad2d nn.ReflectionPad3d"
    " nn.ReplicationPad1d nn.ReplicationPad2d nn.ReplicationPad3d nn.CircularPad1d nn.CircularPad2d"
    " nn.CircularPad3d aten.reflection_pad1d aten.reflection_pad2d aten.reflection_pad3d"
    " aten.replication_pad1d aten.replication_pad2d aten.replication_pad3d",
)  # fmt: skip
composite(
    "tile", "The array repeated, as a whole, along every dimension.",
    lambda F, x, dims: _tile(F, x, (dims,) if isinstance(dims, int) else tuple(dims)),
    aliases=["repeat"], variadic=True, torch="torch.tile",
    formula=r"\bar{x}_i = \textstyle\sum_k \bar{y}_{i + k n}",
    also="T.tile np.tile jnp.tile T.repeat",
    definition=r"y_i = x_{i \bmod n}",
)  # fmt: skip


def _tile(F: Any, x: Any, reps: Shape) -> Any:
    lead = max(len(reps) - x.ndim, 0)
    shape = (*(1,) * lead, *x.shape)
    reps = (*(1,) * (len(shape) - len(reps)), *reps)
    apart = F.reshape(x, tuple(e for n in shape for e in (1, n)))
    wide = F.expand(apart, tuple(e for r, n in zip(reps, shape, strict=True) for e in (r, n)))
    return F.reshape(wide, tuple(r * n for r, n in zip(reps, shape, strict=True)))


def _triangle(name: str, where: str, sign: str) -> None:
    structural(
        name, f"The numbers {where} a diagonal, zero elsewhere.", torch=f"torch.{name}",
        forward=lambda xp, x, diagonal=0: getattr(xp, name)(x, diagonal),
        vjp=lambda F, g, diagonal: getattr(F, name)(g, diagonal), jvp="linear",
        formula=rf"\bar{{x}} = \operatorname{{{name}}}(\bar{{y}})",
        definition=rf"Y_{{ij}} = X_{{ij}} \text{{ for }} j {sign} i + k, \text{{ else }} 0",
        also=f"T.{name} T.{name}_ np.{name} jnp.{name}",
    )  # fmt: skip


_triangle("tril", "on and below", r"\le")
_triangle("triu", "on and above", r"\ge")


def cast(xp: Any, x: Any, dtype: Any) -> Any:
    """Complex numbers lose their imaginary part where real ones are wanted."""
    real = xp.iscomplexobj(x) and xp.dtype(dtype).kind != "c"
    return (xp.real(x) if real else x).astype(dtype)


structural(
    "clone", "A copy.", forward=lambda xp, x: xp.array(x), vjp=lambda F, g: g,
    torch="torch.clone", jvp="linear", formula=r"\bar{x} = \bar{y}",
    also="T.clone",
    definition="y = x",
)  # fmt: skip
structural(
    "cast", "The numbers in another dtype.", forward=lambda xp, x, dtype: cast(xp, x, dtype),
    vjp=lambda F, g, x_dtype: F.cast(g, x_dtype), torch="torch.Tensor.to",
    jvp="linear", formula=r"\bar{x} = \bar{y}",
    also="T.type T.type_as T.float T.double T.half",
    definition="y = x",
)  # fmt: skip
