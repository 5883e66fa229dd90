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
    """A tensor over the data's own memory where it is an array of that dtype; a tensor as it is.

    Args:
        data: a number, nested lists, an array, a tensor. dtype: a NumPy dtype; default: the data's.

    Example:
        >>> import derivc as dc
        >>> dc.as_tensor([1.0, 2.0])
        tensor([1., 2.])
    """
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return Tensor._make(np.asarray(data, dtype))


def from_numpy(array: Any) -> Tensor:
    """A tensor over an array's own memory: changes of one are seen in the other.

    Args:
        array: of numbers, of any dtype and shape.

    Raises:
        InputTypeError: it is no array of numbers.

    Example:
        >>> from_numpy(np.ones(2))
        tensor([1., 1.])
    """
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biufc":
        raise InputTypeError(f"expected an array of numbers, got {type(array).__name__}")
    return Tensor._make(array)


def zeros(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Zeros in a shape.

    Args:
        shape: integers, or one tuple of them. dtype: of NumPy. requires_grad: whether to record.

    Example:
        >>> zeros(2, 3).shape
        (2, 3)
    """
    return _asking(np.zeros(_shape(shape), dtype), requires_grad)


def ones(*shape: Any, dtype: Any = float, requires_grad: bool = False) -> Tensor:
    """Ones in a shape.

    Args:
        shape: integers, or one tuple of them. dtype: of NumPy. requires_grad: whether to record.

    Example:
        >>> ones(2, requires_grad=True)
        tensor([1., 1.], requires_grad=True)
    """
    return _asking(np.ones(_shape(shape), dtype), requires_grad)


def full(shape: Any, value: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """One number in a shape.

    Args:
        shape: a tuple of integers. value: the number. dtype: of NumPy; default: the number's.
        requires_grad: whether operations on it are recorded.

    Example:
        >>> full((2,), 0.5)
        tensor([0.5, 0.5])
    """
    return _asking(np.full(shape, value, dtype), requires_grad)


def arange(*bounds: float, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps, the end excluded.

    Args:
        bounds: (stop), (start, stop) or (start, stop, step). dtype: of NumPy; default: theirs.
        requires_grad: whether operations on it are recorded.

    Example:
        >>> arange(0.0, 3.0)
        tensor([0., 1., 2.])
    """
    return _asking(np.arange(*bounds, dtype=dtype), requires_grad)


def linspace(start: float, end: float, steps: int, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps, both ends included.

    Args:
        start, end: the first and the last. steps: how many. requires_grad: whether to record.

    Example:
        >>> linspace(0.0, 1.0, 3).tolist()
        [0.0, 0.5, 1.0]
    """
    return _asking(np.linspace(start, end, steps), requires_grad)


def zeros_like(like: Any, requires_grad: bool = False) -> Tensor:
    """Zeros in the shape and dtype of a tensor.

    Example:
        >>> zeros_like(ones(2))
        tensor([0., 0.])
    """
    return _asking(np.zeros_like(Tensor._lift(like)._array), requires_grad)


def ones_like(like: Any, requires_grad: bool = False) -> Tensor:
    """Ones in the shape and dtype of a tensor.

    Example:
        >>> ones_like(zeros(2))
        tensor([1., 1.])
    """
    return _asking(np.ones_like(Tensor._lift(like)._array), requires_grad)


def eye(n: int, m: int | None = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix, of shape (n, n) or (n, m).

    Example:
        >>> eye(2).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return _asking(np.eye(n, m), requires_grad)


def _shape(given: tuple[Any, ...]) -> Any:
    return given[0] if len(given) == 1 else given
