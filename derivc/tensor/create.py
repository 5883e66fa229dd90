"""Making tensors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from derivc.errors import AutogradError, InputTypeError
from derivc.tensor.tensor import Tensor


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of the data.

    Args:
        data: a number, nested lists, an array. Python numbers become float64, whole ones int64.
        dtype: a NumPy dtype; default: the data's.
        requires_grad: whether operations on it are recorded.

    Raises:
        AutogradError: integers cannot require gradients.
        InputTypeError: the data are no numbers.

    Example:
        >>> import derivc as dc
        >>> dc.tensor([1.0, 2.0], requires_grad=True)
        tensor([1., 2.], requires_grad=True)
    """
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use"
            " sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True),"
            " rather than dc.tensor(sourceTensor).",
            UserWarning,
            stacklevel=2,
        )
        data = data._array
    return _asking(_array(data, dtype), requires_grad)


def _array(data: Any, dtype: Any) -> Any:
    plain = _plain(data)
    try:
        found = np.array(plain, dtype=dtype)
    except (ValueError, TypeError) as problem:
        raise InputTypeError(
            f"dc.tensor takes numbers, nested lists or arrays: {problem}"
        ) from None
    if found.dtype.kind not in "biufc":
        raise InputTypeError(f"dc.tensor takes numbers, got {found.dtype}: {str(data)[:80]}")
    return found


def _plain(data: Any) -> Any:
    """Tensors inside lists as arrays."""
    if isinstance(data, list | tuple):
        return [_plain(d) for d in data]
    return data._array if isinstance(data, Tensor) else data


def _asking(array: Any, requires_grad: bool) -> Tensor:
    made = Tensor._make(array)
    if requires_grad:
        if array.dtype.kind not in "fc":
            raise AutogradError(
                "Only Tensors of floating point and complex dtype can require gradients"
            )
        made._requires = True
    return made


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """A tensor over the data's own memory where it is an array of that dtype; a tensor as it is."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return Tensor._make(np.asarray(data, dtype))


def from_numpy(array: Any) -> Tensor:
    """A tensor over an array's own memory.

    Raises:
        InputTypeError: it is no array of numbers.
    """
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufc":
        raise InputTypeError(f"expected an array of numbers, got {type(array).__name__}")
    return Tensor._make(array)


def zeros(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Zeros in a shape."""
    return _asking(np.zeros(_shape(shape), dtype), requires_grad)


def ones(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Ones in a shape."""
    return _asking(np.ones(_shape(shape), dtype), requires_grad)


def full(shape: Any, value: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """One number in a shape."""
    return _asking(np.full(shape, value, dtype), requires_grad)


def arange(*bounds: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps: (stop), (start, stop) or (start, stop, step)."""
    return _asking(np.arange(*bounds, dtype=dtype), requires_grad)


def linspace(start: float, end: float, steps: int, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps, both ends included."""
    return _asking(np.linspace(start, end, steps), requires_grad)


def zeros_like(like: Any, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and dtype of a tensor."""
    return _asking(np.zeros_like(Tensor._lift(like)._array), requires_grad)


def ones_like(like: Any, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and dtype of a tensor."""
    return _asking(np.ones_like(Tensor._lift(like)._array), requires_grad)


def eye(n: int, m: int | None = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix."""
    return _asking(np.eye(n, m), requires_grad)


def _shape(given: tuple[Any, ...]) -> Any:
    return given[0] if len(given) == 1 else given
