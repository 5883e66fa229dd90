"""How a tensor is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from derivc.tensor.tensor import Tensor

_PLAIN = {"float64", "int64", "bool"}


def text(tensor: Tensor) -> str:
    """`tensor([1., 2.], grad_fn=<MulBackward>)`."""
    array = tensor._array
    shown = np.array2string(array, separator=", ", prefix="tensor(", threshold=1000)
    parts = [shown]
    if array.size == 0 and array.shape != (0,):
        parts.append(f"size={array.shape}")
    if array.dtype.name not in _PLAIN:
        parts.append(f"dtype={array.dtype.name}")
    if tensor.grad_fn is not None:
        parts.append(f"grad_fn=<{tensor.grad_fn.name()}>")
    elif tensor.requires_grad:
        parts.append("requires_grad=True")
    return f"tensor({', '.join(parts)})"
