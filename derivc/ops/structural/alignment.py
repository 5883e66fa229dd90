r"""Connectionist temporal classification: minus the logarithm of the probability of all alignments.

A. Graves et al., "Connectionist temporal classification" (2006). The target with blanks between its
labels is walked along in time: at every step one stays, goes on by one place, or over a blank by
two. Sums of probabilities are kept as logarithms; what cannot be reached has a very large negative
one, finite so that its derivative is zero and not NaN.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from derivc.errors import ShapeError
from derivc.ops.structure import composite

_NEVER = -1e30


def _labels(F: Any, targets: Any, lengths: list[int]) -> list[list[int]]:
    """The labels of every sample, given as rows or one behind the other."""
    whole = F.constant(F.lift(targets))
    if whole.ndim > 1:
        return [row[:n] for row, n in zip(whole.tolist(), lengths, strict=True)]
    flat = iter(whole.tolist())
    return [list(islice(flat, n)) for n in lengths]


def _numbers(F: Any, given: Any, count: int) -> list[int]:
    whole: list[int] = F.constant(F.lift(given)).reshape(-1).tolist()
    return whole * count if len(whole) == 1 else whole


def _skips(places: list[int], blank: int) -> list[float]:
    """0 where one may come from two places before, else the logarithm of nothing."""
    return [
        0.0 if i > 1 and p not in (blank, places[i - 2]) else _NEVER for i, p in enumerate(places)
    ]


def _like(F: Any, numbers: list[float], x: Any) -> Any:
    """Numbers as an array in the dtype of another."""
    return F.constant(F.lift(numbers)).astype(F.constant(x).dtype)


def _one(F: Any, logs: Any, labels: list[int], blank: int) -> Any:
    """Minus the logarithm of the probability, for the logarithms (time, classes) of one sample."""
    places = [blank, *(c for label in labels for c in (label, blank))]
    n, skips = len(places), _like(F, _skips(places, blank), logs)
    seen = F.index_select(logs, 1, places)
    now = F.pad(F.narrow(F.select(seen, 0, 0), 0, 0, min(2, n)), [0, max(n - 2, 0)], value=_NEVER)
    for t in range(1, logs.shape[0]):
        by_one = F.narrow(F.pad(now, [1, 0], "constant", _NEVER), 0, 0, n)
        by_two = F.narrow(F.pad(now, [2, 0], "constant", _NEVER), 0, 0, n) + skips
        now = F.logaddexp(F.logaddexp(now, by_one), by_two) + F.select(seen, 0, t)
    return -F.logsumexp(F.narrow(now, 0, max(n - 2, 0), min(2, n)), 0)


def _differ(labels: list[int], length: int) -> bool:
    return len(labels) != length


def _ctc(
    F: Any,
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    single = log_probs.ndim == 2
    logs = F.unsqueeze(log_probs, 1) if single else log_probs
    times = _numbers(F, input_lengths, logs.shape[1])
    lengths = _numbers(F, target_lengths, logs.shape[1])
    whole = F.constant(F.lift(targets))
    every = _labels(F, whole[None] if single and whole.ndim == 1 else whole, lengths)
    if max(times) > logs.shape[0] or any(map(_differ, every, lengths)):
        raise ShapeError(
            f"ctc_loss: lengths {times} of inputs and {lengths} of targets do not fit log_probs"
            f" {tuple(log_probs.shape)} and targets {whole.shape}"
        )
    found = F.stack([
        _one(F, F.narrow(F.select(logs, 1, i), 0, 0, n), labels, blank)
        for i, (n, labels) in enumerate(zip(times, every, strict=True))
    ], 0)  # fmt: skip
    lost = F.constant(found) > -_NEVER / 2
    found = F.where(lost, 0.0 if zero_infinity else float("inf"), found)
    if reduction == "mean":
        return F.mean(found * _like(F, [1.0 / max(n, 1) for n in lengths], logs))
    found = F.select(found, 0, 0) if single else found
    return F.sum(found) if reduction == "sum" else found


composite(
    "ctc_loss", "Minus the logarithm of the probability of all alignments of a target in time.",
    _ctc, torch="torch.nn.functional.ctc_loss", tensors=["log_probs"],
    definition=r"y = -\log \textstyle\sum_{\pi \in B^{-1}(t)} \prod_{\tau} p_{\tau, \pi_\tau}",
    formula=r"\overline{\log p}_{\tau, c} = -\bar{y} P(\pi_\tau = c \mid t), \quad \text{the sum"
    r" of } \alpha \beta / p \text{ over the places of } c",
    also="nn.CTCLoss aten._ctc_loss",
)  # fmt: skip
