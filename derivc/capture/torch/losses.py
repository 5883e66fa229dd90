"""ATen's fused losses, with their reductions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.capture.elements import divide, each, mapped, mean, reduced, total
from derivc.capture.torch.indexing import _constant
from derivc.capture.torch.state import state
from derivc.symbolic.tracing import elementwise

Function = Callable[..., Any]
Array = Any
_NONE, _MEAN = 0, 1


def _reduce(loss: Array, reduction: int) -> Array:
    if reduction == _NONE:
        return loss
    state.reducing(loss)
    return reduced(mean if reduction == _MEAN else total, loss)


def _loss(name: str) -> Function:
    """A loss of the registry: input, target, reduction, parameter."""

    def apply(x: Array, target: Array, reduction: int = _MEAN, *rest: Any, **named: Any) -> Array:
        given = (*rest, *(named[k] for k in ("beta", "delta") if k in named))
        return _reduce(mapped(name)(x, target, *given), reduction)

    return apply


def _bce(x: Array, target: Array, weight: Any = None, reduction: int = _MEAN) -> Array:
    return _weighted(mapped("binary_cross_entropy")(x, target), weight, reduction)


def _weighted(loss: Array, weight: Any, reduction: int) -> Array:
    return _reduce(loss if weight is None else each(operator.mul, loss, weight), reduction)


def _bce_logits(x: Array, target: Array, weight: Any = None, pos_weight: Any = None,
                reduction: int = _MEAN) -> Array:  # fmt: skip
    if pos_weight is None:
        loss = mapped("binary_cross_entropy_with_logits")(x, target)
    else:
        plus, minus = mapped("softplus")(x), mapped("softplus")(each(operator.neg, x))
        loss = each(lambda p, m, t, w: (1 - t) * p + w * t * m, plus, minus, target, pos_weight)
    return _weighted(loss, weight, reduction)


def _nll(x: Array, target: Array, weight: Any, reduction: int, ignore: int) -> Any:
    """The negative log-likelihood of constant classes; what is ignored counts neither way."""
    classes = _constant(target)
    moved = np.moveaxis(x, 1, -1) if x.ndim > 1 else x
    table, labels = moved.reshape(-1, moved.shape[-1]), classes.reshape(-1)
    scales = np.ones(table.shape[1], object) if weight is None else weight
    kept = labels != ignore
    parts = np.empty(len(labels), object)
    parts[:] = 0.0
    for i in np.flatnonzero(kept):
        parts[i] = -(table[i, labels[i]] * scales[labels[i]])
    scale = float(sum(scales[label] for label in labels[kept]))
    if reduction == _NONE:
        return parts.reshape(classes.shape), np.full((), scale, object)
    found = reduced(total, parts)
    return (each(divide, found, scale) if reduction == _MEAN else found), np.full((), scale, object)


def _multi_margin(x: Array, target: Array, p: Any = 1, margin: Any = 1, weight: Any = None,
                  reduction: int = _MEAN) -> Array:  # fmt: skip
    table, labels = np.atleast_2d(x), np.atleast_1d(_constant(target))
    found = np.empty(len(table), object)
    for i, (row, label) in enumerate(zip(table, labels, strict=True)):
        scale = 1.0 if weight is None else weight[label]
        lacks = [margin - row[label] + v for j, v in enumerate(row) if j != label]
        found[i] = total(
            scale * elementwise.function_of("maximum")(v, 0) ** p for v in lacks
        ) / len(row)
    return _reduce(found if x.ndim > 1 else found[0:1].reshape(()), reduction)


TABLE: dict[str, Function] = {
    **{name: _loss(name) for name in
       ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss")},
    "binary_cross_entropy": _bce, "binary_cross_entropy_with_logits": _bce_logits,
    "nll_loss_forward": _nll, "nll_loss2d_forward": _nll, "multi_margin_loss": _multi_margin,
}  # fmt: skip
