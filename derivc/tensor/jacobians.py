"""How a whole Jacobian is made: row by row in reverse, or column by column forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.errors import AutogradError
from derivc.tensor.calling import gradients
from derivc.tensor.forward import pushed
from derivc.tensor.grads import grad
from derivc.tensor.node import edge_of
from derivc.tensor.tensor import Tensor


def zeros_for(tangent: Tensor | None, output: Tensor) -> Tensor:
    """A tangent; zeros for an output that nothing moves."""
    return Tensor._make(np.zeros(output.shape, output.dtype)) if tangent is None else tangent


def by_columns(outputs: Sequence[Tensor], leaf: Tensor, create: bool) -> list[Tensor]:
    """The Jacobians of outputs by one leaf, column by column, one forward pass each."""
    from derivc.tensor.namespace import RECORDED

    found: list[list[Tensor]] = [[] for _ in outputs]
    for k in range(leaf.numel()):
        unit = np.zeros(leaf.numel(), leaf.dtype)
        unit[k] = 1
        seed = {edge_of(leaf): Tensor._make(unit.reshape(leaf.shape))}
        tangents = pushed(outputs, seed, create)
        for column, tangent, output in zip(found, tangents, outputs, strict=True):
            column.append(zeros_for(tangent, output))
    return [
        RECORDED.reshape(RECORDED.stack(column, -1), (*output.shape, *leaf.shape))
        if column
        else Tensor._make(np.zeros((*output.shape, *leaf.shape), output.dtype))
        for column, output in zip(found, outputs, strict=True)
    ]


def check_strategy(strategy: str, vectorize: bool) -> None:
    """Whether there is such a strategy, asked for as in PyTorch.

    Raises:
        AutogradError: there is none, or `vectorize` does not go with it.
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise AutogradError(
            'Expected strategy to be either "reverse-mode" or "forward-mode".'
            ' Hint: If your function has more outputs than inputs, "forward-mode" tends to be'
            ' more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode" and not vectorize:
        raise AutogradError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only"
            " implemented for `vectorize=True`."
        )


def check_dependence(output: Tensor, leaves: Sequence[Tensor], k: int) -> None:
    """Whether output `k` depends on every leaf.

    Raises:
        AutogradError: names the one that it does not depend on.
    """
    found: Sequence[Any] = (None,) * len(leaves)
    if output.requires_grad:
        seed = np.ones(output.shape, output.dtype)
        found = grad(output, leaves, seed, retain_graph=True, allow_unused=True)
    for i, gradient in enumerate(found):
        if gradient is None:
            raise AutogradError(
                f"Output {k} of the user-provided function is independent of input {i}. This is"
                " not allowed in strict mode."
            )


def by_rows(output: Tensor, leaves: Sequence[Tensor], create: bool) -> list[Tensor]:
    """Row by row, one reverse pass each."""
    from derivc.tensor.namespace import RECORDED

    columns: list[list[Tensor]] = [[] for _ in leaves]
    for k in range(output.numel()):
        seed = np.zeros(output.numel(), output.dtype)
        seed[k] = 1
        found = gradients(output, leaves, Tensor._make(seed.reshape(output.shape)), create)
        for column, gradient in zip(columns, found, strict=True):
            column.append(gradient)
    return [
        RECORDED.reshape(RECORDED.stack(column), (*output.shape, *x.shape))
        if column
        else Tensor._make(np.zeros((*output.shape, *x.shape), x.dtype))
        for column, x in zip(columns, leaves, strict=True)
    ]
