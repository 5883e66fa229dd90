"""Functions of tensors as they are called for their derivatives: places, gradients, layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derivc.tensor.grad_mode import enable_grad
from derivc.tensor.grads import grad, many
from derivc.tensor.modes import mode
from derivc.tensor.tensor import Tensor

Function = Callable[..., Any]


def inside(function: Function, args: Sequence[Any], named: Any) -> Any:
    """The function's answer, recorded; derivatives inside of it are recorded too."""
    mode.now.depth += 1
    try:
        with enable_grad():
            return function(*args, **named)
    finally:
        mode.now.depth -= 1


def is_inside(inputs: Any, v: Any = None) -> bool:
    """Whether a function that is differentiated asks for a derivative on its way."""
    given = (*many(inputs), *many(v))
    recorded = mode.now.enabled and mode.now.depth > 0
    return recorded and any(getattr(x, "_requires", False) for x in given)


def leaf(value: Any) -> Tensor:
    """A tensor to differentiate by; one that has a history keeps it behind a copy."""
    from derivc.tensor.namespace import RECORDED

    tensor = Tensor._lift(value)
    if tensor.dtype.kind not in "fc":
        tensor = Tensor._make(tensor._array.astype(float))
    if tensor.requires_grad and mode.now.enabled:
        found: Tensor = RECORDED.clone(tensor)
        return found
    return Tensor._make(tensor._array).requires_grad_()


def gradients(value: Tensor, leaves: Sequence[Tensor], seed: Any, create: bool) -> tuple[Any, ...]:
    """The gradients; zeros for what does not matter."""
    if not value.requires_grad:
        return tuple(Tensor._make(np.zeros(t.shape, t.dtype)) for t in leaves)
    found = grad(value, leaves, seed, create_graph=create, retain_graph=True, allow_unused=True)
    return tuple(
        Tensor._make(np.zeros(t.shape, t.dtype)) if g is None else g
        for g, t in zip(found, leaves, strict=True)
    )


def like(found: Sequence[Any], given: Any) -> Any:
    """A tuple where the user gave one, else the one element."""
    return tuple(found) if isinstance(given, tuple | list) else found[0]
