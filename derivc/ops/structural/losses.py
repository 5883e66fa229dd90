"""Losses over batches: elementwise losses reduced, and losses over classes."""

from __future__ import annotations

from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structure import composite, structural


def reduced(F: Any, losses: Any, reduction: str) -> Any:
    """The losses themselves, their mean, their sum, or the sum per element of the batch.

    Raises:
        InputTypeError: the reduction is none of these.
    """
    if reduction == "none":
        return losses
    if reduction == "batchmean":
        return F.sum(losses) / losses.shape[0]
    if reduction not in ("mean", "sum"):
        raise InputTypeError(
            f"reduction={reduction!r} is not known; choose mean, sum, batchmean or none"
        )
    return F.mean(losses) if reduction == "mean" else F.sum(losses)


def _weighted(F: Any, losses: Any, scale: Any, reduction: str) -> Any:
    """Losses that have their weights in them, reduced; their mean is over the weights."""
    if reduction == "mean":
        return F.sum(losses) / scale.sum()
    return reduced(F, losses, reduction)


def _nll(
    F: Any,
    x: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
    ignore_index: int = -100,
) -> Any:
    """Minus the log-probability at the target class; classes along dimension 1, or the only one."""
    dim = 1 if x.ndim > 1 else 0
    index, counted = F.classes(target, ignore_index)
    places = index.reshape((*index.shape[:dim], 1, *index.shape[dim:]))
    picked = F.reshape(F.gather(x, dim, places), index.shape)
    scale = F.class_weights(weight, index, counted, x)
    return _weighted(F, -picked * scale, scale, reduction)


composite(
    "nll_loss", "The mean of minus the log-probabilities at the target classes.", _nll,
    torch="torch.nn.functional.nll_loss",
    tensors=["x", "weight"],
    formula=r"\bar{x}_{i, t_i} = -\bar{y}\, w_{t_i} / \sum w",
    also="nn.NLLLoss nn.NLLLoss2d aten.nll_loss_forward aten.nll_loss2d_forward",
    definition=r"y = -\textstyle\sum_i w_{t_i} x_{i, t_i} / \sum_i w_{t_i}",
)  # fmt: skip


def _picked(xp: Any, x: Any, index: Any, scale: Any, dim: int) -> Any:
    """Per sample, minus the logarithm of softmax at one class, times a number."""
    lowered = x - xp.max(x, axis=dim, keepdims=True)
    total = xp.log(xp.sum(xp.exp(lowered), axis=dim))
    chosen = xp.take_along_axis(lowered, xp.expand_dims(index, dim), axis=dim)
    return (total - xp.squeeze(chosen, axis=dim)) * scale


def _picked_vjp(F: Any, g: Any, x: Any, index: Any, scale: Any, dim: int) -> Any:
    hit = F.one_hot(index, x.shape[dim], dim, x)
    return (F.softmax(x, dim) - hit) * F.unsqueeze(g * scale, dim)


def _picked_jvp(F: Any, t: Any, x: Any, index: Any, scale: Any, dim: int) -> Any:
    hit = F.one_hot(index, x.shape[dim], dim, x)
    return F.sum((F.softmax(x, dim) - hit) * t, dim) * scale


structural(
    "picked_cross_entropy", "Minus the log-softmax at one class per sample, times a number.",
    forward=_picked, vjp=_picked_vjp,
    jvp=_picked_jvp,
    numbers="holomorphic",
    formula=r"\bar{x}_i = \bar{y}\, w (\operatorname{softmax}(x)_i - [i = t])",
    definition=r"y = -w \log \operatorname{softmax}(x)_t",
)  # fmt: skip


def _of_classes(
    F: Any, x: Any, target: Any, weight: Any, reduction: str, ignore: int, dim: int
) -> Any:
    index, counted = F.classes(target, ignore)
    scale = F.class_weights(weight, index, counted, x)
    return _weighted(F, F.picked_cross_entropy(x, index, scale, dim), scale, reduction)


def _cross_entropy(
    F: Any,
    x: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    dim = 1 if x.ndim > 1 else 0
    if F.is_float(target):
        logs = F.log_softmax(x, dim)
        smooth = F.lift(target) * (1 - label_smoothing) + label_smoothing / x.shape[dim]
        scaled = smooth if weight is None else smooth * F.along(weight, dim, x.ndim)
        losses = -F.sum(scaled * logs, dim)
        return reduced(F, losses, reduction)
    exact = _of_classes(F, x, target, weight, reduction, ignore_index, dim)
    if not label_smoothing:
        return exact
    logs = F.log_softmax(x, dim)
    spread = _smoothed(F, logs, target, weight, reduction, ignore_index, dim)
    return exact * (1 - label_smoothing) + spread * (label_smoothing / x.shape[dim])


def _smoothed(
    F: Any, logs: Any, target: Any, weight: Any, reduction: str, ignore: int, dim: int
) -> Any:
    """The same with all classes as targets alike."""
    index, counted = F.classes(target, ignore)
    scaled = logs if weight is None else logs * F.along(weight, dim, logs.ndim)
    losses = -F.sum(scaled, dim) * F.indicator(counted, 1, 0, logs)
    return _weighted(F, losses, F.class_weights(weight, index, counted, logs), reduction)


composite(
    "cross_entropy", "The mean cross entropy of softmax and the target classes or distributions.",
    _cross_entropy, torch="torch.nn.functional.cross_entropy",
    tensors=["x", "weight"], formula=r"\bar{x} = \bar{y} (\operatorname{softmax} x - t) / n",
    also="nn.CrossEntropyLoss",
    definition=r"y = -\tfrac{1}{n} \textstyle\sum_i \log \operatorname{softmax}(x_i)_{t_i}",
)  # fmt: skip
