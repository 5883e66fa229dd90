"""A copy of a function that notices what its backward does to what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np


@final
@dataclass(frozen=True)
class Watch:
    """What was noticed in one backward pass.

    Args:
        returned: the gradients as the user returned them. changed: "grad_output", "a saved
            tensor" or "ctx.name": what was modified in place. attributes: tensors kept as
            attributes of the context. saved: the tensors that were saved.
    """

    returned: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    saved: list[Any] = field(default_factory=list)


def watched(function: Any, watch: Watch) -> Any:
    """A class that does the same and reports to the watch."""
    original = function.vjp if _writes_vjp(function) else function.backward

    def backward(ctx: Any, *cotangents: Any) -> Any:
        before = _held(ctx, cotangents, watch)
        result = original(ctx, *cotangents)
        watch.returned.append(result if isinstance(result, tuple) else (result,))
        watch.changed.extend(name for name, tensor, old in before if _differs(tensor, old))
        return result

    name = "vjp" if _writes_vjp(function) else "backward"
    return type(function.__name__, (function,), {name: staticmethod(backward)})


def _writes_vjp(function: Any) -> bool:
    import torch

    return function.vjp is not torch.autograd.Function.vjp


def _held(ctx: Any, cotangents: Any, watch: Watch) -> list[tuple[str, Any, Any]]:
    """The tensors that backward can reach, with copies."""
    import torch

    named = [("grad_output", t) for t in cotangents]
    try:
        watch.saved.extend(ctx.saved_tensors)
        named += [("a saved tensor", t) for t in ctx.saved_tensors]
    except RuntimeError:
        pass  # modified in place before: PyTorch says so when the user's code asks
    own = {k: v for k, v in vars(ctx).items() if isinstance(v, torch.Tensor)}
    watch.attributes.update(own)
    named += [(f"ctx.{name}", t) for name, t in own.items()]
    return [(n, t, t.detach().clone()) for n, t in named if isinstance(t, torch.Tensor)]


def _differs(tensor: Any, old: Any) -> bool:
    same = np.array_equal(_numbers(tensor), _numbers(old), equal_nan=True)
    return tensor.shape != old.shape or not same


def _numbers(tensor: Any) -> Any:
    return tensor.detach().double().numpy()
