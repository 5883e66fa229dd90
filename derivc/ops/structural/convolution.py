r"""Convolution and pooling: sliding windows, then a sum of products, a maximum or a mean.

`windows` and its adjoint are declared; all else is written by them, so every derivative is known,
to any order.
"""

from __future__ import annotations

from typing import Any

from derivc.errors import ShapeError
from derivc.ops.structure import composite, structural

Pair = tuple[int, ...]


def per_dimension(value: Any, n: int) -> Pair:
    """One number for each of n dimensions."""
    return (value,) * n if isinstance(value, int) else tuple(value)


def _windows(xp: Any, x: Any, size: Pair, stride: Pair, dilation: Pair) -> Any:
    """(..., L) to (..., places, size): for every one of the last dimensions."""
    n = len(size)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True))
    dims = tuple(range(x.ndim - n, x.ndim))
    whole = xp.lib.stride_tricks.sliding_window_view(x, reach, axis=dims)
    steps = [slice(None, None, s) for s in stride] + [slice(None, None, d) for d in dilation]
    return whole[(..., *steps)]


structural(
    "windows", "All windows of a size that slide over the last dimensions.", forward=_windows,
    is_view=True,
    vjp=lambda F, g, x_shape, size, stride, dilation: F.from_windows(
        g, x_shape, size, stride, dilation
    ),
    jvp="linear",
    formula=r"\bar{x}_i = \textstyle\sum \bar{y} \text{ over the windows that hold } i",
    definition="y_{l, k} = x_{s l + d k}",
)  # fmt: skip


def _from_windows(xp: Any, x: Any, shape: Pair, size: Pair, stride: Pair, dilation: Pair) -> Any:
    found = xp.zeros(shape, x.dtype)
    n, places = len(size), x.shape[x.ndim - 2 * len(size) : x.ndim - len(size)]
    for offset in xp.ndindex(*size):
        cut = tuple(
            slice(o * d, o * d + s * (p - 1) + 1, s)
            for o, d, s, p in zip(offset, dilation, stride, places, strict=True)
        )
        found[(..., *cut)] += x[(..., *(slice(None),) * n, *offset)] if n else x
    return found


structural(
    "from_windows", "The sum of windows, each number at its place: the adjoint of `windows`.",
    forward=_from_windows,
    vjp=lambda F, g, size, stride, dilation: F.windows(g, size, stride, dilation),
    jvp="linear", formula=r"\bar{x} = \operatorname{windows}(\bar{y})",
    definition=r"y_i = \textstyle\sum_{s l + d k = i} x_{l, k}",
)  # fmt: skip


def _padded(F: Any, x: Any, padding: Pair, value: float = 0.0) -> Any:
    widths = [w for p in reversed(padding) for w in (p, p)]
    return F.pad(x, widths, "constant", value) if any(widths) else x


def _same(kernel: Pair, dilation: Pair) -> Pair:
    """The padding that keeps extents, for odd kernels."""
    return tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))


def _check(x: Any, weight: Any, n: int, groups: int) -> None:
    """Complain about shapes that are none of a convolution.

    Raises:
        ShapeError: numbers of dimensions or channels do not fit.
    """
    fits = x.ndim in (n + 1, n + 2) and weight.ndim == n + 2
    if not fits or x.shape[-n - 1] != groups * weight.shape[1] or weight.shape[0] % groups:
        raise ShapeError(
            f"conv{n}d of shape {tuple(x.shape)} with weights {tuple(weight.shape)} and"
            f" groups={groups}: expected (batch, channels, ...{n} extents) and (out,"
            f" channels/groups, ...{n} extents)"
        )


def _convolution(n: int) -> Any:
    letters = "xyz"[:n], "klm"[:n]

    def define(
        F: Any,
        x: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        _check(x, weight, n, groups)
        kernel = tuple(weight.shape)[2:]
        stride, dilation = per_dimension(stride, n), per_dimension(dilation, n)
        padding = (
            {"same": _same(kernel, dilation), "valid": 0}.get(padding, padding)
            if isinstance(padding, str)
            else padding
        )
        batched = x if x.ndim == n + 2 else F.unsqueeze(x, 0)
        seen = F.windows(_padded(F, batched, per_dimension(padding, n)), kernel, stride, dilation)
        apart = (
            F.reshape(seen, (seen.shape[0], groups, -1, *seen.shape[2:]))
            if groups > 1
            else F.unsqueeze(seen, 1)
        )
        weights = F.reshape(weight, (groups, -1, *weight.shape[1:]))
        places, taps = letters
        product = F.einsum(f"bgc{places}{taps},goc{taps}->bgo{places}", apart, weights)
        y = F.reshape(product, (product.shape[0], -1, *product.shape[3:]))
        y = y if bias is None else y + F.along(bias, 1, n + 2)
        return y if x.ndim == n + 2 else F.squeeze(y, 0)

    return define


def _pooling(n: int, kind: str) -> Any:
    def define(F: Any, x: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
        kernel = per_dimension(kernel_size, n)
        steps = kernel if stride is None else per_dimension(stride, n)
        border = -float("inf") if kind == "max" else 0.0
        padded = _padded(F, x, per_dimension(padding, n), border)
        seen = F.windows(padded, kernel, steps, (1,) * n)
        flat = F.reshape(seen, (*seen.shape[: seen.ndim - n], -1))
        return F.max_along(flat, -1)[0] if kind == "max" else F.mean(flat, -1)

    return define


for _n in (1, 2, 3):
    composite(
        f"conv{_n}d", f"The convolution (cross-correlation) over {_n} dimensions.",
        _convolution(_n), torch=f"torch.nn.functional.conv{_n}d", tensors=["x", "weight", "bias"],
        definition=r"y_{o, l} = b_o + \textstyle\sum_{c, k} w_{o, c, k}\, x_{c, s l + d k}",
        formula=r"\bar{x} = \bar{y} \star \operatorname{flip} w, \quad \bar{w} = x \star \bar{y},"
        r" \quad \bar{b} = \textstyle\sum \bar{y}",
        also=f"torch.conv{_n}d nn.Conv{_n}d" + (" torch.convolution aten._convolution" * (_n == 2))
        + (" torch.conv_tbc F.conv_tbc" * (_n == 1)),
    )  # fmt: skip
    composite(
        f"max_pool{_n}d", f"The largest number of every window of {_n} dimensions.",
        _pooling(_n, "max"), torch=f"torch.nn.functional.max_pool{_n}d",
        definition=r"y_l = \max_k x_{s l + k}",
        formula=r"\bar{x}_{i^*} = \textstyle\sum \bar{y}, \text{ the first of equals}",
        also=f"nn.MaxPool{_n}d F.max_pool{_n}d_with_indices"
        + (f" torch.max_pool{_n}d aten.max_pool{_n}d_with_indices" if _n > 1 else ""),
    )  # fmt: skip
    composite(
        f"avg_pool{_n}d", f"The mean of every window of {_n} dimensions.", _pooling(_n, "mean"),
        torch=f"torch.nn.functional.avg_pool{_n}d", formula=r"\bar{x} = \textstyle\sum \bar{y} / n",
        definition=r"y_l = \tfrac{1}{n} \textstyle\sum_k x_{s l + k}",
        also=f"nn.AvgPool{_n}d",
    )  # fmt: skip
