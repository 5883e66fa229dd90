r"""Losses over classes, pairs and triples that ask for a margin; all are written by other ops."""

from __future__ import annotations

from typing import Any

from derivc.ops.structural.losses import reduced
from derivc.ops.structure import composite

_TINY = 1e-12


def _index(F: Any, target: Any) -> Any:
    """Class numbers, as an array."""
    return F.constant(F.lift(target))


def _multi_margin(
    F: Any,
    x: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    reduction: str = "mean",
) -> Any:
    rows = F.reshape(x, (1, -1)) if x.ndim < 2 else x
    index = _index(F, target).reshape(-1)
    own = F.gather(rows, 1, index[:, None])
    others = 1 - F.one_hot(index, rows.shape[1], 1, rows)
    lack = F.maximum(margin - own + rows, 0.0) ** p * others
    lack = lack if weight is None else lack * F.unsqueeze(F.index_select(weight, 0, index), 1)
    losses = F.sum(lack, 1) / rows.shape[1]
    return reduced(F, losses if x.ndim > 1 else F.reshape(losses, ()), reduction)


composite(
    "multi_margin_loss", "How far every class comes within the margin of the target class.",
    _multi_margin, torch="torch.nn.functional.multi_margin_loss", tensors=["x", "weight"],
    definition=r"y = \tfrac{1}{n} \textstyle\sum_{i \ne t} w_t \max(0, m - x_t + x_i)^p",
    formula=r"\bar{x}_i = \tfrac{p}{n} \bar{y}\, w_t \max(0, m - x_t + x_i)^{p-1} \text{ for } i"
    r" \ne t, \quad \bar{x}_t = -\textstyle\sum_{i \ne t} \bar{x}_i",
    also="nn.MultiMarginLoss",
)  # fmt: skip


def _targets(index: Any) -> list[list[int]]:
    """Per row the classes before the first -1."""
    rows = index.reshape(-1, index.shape[-1]).tolist()
    return [row[: row.index(-1)] if -1 in row else row for row in rows]


def _multilabel_margin(F: Any, x: Any, target: Any, reduction: str = "mean") -> Any:
    rows = F.reshape(x, (1, -1)) if x.ndim < 2 else x
    losses = [
        _lack(F, F.select(rows, 0, k), classes)
        for k, classes in enumerate(_targets(_index(F, target)))
    ]
    found = F.stack(losses, 0) / rows.shape[1]
    return reduced(F, found if x.ndim > 1 else F.reshape(found, ()), reduction)


def _lack(F: Any, x: Any, classes: list[int]) -> Any:
    """Of every target class against every other."""
    others = [i for i in range(x.shape[0]) if i not in classes]
    if not (classes and others):
        return F.sum(x * 0)
    own, rest = F.index_select(x, 0, classes), F.index_select(x, 0, others)
    return F.sum(F.maximum(1 - F.unsqueeze(own, 1) + F.unsqueeze(rest, 0), 0.0))


composite(
    "multilabel_margin_loss", "How far every other class comes within 1 of every target class;"
    " -1 ends the targets.",
    _multilabel_margin, torch="torch.nn.functional.multilabel_margin_loss",
    definition=r"y = \tfrac{1}{n} \textstyle\sum_{t \in T, i \notin T} \max(0, 1 - x_t + x_i)",
    formula=r"\bar{x}_i = \tfrac{1}{n} \bar{y}\, \#\{t : x_i > x_t - 1\}, \quad \bar{x}_t ="
    r" -\tfrac{1}{n} \bar{y}\, \#\{i : x_i > x_t - 1\}",
    also="nn.MultiLabelMarginLoss aten.multilabel_margin_loss_forward",
)  # fmt: skip


def _multilabel_soft_margin(
    F: Any, x: Any, target: Any, weight: Any = None, reduction: str = "mean"
) -> Any:
    target = F.lift(target)
    losses = -(target * F.log_sigmoid(x) + (1 - target) * F.log_sigmoid(-x))
    losses = losses if weight is None else losses * weight
    return reduced(F, F.mean(losses, -1), reduction)


composite(
    "multilabel_soft_margin_loss", "The mean over classes of the cross-entropies of logits.",
    _multilabel_soft_margin, torch="torch.nn.functional.multilabel_soft_margin_loss",
    tensors=["x", "target", "weight"],
    definition=r"y = -\tfrac{1}{n} \textstyle\sum_i w_i \bigl(t_i \log \sigma(x_i) + (1 - t_i) \log"
    r" \sigma(-x_i)\bigr)",
    formula=r"\bar{x}_i = \bar{y}\, w_i (\sigma(x_i) - t_i) / n, \quad \bar{t}_i = -\bar{y}\, w_i"
    r" x_i / n",
    also="nn.MultiLabelSoftMarginLoss",
)  # fmt: skip


def _cosine_embedding(
    F: Any, a: Any, b: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    sizes = (F.sum(a * a, -1) + _TINY) * (F.sum(b * b, -1) + _TINY)
    cosine = F.sum(a * b, -1) * F.rsqrt(sizes)
    alike = _index(F, target) == 1
    return reduced(F, F.where(alike, 1 - cosine, F.maximum(cosine - margin, 0.0)), reduction)


composite(
    "cosine_embedding_loss", "How far two vectors are from one direction for label 1, how near to"
    " one beyond the margin for label -1.",
    _cosine_embedding, torch="torch.nn.functional.cosine_embedding_loss", tensors=["a", "b"],
    definition=r"y = 1 - c \text{ for } t = 1, \quad \max(0, c - m) \text{ for } t = -1, \quad c ="
    r" \frac{a \cdot b}{\|a\| \|b\|}",
    formula=r"\bar{a} = \bar{c} \left(\frac{b}{\|a\| \|b\|} - c \frac{a}{\|a\|^2}\right), \quad"
    r" \bar{c} = -\bar{y} \text{ or } \bar{y}\,[c > m]",
    also="nn.CosineEmbeddingLoss", renamed={"input1": "a", "input2": "b"},
)  # fmt: skip


def _triplet(
    F: Any,
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    near = F.pairwise_distance(anchor, positive, p, eps)
    far = F.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = F.minimum(far, F.pairwise_distance(positive, negative, p, eps))
    return reduced(F, F.maximum(near - far + margin, 0.0), reduction)


composite(
    "triplet_margin_loss", "The margin that the negative lacks behind the positive, in distance"
    " from the anchor.",
    _triplet, torch="torch.nn.functional.triplet_margin_loss",
    tensors=["anchor", "positive", "negative"],
    definition=r"y = \max(0, \|a - p\| - \|a - n\| + m)",
    formula=r"\bar{p} = -\bar{y}\,[y > 0] \frac{a - p}{\|a - p\|}, \quad \bar{n} = \bar{y}\,[y > 0]"
    r" \frac{a - n}{\|a - n\|}, \quad \bar{a} = -\bar{p} - \bar{n}",
    also="nn.TripletMarginLoss F.triplet_margin_with_distance_loss"
    " nn.TripletMarginWithDistanceLoss",
)  # fmt: skip
