"""Functions of PyTorch's interface that are not taken apart into ATen operations, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from derivc.capture.elements import each, mapped, stopped
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
        torch.detach: _detached,
        torch.Tensor.detach: _detached,
        torch.Tensor.detach_: _detached_in_place,
        torch.Tensor.data.__get__: _detached,
        torch.Tensor.numpy: _leaves_torch("numpy()"),
        torch.Tensor.__array__: _leaves_torch("NumPy"),
        torch.Tensor.tolist: _leaves_torch("tolist()"),
        torch.logdet: _logdet,
        torch.Tensor.logdet: _logdet,
        functional.scaled_dot_product_attention: _attention,
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


def _detached(tensor: Any, *owner: Any) -> Any:
    """`x.detach()` and `x.data`, asked for by the user; PyTorch itself detaches what it saves."""
    if not is_stand_in(tensor):
        return tensor.detach()
    return stand_in(each(stopped, tensor.elements))


def _detached_in_place(tensor: Any) -> Any:
    if is_stand_in(tensor):
        tensor.elements[...] = each(stopped, tensor.elements)
    return tensor


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


def _attention(
    query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: Any = None, enable_gqa: bool = False,
) -> Any:  # fmt: skip
    """In one piece: which of its kernels PyTorch takes depends on the machine."""
    from derivc.capture.torch.networks import _attention as attend

    mask = None if attn_mask is None else elements_of(attn_mask)
    q, k, v = map(elements_of, (query, key, value))
    return stand_in(attend(q, k, v, dropout_p, is_causal, attn_mask=mask, scale=scale)[0])


def _logdet(matrix: Any) -> Any:
    """PyTorch's looks at the sign, to give NaN where the logarithm does so by itself."""
    import torch

    return torch.log(torch.linalg.det(matrix))


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
