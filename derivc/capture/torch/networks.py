"""ATen's layers: normalisations, convolutions, pooling."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.capture.elements import dot, each, largest, mean, reduced, total
from derivc.capture.torch.layout import _pad
from derivc.capture.torch.reductions import softmax
from derivc.capture.unknown import places
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.refusal import refuse

Function = Callable[..., Any]
Array = Any


def _standardised(x: Array, axes: Sequence[int], eps: float) -> Any:
    """(x - mean)/sqrt(variance + eps), and both moments, kept as dimensions of extent 1."""
    middle = reduced(mean, x, axes, True)
    apart = each(operator.sub, x, middle)
    spread = reduced(mean, each(lambda d: d**2, apart), axes, True)
    scale = each(lambda v: 1 / elementwise.sqrt(v + eps), spread)
    return each(operator.mul, apart, scale), middle, scale


def _scaled(x: Array, weight: Any, bias: Any, shape: Any) -> Array:
    for operation, value in ((operator.mul, weight), (operator.add, bias)):
        if value is not None:
            x = each(operation, x, value.reshape(shape))
    return x


def _layer_norm(x: Array, shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    axes = list(range(x.ndim - len(shape), x.ndim))
    found, middle, scale = _standardised(x, axes, eps)
    return _scaled(found, weight, bias, tuple(shape)), middle, scale


def _rms_norm(x: Array, shape: Any, weight: Any = None, eps: Any = None) -> Any:
    axes = list(range(x.ndim - len(shape), x.ndim))
    floor = 2.220446049250313e-16 if eps is None else eps
    spread = reduced(mean, each(lambda v: v**2, x), axes, True)
    scale = each(lambda v: 1 / elementwise.sqrt(v + floor), spread)
    return _scaled(each(operator.mul, x, scale), weight, None, tuple(shape)), scale


def _group_norm(x: Array, weight: Any, bias: Any, n: int, c: int, hxw: int, groups: int,
                eps: float) -> Any:  # fmt: skip
    grouped = x.reshape(n, groups, -1)
    found, middle, scale = _standardised(grouped, [2], eps)
    shape = (1, c, *(1,) * (x.ndim - 2))
    return _scaled(found.reshape(x.shape), weight, bias, shape), middle, scale


def _batch_norm(x: Array, weight: Any, bias: Any, running_mean: Any, running_var: Any,
                training: bool, momentum: Any, eps: float, *rest: Any) -> Any:  # fmt: skip
    shape = (1, x.shape[1], *(1,) * (x.ndim - 2))
    if training:
        axes = [0, *range(2, x.ndim)]
        found, middle, scale = _standardised(x, axes, eps)
    else:
        middle, spread = running_mean.reshape(shape), running_var.reshape(shape)
        scale = each(lambda v: 1 / elementwise.sqrt(v + eps), spread)
        found = each(lambda v, m, s: (v - m) * s, x, middle, scale)
    return _scaled(found, weight, bias, shape), middle, scale


def _windows(
    x: Array, size: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> tuple[Array, tuple[int, ...]]:
    """All windows over the last dimensions: (..., places, elements of the window)."""
    d = len(size)
    extents = [
        (n - step * (k - 1) - 1) // s + 1
        for n, k, s, step in zip(x.shape[-d:], size, stride, dilation, strict=True)
    ]
    offsets = list(
        itertools.product(*(range(0, k * s, s) for k, s in zip(size, dilation, strict=True)))
    )
    taken = []
    for offset in offsets:
        key = tuple(
            slice(o, o + s * (n - 1) + 1, s)
            for o, s, n in zip(offset, stride, extents, strict=True)
        )
        taken.append(x[(..., *key)])
    return np.stack(taken, axis=-1), tuple(extents)


def _listed(value: Any, count: int) -> list[int]:
    made = list(value) if isinstance(value, list | tuple) else [value]
    return made * count if len(made) == 1 else made


def _padded(x: Array, padding: Sequence[int], value: float = 0.0) -> Array:
    return _pad(x, [p for width in reversed(padding) for p in (width, width)], value)


def _convolution(x: Array, weight: Array, bias: Any, stride: Any, padding: Any, dilation: Any,
                 transposed: bool, output_padding: Any, groups: int) -> Array:  # fmt: skip
    d = weight.ndim - 2
    steps, widths, gaps = (_listed(value, d) for value in (stride, padding, dilation))
    if transposed:
        found = _transposed(x, weight, steps, widths, gaps, _listed(output_padding, d), groups)
    else:
        found = convolved(x, weight, steps, widths, gaps, groups)
    return found if bias is None else each(operator.add, found, bias.reshape(1, -1, *(1,) * d))


def _transposed(x: Array, weight: Array, stride: Sequence[int], padding: Sequence[int],
                dilation: Sequence[int], more: Sequence[int], groups: int) -> Array:  # fmt: skip
    """The adjoint of a convolution: zeros between the elements, the kernel turned round."""
    places = [(n - 1) * s + 1 for n, s in zip(x.shape[2:], stride, strict=True)]
    spread = np.full((*x.shape[:2], *places), 0.0, object)
    spread[tuple([slice(None)] * 2 + [slice(None, None, s) for s in stride])] = x
    sizes = weight.shape[2:]
    before = [g * (k - 1) - p for g, k, p in zip(dilation, sizes, padding, strict=True)]
    pairs = [w for b, m in reversed(list(zip(before, more, strict=True))) for w in (b, b + m)]
    parts = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    kernel = np.flip(parts.reshape(-1, parts.shape[2], *sizes), tuple(range(2, weight.ndim)))
    once, none = [1] * len(sizes), [0] * len(sizes)
    return convolved(_pad(spread, pairs), kernel, once, none, dilation, groups)


def convolved(x: Array, weight: Array, stride: Any, padding: Any, dilation: Any,
              groups: int) -> Array:  # fmt: skip
    """The correlation of (batch, channels, ...) with (channels out, channels in a group, ...)."""
    d = weight.ndim - 2
    table, extents = _windows(_padded(x, padding), weight.shape[2:], stride, dilation)
    found = np.empty((x.shape[0], weight.shape[0], *extents), object)
    per_in, per_out = x.shape[1] // groups, weight.shape[0] // groups
    for n, o in np.ndindex(x.shape[0], weight.shape[0]):
        first = o // per_out * per_in
        parts = table[n, first : first + per_in]  # channels, places, window
        kernel = weight[o].reshape(per_in, *(1,) * d, -1)
        products = np.moveaxis(each(operator.mul, parts, kernel), 0, -1)
        found[n, o] = reduced(total, products, [-2, -1])
    return found


def _pooled(function: Function, x: Array, size: Any, stride: Any, padding: Any, dilation: Any,
            outside: float, ceil_mode: bool) -> Array:  # fmt: skip
    d = len(size)
    if ceil_mode:
        raise refuse("pools with ceil_mode=True", "pad the input, or use ceil_mode=False")
    padded = _padded(x, _listed(padding, d), outside)
    steps = _listed(stride, d) if stride not in (None, []) else list(size)
    table, _ = _windows(padded, size, steps, _listed(dilation, d))
    return reduced(function, table, [-1])


def _max_pool(dims: int) -> Function:
    def apply(x: Array, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
              ceil_mode: bool = False) -> Any:  # fmt: skip
        found = _pooled(largest, x, _listed(size, dims), stride, padding, dilation, -math.inf,
                        ceil_mode)  # fmt: skip
        return found, places(found.shape)

    return apply


def _avg_pool(dims: int) -> Function:
    def apply(x: Array, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
              count_include_pad: bool = True, divisor_override: Any = None) -> Array:  # fmt: skip
        if not count_include_pad or divisor_override:
            raise refuse("pools with a divisor of its own", "use the default divisor")
        return _pooled(mean, x, _listed(size, dims), stride, padding, 1, 0.0, ceil_mode)

    return apply


def _adaptive_avg(dims: int) -> Function:
    def apply(x: Array, size: Any) -> Array:
        for axis, count in zip(range(x.ndim - dims, x.ndim), _listed(size, dims), strict=True):
            n = x.shape[axis]
            cuts = [(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]
            parts = [np.take(x, range(a, b), axis=axis) for a, b in cuts]
            x = np.concatenate([reduced(mean, part, axis, True) for part in parts], axis=axis)
        return x

    return apply


def _distances(a: Array, b: Array, p: float = 2.0, mode: Any = None) -> Array:
    from derivc.capture.torch.reductions import _length

    apart = each(operator.sub, a[..., :, None, :], b[..., None, :, :])
    return reduced(lambda items: _length(items, p), apart, [-1])


def _pairwise(x: Array, p: float = 2.0) -> Array:
    rows, columns = np.triu_indices(len(x), 1)
    return _distances(x, x, p)[rows, columns]


def _upsample_nearest(x: Array, size: Any, *rest: Any) -> Array:
    d = len(size)
    for axis, count in zip(range(x.ndim - d, x.ndim), size, strict=True):
        n = x.shape[axis]
        x = np.take(x, [i * n // count for i in range(count)], axis=axis)
    return x


def _attention(
    query: Array, key: Array, value: Array, dropout_p: float = 0.0, is_causal: bool = False, *,
    attn_mask: Any = None, scale: Any = None, **named: Any,
) -> Any:  # fmt: skip
    """softmax(q k'/sqrt(d)) v; masked places are left out of the sums."""
    if dropout_p:
        raise refuse("draws random numbers (dropout in attention)", "call .eval() on the module")
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = each(operator.mul, dot(query, np.swapaxes(key, -1, -2)), factor)
    if is_causal:
        attn_mask = np.tril(np.ones(scores.shape[-2:], bool)).astype(object)
    weights = _masked_softmax(scores, attn_mask)
    return dot(weights, value), scores


def _masked_softmax(scores: Array, mask: Any) -> Array:
    if mask is None:
        return softmax(scores, -1)
    spread = np.broadcast_to(mask, scores.shape)
    if not all(isinstance(item, bool) for item in spread.flat):
        return softmax(each(operator.add, scores, spread), -1)
    made = np.full(scores.shape, 0.0, dtype=object)
    for index in np.ndindex(scores.shape[:-1]):
        kept = spread[index].astype(bool)
        if kept.any():
            made[(*index, kept)] = softmax(scores[index][kept], -1)
    return made


TABLE: dict[str, Function] = {
    "_scaled_dot_product_flash_attention_for_cpu": _attention, "native_layer_norm": _layer_norm,
    "_fused_rms_norm": _rms_norm,
    "native_group_norm": _group_norm, "native_batch_norm": _batch_norm,
    "_native_batch_norm_legit": _batch_norm, "convolution": _convolution,
    "_native_batch_norm_legit_no_training": lambda x, w, b, m, v, momentum, eps: _batch_norm(
        x, w, b, m, v, False, momentum, eps),
    "max_pool2d_with_indices": _max_pool(2), "max_pool3d_with_indices": _max_pool(3),
    "max_pool2d": lambda *args, **named: _max_pool(2)(*args, **named)[0],
    "avg_pool1d": _avg_pool(1), "avg_pool2d": _avg_pool(2), "avg_pool3d": _avg_pool(3),
    "_adaptive_avg_pool2d": _adaptive_avg(2), "_adaptive_avg_pool3d": _adaptive_avg(3),
    "adaptive_avg_pool1d": _adaptive_avg(1), "_cdist_forward": _distances,
    "_euclidean_dist": _distances, "_pdist_forward": _pairwise,
    "upsample_nearest1d": _upsample_nearest, "upsample_nearest2d": _upsample_nearest,
}  # fmt: skip
