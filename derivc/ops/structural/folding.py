r"""Windows of images as columns and back, transposed convolutions, and pools that are no means."""

from __future__ import annotations

from math import prod
from typing import Any

from derivc.ops.structural.convolution import per_dimension
from derivc.ops.structure import composite


def _padded(F: Any, x: Any, padding: tuple[int, ...]) -> Any:
    return F.pad(x, [w for p in reversed(padding) for w in (p, p)]) if any(padding) else x


def _pairs(*values: Any) -> list[tuple[int, ...]]:
    return [per_dimension(v, 2) for v in values]


def _unfold(
    F: Any, x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    size, dilation, padding, stride = _pairs(kernel_size, dilation, padding, stride)
    batched = x if x.ndim == 4 else F.unsqueeze(x, 0)
    seen = F.windows(_padded(F, batched, padding), size, stride, dilation)
    columns = F.permute(seen, (0, 1, 4, 5, 2, 3))
    found = F.reshape(columns, (columns.shape[0], columns.shape[1] * prod(size), -1))
    return found if x.ndim == 4 else F.squeeze(found, 0)


composite(
    "unfold", "All windows of an image, each a column.", _unfold,
    torch="torch.nn.functional.unfold", definition=r"y_{c k, l} = x_{c, s l + d k}",
    formula=r"\bar{x}_{c, i} = \textstyle\sum_{s l + d k = i} \bar{y}_{c k, l}",
    also="nn.Unfold aten.im2col",
)  # fmt: skip


def _fold(
    F: Any,
    x: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    wanted, size, dilation, padding, stride = _pairs(
        output_size, kernel_size, dilation, padding, stride
    )
    whole = tuple(n + 2 * p for n, p in zip(wanted, padding, strict=True))
    counts = [
        (n - d * (k - 1) - 1) // s + 1
        for n, d, k, s in zip(whole, dilation, size, stride, strict=True)
    ]
    batched = x if x.ndim == 3 else F.unsqueeze(x, 0)
    channels = batched.shape[1] // prod(size)
    apart = F.reshape(batched, (batched.shape[0], channels, *size, *counts))
    seen = F.permute(apart, (0, 1, 4, 5, 2, 3))
    shape = (batched.shape[0], channels, *whole)
    found = F.from_windows(seen, shape, size, stride, dilation)
    for dim, (p, n) in enumerate(zip(padding, wanted, strict=True), 2):
        found = F.narrow(found, dim, p, n)
    return found if x.ndim == 3 else F.squeeze(found, 0)


composite(
    "fold", "An image of columns: its windows, added up where they overlap.", _fold,
    torch="torch.nn.functional.fold", definition=r"y_{c, i} = \textstyle\sum_{s l + d k = i}"
    r" x_{c k, l}",
    formula=r"\bar{x} = \operatorname{unfold}(\bar{y})", also="nn.Fold aten.col2im",
)  # fmt: skip


def _transposed(n: int) -> Any:
    """The adjoint of a convolution."""
    letters = "xyz"[:n], "klm"[:n]

    def define(
        F: Any,
        x: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        dilation: Any = 1,
    ) -> Any:
        steps = [per_dimension(v, n) for v in (stride, padding, output_padding, dilation)]
        batched = x if x.ndim == n + 2 else F.unsqueeze(x, 0)
        shape = tuple(batched.shape)
        apart = F.reshape(batched, (shape[0], groups, -1, *shape[2:]))
        weights = F.reshape(weight, (groups, -1, *tuple(weight.shape)[1:]))
        places, taps = letters
        seen = F.einsum(f"bgi{places},gio{taps}->bgo{places}{taps}", apart, weights)
        seen = F.reshape(seen, (shape[0], -1, *shape[2:], *tuple(weight.shape)[2:]))
        y = _overlaid(F, seen, shape[2:], tuple(weight.shape)[2:], steps)
        y = y if bias is None else y + F.along(bias, 1, n + 2)
        return y if x.ndim == n + 2 else F.squeeze(y, 0)

    return define


def _overlaid(F: Any, seen: Any, extents: Any, kernel: Any, steps: list[Any]) -> Any:
    """Windows added up, and cut by the padding."""
    stride, padding, more, dilation = steps
    whole = tuple(
        (e - 1) * s + d * (k - 1) + 1 + m
        for e, s, d, k, m in zip(extents, stride, dilation, kernel, more, strict=True)
    )
    y = F.from_windows(seen, (*tuple(seen.shape)[:2], *whole), kernel, stride, dilation)
    for dim, (p, n) in enumerate(zip(padding, whole, strict=True), 2):
        y = F.narrow(y, dim, p, n - 2 * p)
    return y


def _powers(n: int) -> Any:
    def define(F: Any, x: Any, norm_type: float, kernel_size: Any, stride: Any = None) -> Any:
        size = per_dimension(kernel_size, n)
        steps = size if stride is None else per_dimension(stride, n)
        seen = F.windows(x, size, steps, (1,) * n)
        total = F.sum(seen**norm_type, tuple(range(x.ndim, x.ndim + n)))
        return (F.sign(total) * F.relu(F.abs(total))) ** (1 / norm_type)

    return define


def _unpooled(n: int) -> Any:
    def define(
        F: Any,
        x: Any,
        indices: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        output_size: Any = None,
    ) -> Any:
        size, padding = per_dimension(kernel_size, n), per_dimension(padding, n)
        steps = size if stride is None else per_dimension(stride, n)
        lead = tuple(x.shape)[: x.ndim - n]
        wanted = tuple(
            (e - 1) * s + k - 2 * p
            for e, s, k, p in zip(tuple(x.shape)[-n:], steps, size, padding, strict=True)
        )
        wanted = wanted if output_size is None else tuple(output_size)[-n:]
        index = F.constant(F.lift(indices)).reshape(*lead, -1)
        flat = F.scatter_zeros(F.reshape(x, (*lead, -1)), -1, index, (*lead, prod(wanted)))
        return F.reshape(flat, (*lead, *wanted))

    return define  # fmt: skip


for _n in (1, 2, 3):
    composite(
        f"conv_transpose{_n}d", f"The adjoint of the convolution over {_n} dimensions.",
        _transposed(_n), torch=f"torch.nn.functional.conv_transpose{_n}d",
        tensors=["x", "weight", "bias"],
        definition=r"y_{o, s i + d k} \mathrel{+}= \textstyle\sum_c x_{c, i} w_{c, o, k}",
        formula=r"\bar{x} = \bar{y} \star w, \quad \bar{w} = \bar{y} \star x, \quad \bar{b} ="
        r" \textstyle\sum \bar{y}",
        also=f"torch.conv_transpose{_n}d nn.ConvTranspose{_n}d",
    )  # fmt: skip
    composite(
        f"lp_pool{_n}d", f"The p-norm of the numbers of every window of {_n} dimensions.",
        _powers(_n), torch=f"torch.nn.functional.lp_pool{_n}d",
        definition=r"y = \bigl(\textstyle\sum_i x_i^p\bigr)^{1/p}",
        formula=r"\bar{x}_i = \textstyle\sum \bar{y} (x_i / y)^{p-1}", also=f"nn.LPPool{_n}d",
    )  # fmt: skip
    composite(
        f"max_unpool{_n}d", f"Numbers put back where a pool of {_n} dimensions found them.",
        _unpooled(_n), torch=f"torch.nn.functional.max_unpool{_n}d", tensors=["x"],
        definition=r"y_{\text{index}_i} = x_i, \quad 0 \text{ elsewhere}",
        formula=r"\bar{x}_i = \bar{y}_{\text{index}_i}", also=f"nn.MaxUnpool{_n}d",
    )  # fmt: skip


def _sliding(F: Any, x: Any, dimension: int, size: int, step: int) -> Any:
    last = F.windows(F.moveaxis(x, dimension, -1), (size,), (step,), (1,))
    return F.moveaxis(last, -2, dimension % x.ndim)


composite(
    "sliding", "All windows along one dimension, each along a new last one.", _sliding,
    torch="torch.Tensor.unfold", definition=r"y_{l k} = x_{s l + k}",
    formula=r"\bar{x}_i = \textstyle\sum_{s l + k = i} \bar{y}_{l k}",
)  # fmt: skip
