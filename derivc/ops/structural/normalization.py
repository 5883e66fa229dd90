r"""Normalization: numbers with their mean taken off, divided by their standard deviation."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite, structural


def _normalized(xp: Any, x: Any, dims: tuple[int, ...], eps: float) -> Any:
    centred = x - xp.mean(x, axis=dims, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=dims, keepdims=True) + eps)


def _normalized_vjp(F: Any, g: Any, x: Any, dims: tuple[int, ...], eps: float) -> Any:
    centred = x - F.mean(x, dims, True)
    scale = F.rsqrt(F.mean(centred * centred, dims, True) + eps)
    y = centred * scale
    return scale * (g - F.mean(g, dims, True) - y * F.mean(g * y, dims, True))


structural(
    "normalized", "Mean 0 and variance 1 over dimensions.", forward=_normalized,
    vjp=_normalized_vjp,
    jvp="symmetric",
    numbers="holomorphic",
    formula=r"\bar{x} = \frac{1}{\sigma}\left(\bar{y} - \langle\bar{y}\rangle - y\,\langle\bar{y} y"
    r"\rangle\right), \quad \sigma = \sqrt{\operatorname{var} x + \epsilon}",
    definition=r"y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \quad \mu = \langle x \rangle, "
    r"\; \sigma^2 = \langle (x - \mu)^2 \rangle",
    tangent=r"\dot{y} = \frac{1}{\sigma} \left(\dot{x} - \langle \dot{x} \rangle - y \langle y "
    r"\dot{x} \rangle\right)",
)  # fmt: skip


def _scaled(y: Any, weight: Any, bias: Any) -> Any:
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _layer_norm(
    F: Any, x: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    dims = tuple(range(x.ndim - len(shape), x.ndim))
    return _scaled(F.normalized(x, dims, eps), weight, bias)


composite(
    "layer_norm", "Normalized over the last dimensions, then scaled and shifted.", _layer_norm,
    torch="torch.nn.functional.layer_norm",
    tensors=["x", "weight", "bias"],
    formula=r"\bar{w} = \textstyle\sum \bar{y} \hat{x}, \quad \bar{b} = \sum \bar{y}, \quad "
    r"\bar{x} = \frac{1}{\sigma} (w \bar{y} - \langle w \bar{y}\rangle - \hat{x} \langle "
    r"w \bar{y} \hat{x}\rangle)",
    also="torch.layer_norm nn.LayerNorm aten.native_layer_norm",
    definition=r"y = w\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b, \quad \mu, \sigma^2 "
    r"\text{ over the last dimensions}",
)  # fmt: skip


def _batch_norm(
    F: Any,
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Channels along dimension 1; in training the running moments move towards the batch's."""
    dims = (0, *range(2, x.ndim))
    weight, bias = (None if t is None else F.along(t, 1, x.ndim) for t in (weight, bias))
    if training or running_mean is None:
        F.move_towards(running_mean, F.mean(x, dims), momentum)
        F.move_towards(running_var, F.var(x, dims), momentum)
        return _scaled(F.normalized(x, dims, eps), weight, bias)
    mean, var = (F.along(F.lift(t), 1, x.ndim) for t in (running_mean, running_var))
    return _scaled((x - mean) * F.rsqrt(var + eps), weight, bias)


composite(
    "batch_norm", "Normalized per channel over the batch, then scaled and shifted.", _batch_norm,
    torch="torch.nn.functional.batch_norm",
    tensors=["x", "weight", "bias"],
    formula=r"\bar{w} = \textstyle\sum \bar{y} \hat{x}, \quad \bar{b} = \sum \bar{y}, \quad "
    r"\bar{x} = \frac{w}{\sigma} (\bar{y} - \langle \bar{y}\rangle - \hat{x} \langle "
    r"\bar{y} \hat{x}\rangle); \quad w \bar{y} / \sigma \text{ with given moments}",
    also="nn.BatchNorm1d nn.BatchNorm2d nn.BatchNorm3d nn.SyncBatchNorm aten.native_batch_norm "
    "aten._native_batch_norm_legit aten._native_batch_norm_legit_no_training",
    definition=r"y = w\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b, \quad \mu, \sigma^2 "
    r"\text{ of a channel over the batch}",
)  # fmt: skip


