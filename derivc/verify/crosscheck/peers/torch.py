"""PyTorch, eagerly, by its own autograd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, final

from derivc.ops.declaration import Op
from derivc.verify.crosscheck.peers.base import Function
from derivc.verify.crosscheck.peers.reverse import ReversePeer
from derivc.verify.crosscheck.peers.spelling import Speller, resolve

_BY_KEYWORD = {
    "addcmul": ("value",), "addcdiv": ("value",), "smooth_l1_loss": ("beta",),
    "huber_loss": ("delta",), "hinge_embedding_loss": ("margin",),
    "margin_ranking_loss": ("margin",), "softplus": ("beta",),
}  # fmt: skip
"""Arguments that PyTorch takes by name only, or not in derivc's order."""

_NUMBER_FIRST = {"polygamma"}
"""Ops whose first argument is a Python integer."""


@final
class _TorchSpeller(Speller):
    def own(self, op: Op) -> Callable[..., Any] | None:
        """The function, its keywords put in their places."""
        function = resolve(op.also.torch)
        if function is None:
            return None
        keywords = _BY_KEYWORD.get(op.name, ())
        options = {"reduction": "none"} if "loss" in op.tags else {}
        first = op.name in _NUMBER_FIRST
        return partial(_called, function, op.params, keywords, options, None if first else self)

    def array(self, value: Any) -> Any:
        """A number as a tensor of the dtype and device of the columns."""
        import torch

        if isinstance(value, torch.Tensor):
            return value
        if isinstance(value, bool):
            return torch.full_like(self.like, value, dtype=torch.bool)
        return torch.full_like(self.like, float(value))


def _called(
    function: Callable[..., Any], params: Sequence[str], keywords: Sequence[str],
    options: dict[str, Any], speller: Speller | None, *args: Any,
) -> Any:  # fmt: skip
    named = {p: a for p, a in zip(params, args, strict=True) if p in keywords}
    plain = [a for p, a in zip(params, args, strict=True) if p not in keywords]
    if speller is not None and plain and isinstance(plain[0], int | float):
        plain[0] = speller.array(plain[0])
    result = function(*plain, **named, **options)
    if any(getattr(a, "requires_grad", False) for a in args) and not result.requires_grad:
        raise NotImplementedError("PyTorch does not differentiate this function")
    return result


@final
class TorchPeer(ReversePeer):
    """PyTorch's autograd."""

    name, module, extra = "torch", "torch", "torch"

    def speller(self, like: Any) -> Speller:
        """PyTorch's ops."""
        return _TorchSpeller(like)

    def array(self, column: Any) -> Any:
        """A leaf."""
        import torch

        return torch.tensor(column, requires_grad=True)

    def stack(self, parts: Sequence[Any]) -> Any:
        """Tensors along a new first axis."""
        import torch

        return torch.stack(list(parts))

    def first(
        self, function: Function, columns: Sequence[Any], output: int, moving: Sequence[int]
    ) -> list[Any]:
        """One backward pass."""
        return _grads(function(columns)[output], columns, moving, False)

    def second(
        self, function: Function, columns: Sequence[Any], pairs: Sequence[tuple[int, int]]
    ) -> list[Any]:
        """A backward pass through every partial."""
        index = sorted({i for i, _ in pairs})
        slopes = dict(zip(index, _grads(function(columns)[0], columns, index, True), strict=True))
        every = range(len(columns))
        rows = {i: _grads(slope, columns, every, True) for i, slope in slopes.items()}
        return [rows[i][j] for i, j in pairs]

    def along(
        self, function: Function, columns: Sequence[Any], vector: dict[int, float]
    ) -> list[Any]:
        """A backward pass through the slope along the vector."""
        moving = list(vector)
        slopes = _grads(function(columns)[0], columns, moving, True)
        total = sum(v * slope for v, slope in zip(vector.values(), slopes, strict=True))
        return _grads(total, columns, moving, False)


def _grads(output: Any, columns: Sequence[Any], moving: Sequence[int], keep: bool) -> list[Any]:
    """The partials of a column by columns; zeros by those that it does not depend on."""
    import torch

    leaves = [columns[i] for i in moving]
    if not getattr(output, "requires_grad", False):
        return [torch.zeros_like(leaf) for leaf in leaves]
    found = torch.autograd.grad(output.sum(), leaves, create_graph=keep, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, found, strict=True)]
