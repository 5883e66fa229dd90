"""Methods of tensors that are no ops: questions without a derivative, dtypes, plain writing."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.tensor import inplace, public
from derivc.tensor.structural import raw
from derivc.tensor.tensor import Tensor


def _asked(name: str) -> Any:
    """A question to the numbers, of all or along a dimension; the answer has no derivative."""

    def method(self: Tensor, dim: Any = None, keepdim: bool = False, axis: Any = None) -> Tensor:
        dim = axis if dim is None else dim
        answer = getattr(np, name)(self._array, axis=dim, keepdims=keepdim)
        return Tensor._make(np.asarray(answer))

    method.__name__, method.__doc__ = name, f"`np.{name}` of the numbers."
    return method


def _argsort(self: Tensor, dim: int = -1, descending: bool = False) -> Tensor:
    """The order of the numbers along a dimension."""
    array = -self._array if descending else self._array
    return Tensor._make(np.argsort(array, axis=dim, kind="stable"))


def _t(self: Any) -> Any:
    """Rows and columns exchanged; a vector as it is."""
    return self.transpose(0, 1) if self.ndim > 1 else self


def _where(self: Any, condition: Any, other: Any) -> Any:
    """The tensor where the condition holds, `other` elsewhere."""
    from derivc.tensor.namespace import RECORDED

    return RECORDED.where(raw(condition), self, other)


def _nonzero(self: Tensor) -> Tensor:
    """The indices of all numbers that are not zero, one row each."""
    return Tensor._make(np.argwhere(self._array))


def _dtype(dtype: Any) -> Any:
    def method(self: Tensor) -> Tensor:
        return self.to(dtype)

    method.__doc__ = f"The tensor as {np.dtype(dtype)}."
    return method


def _contiguous(self: Any) -> Any:
    """The tensor in C order: itself, or a copy."""
    return self if self._array.flags.c_contiguous else self.clone()


def _is_contiguous(self: Tensor) -> bool:
    """Whether the numbers lie in C order."""
    return bool(self._array.flags.c_contiguous)


def _fill(self: Tensor, value: Any) -> Tensor:
    """Write one number everywhere."""
    return _copy(self, value)


def _zero(self: Tensor) -> Tensor:
    """Write zeros everywhere."""
    return _fill(self, 0.0)


def _copy(self: Tensor, source: Any) -> Tensor:
    """Write another tensor's numbers, which broadcast."""
    from derivc.tensor.namespace import RECORDED

    given = RECORDED.lift(source)
    spread = RECORDED.expand(given.to(self.dtype), self.shape)
    return inplace.change(self, lambda was: spread, [given])


def _is_same_size(self: Tensor, other: Tensor) -> bool:
    """Whether the shapes are equal."""
    return self.shape == other.shape


def _array_equal(self: Tensor, other: Any) -> bool:
    """Whether shape and all numbers are equal."""
    return bool(np.array_equal(self._array, raw(other)))


def _part(name: str) -> Any:
    """`real` and `imag` are attributes."""
    from derivc.tensor.namespace import RECORDED

    return property(lambda self: getattr(RECORDED, name)(self), doc=f"The {name} part.")


def _op(name: str) -> Any:
    """An op that has another name among PyTorch's methods."""

    def method(self: Any, *args: Any, **named: Any) -> Any:
        from derivc.tensor.namespace import RECORDED

        return getattr(RECORDED, name)(self, *args, **named)

    method.__name__, method.__doc__ = name, f"The op `{name}`."
    return method


METHODS: dict[str, Any] = {
    "diff": _op("differences"), "unfold": _op("sliding"),
    **{name: _asked(name) for name in ("argmax", "argmin", "any", "all", "count_nonzero")},
    "max": public.max, "min": public.min, "median": public.median, "argsort": _argsort,
    "t": _t, "where": _where, "nonzero": _nonzero,
    "float": _dtype(np.float32), "double": _dtype(np.float64), "half": _dtype(np.float16),
    "int": _dtype(np.int32), "long": _dtype(np.int64), "bool": _dtype(np.bool_),
    "real": _part("real"), "imag": _part("imag"),
    "is_complex": lambda self: bool(self.dtype.kind == "c"),
    "is_floating_point": lambda self: bool(self.dtype.kind == "f"),
    "contiguous": _contiguous, "is_contiguous": _is_contiguous, "fill_": _fill, "zero_": _zero,
    "copy_": _copy, "is_same_size": _is_same_size, "equal": _array_equal,
}  # fmt: skip