def _rms_norm(F: Any, x: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    dims = tuple(range(x.ndim - len(shape), x.ndim))
    eps = F.epsilon(x) if eps is None else eps
    return _scaled(x * F.rsqrt(F.mean(x * x, dims, True) + eps), weight, None)


composite(
    "rms_norm", "Divided by the root of the mean square over the last dimensions.", _rms_norm,
    torch="torch.nn.functional.rms_norm", tensors=["x", "weight"],
    formula=r"\bar{w} = \textstyle\sum \bar{y} x / r, \quad \bar{x} = \frac{1}{r} \bigl(w "
    r"\bar{y} - \frac{x}{r^2} \langle w \bar{y} x \rangle\bigr), \quad r = \sqrt{\langle "
    r"x^2 \rangle + \epsilon}",
    also="torch.rms_norm nn.RMSNorm aten._fused_rms_norm",
    definition=r"y = w\,\frac{x}{\sqrt{\langle x^2 \rangle + \epsilon}}",
)  # fmt: skip


def _normalize(F: Any, x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    size = F.vector_norm(x, p, dim, True)
    return x / F.maximum(size, eps)


composite(
    "normalize", "Divided by the p-norm along a dimension.", _normalize,
    torch="torch.nn.functional.normalize",
    formula=r"\bar{x} = \frac{1}{\|x\|} \bigl(\bar{y} - (\bar{y} \cdot y) \nabla \|x\|\bigr), "
    r"\quad \nabla \|x\|_2 = y; \quad \bar{y} / \epsilon \text{ below } \epsilon",
    definition=r"y = \frac{x}{\max(\|x\|_p, \epsilon)}",
)  # fmt: skip


def _cosine(F: Any, a: Any, b: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    sizes = [F.maximum(F.vector_norm(t, 2, dim, True), eps) for t in (a, b)]
    return F.sum((a / sizes[0]) * (b / sizes[1]), dim)


composite(
    "cosine_similarity", "The cosine of the angle between vectors along a dimension.", _cosine,
    torch="torch.nn.functional.cosine_similarity", tensors=["a", "b"],
    formula=r"\bar{a} = \bar{y} \left(\frac{b}{\|a\| \|b\|} - y \frac{a}{\|a\|^2}\right), \quad "
    r"\bar{b} = \bar{y} \left(\frac{a}{\|a\| \|b\|} - y \frac{b}{\|b\|^2}\right)",
    renamed={"x1": "a", "x2": "b", "axis": "dim"},
    also="torch.cosine_similarity nn.CosineSimilarity",
    definition=r"y = \frac{a \cdot b}{\max(\|a\|, \epsilon) \max(\|b\|, \epsilon)}",
)  # fmt: skip


def _distance(
    F: Any, a: Any, b: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    return F.vector_norm(a - b + eps, p, -1, keepdim)


composite(
    "pairwise_distance", "The p-norm of differences along the last dimension.", _distance,
    torch="torch.nn.functional.pairwise_distance", tensors=["a", "b"],
    formula=r"\bar{a} = \bar{y}\,\operatorname{sgn}(d) (|d|/y)^{p-1}, \quad \bar{b} = -\bar{a}, "
    r"\quad d = a - b + \epsilon",
    renamed={"x1": "a", "x2": "b", "keepdims": "keepdim"},
    also="torch.pairwise_distance nn.PairwiseDistance",
    definition=r"y = \|a - b + \epsilon\|_p",
)  # fmt: skip
composite(
    "dist", "The p-norm of the difference of two arrays.",
    lambda F, a, b, p=2: F.vector_norm(a - b, p), torch="torch.dist",
    tensors=["a", "b"],
    formula=r"\bar{a} = \bar{y}\,\operatorname{sgn}(d) (|d|/y)^{p-1}, \quad \bar{b} = -\bar{a}, "
    r"\quad d = a - b",
    also="T.dist",
    definition=r"y = \|a - b\|_p",
)  # fmt: skip
composite(
    "glu", "One half times the sigmoid of the other.",
    lambda F, x, dim=-1: _glu(F, x, dim), torch="torch.nn.functional.glu",
    formula=r"\bar{a} = \bar{y}\, \sigma(b), \quad \bar{b} = \bar{y}\, a\, \sigma(b) (1 - "
    r"\sigma(b))",
    also="nn.GLU jax.nn.glu",
    definition=r"y = a\, \sigma(b), \quad x = (a, b)",
)  # fmt: skip


def _glu(F: Any, x: Any, dim: int) -> Any:
    left, right = F.chunk(x, 2, dim)
    return left * F.sigmoid(right)


def _group_norm(
    F: Any, x: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Channels along dimension 1, so many next to each other in a group."""
    shape = tuple(x.shape)
    apart = F.reshape(x, (shape[0], num_groups, -1))
    y = F.reshape(F.normalized(apart, (2,), eps), shape)
    weight, bias = (None if t is None else F.along(t, 1, x.ndim) for t in (weight, bias))
    return _scaled(y, weight, bias)


composite(
    "group_norm", "Normalized per sample and group of channels, then scaled and shifted.",
    _group_norm, torch="torch.nn.functional.group_norm", tensors=["x", "weight", "bias"],
    definition=r"y = w\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b, \quad \mu, \sigma^2"
    r" \text{ of a group}",
    formula=r"\bar{w} = \textstyle\sum \bar{y} \hat{x}, \quad \bar{b} = \sum \bar{y}, \quad \bar{x}"
    r" = \frac{1}{\sigma} (w \bar{y} - \langle w \bar{y}\rangle - \hat{x} \langle w \bar{y}"
    r" \hat{x}\rangle)",
    also="nn.GroupNorm torch.group_norm aten.native_group_norm",
)  # fmt: skip


def _instance_norm(
    F: Any,
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    if not use_input_stats:
        return _batch_norm(F, x, running_mean, running_var, weight, bias, False, momentum, eps)
    dims = tuple(range(2, x.ndim))
    weight, bias = (None if t is None else F.along(t, 1, x.ndim) for t in (weight, bias))
    F.move_towards(running_mean, F.mean(F.mean(x, dims), 0), momentum)
    F.move_towards(running_var, F.mean(F.var(x, dims), 0), momentum)
    return _scaled(F.normalized(x, dims, eps), weight, bias)


composite(
    "instance_norm", "Normalized per sample and channel, then scaled and shifted.", _instance_norm,
    torch="torch.nn.functional.instance_norm", tensors=["x", "weight", "bias"],
    definition=r"y = w\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b, \quad \mu, \sigma^2"
    r" \text{ of a sample's channel}",
    formula=r"\bar{w} = \textstyle\sum \bar{y} \hat{x}, \quad \bar{b} = \sum \bar{y}, \quad "
    r"\bar{x} = \frac{w}{\sigma} (\bar{y} - \langle \bar{y}\rangle - \hat{x} \langle "
    r"\bar{y} \hat{x}\rangle)",
    also="nn.InstanceNorm1d nn.InstanceNorm2d nn.InstanceNorm3d torch.instance_norm",
)  # fmt: skip


def _local_response(
    F: Any, x: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Any:
    """The mean square of `size` channels around each, those beyond the ends counted as zero."""
    last = F.moveaxis(x * x, 1, -1)
    seen = F.windows(F.pad(last, [size // 2, (size - 1) // 2]), (size,), (1,), (1,))
    return x * (F.moveaxis(F.mean(seen, -1), -1, 1) * alpha + k) ** -beta


composite(
    "local_response_norm", "Divided by a power of the mean square of the channels around.",
    _local_response, torch="torch.nn.functional.local_response_norm",
    definition=r"y_c = x_c \bigl(k + \tfrac{\alpha}{n} \textstyle\sum_{c'} x_{c'}^2\bigr)^{-\beta}",
    formula=r"\bar{x}_c = \bar{y}_c s_c^{-\beta} - \tfrac{2 \alpha \beta}{n} x_c"
    r" \textstyle\sum_{c'} \bar{y}_{c'} x_{c'} s_{c'}^{-\beta-1}, \quad s = k + \tfrac{\alpha}{n}"
    r" \sum x^2",
    also="nn.LocalResponseNorm nn.CrossMapLRN2d",
)  # fmt: skip
