"""Functions of PyTorch's interface that are not taken apart into ATen operations, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from derivc.capture.elements import mapped
from derivc.capture.torch.tensors import elements_of, is_stand_in, stand_in
from derivc.symbolic.tracing.refusal import refuse

Function = Callable[..., Any]


@cache
def overrides() -> dict[Any, Function]:
    """Our own versions by PyTorch's functions."""
    import torch
    from torch.nn import functional

    return {
        torch.tensor: _tensor,
        torch.as_tensor: _as_tensor,
        torch.asarray: _as_tensor,
        torch.Tensor.numpy: _leaves_torch("numpy()"),
        torch.Tensor.__array__: _leaves_torch("NumPy"),
        torch.Tensor.tolist: _leaves_torch("tolist()"),
        functional.tanhshrink: _by_op("tanhshrink"),
        functional.gaussian_nll_loss: _gaussian_nll,
    }


def _holds(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds, value))
    return is_stand_in(value)


def _tensor(data: Any, **named: Any) -> Any:
    """`torch.tensor`, which copies numbers out of tensors and so cuts derivatives off."""
    import torch

    if _holds(data):
        raise refuse(
            "makes a tensor of traced values with torch.tensor, which copies numbers and lets no"
            " derivative through",
            "use torch.stack([...]), or the tensor itself",
        )
    named.pop("requires_grad", None)
    return torch.tensor(data, **named)


def _as_tensor(data: Any, **named: Any) -> Any:
    if is_stand_in(data):
        return data
    import torch

    return _tensor(data) if _holds(data) else torch.as_tensor(data, **named)


def _leaves_torch(how: str) -> Function:
    """A way out of PyTorch, which only constants may take."""

    def apply(tensor: Any, *args: Any, **named: Any) -> Any:
        import numpy as np

        from derivc.capture.elements import is_constant
        from derivc.capture.torch.tensors import constant_tensor

        if not is_stand_in(tensor):
            plain = tensor.detach() if how == "numpy()" and not args else tensor
            return plain.tolist() if how == "tolist()" else np.asarray(plain.cpu().numpy())
        if is_constant(tensor.elements):
            return apply(constant_tensor(tensor.elements))
        raise refuse(
            f"takes the values out of a traced tensor by {how}",
            "use the functions of torch, not those of NumPy or math",
        )

    return apply


def _by_op(name: str) -> Function:
    function = mapped(name)
    return lambda *args: stand_in(function(*map(elements_of, args)))


def _gaussian_nll(
    input: Any,
    target: Any,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Any:
    """As documented; PyTorch's own version looks at the values of the variance."""
    import math

    import torch

    var = torch.clamp(torch.as_tensor(var), min=eps)
    loss = 0.5 * (torch.log(var) + (input - target) ** 2 / var)
    loss = loss + 0.5 * math.log(2 * math.pi) if full else loss
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}[reduction](loss)
