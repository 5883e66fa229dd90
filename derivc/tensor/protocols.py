"""What Python and NumPy ask of a tensor: conversions, copies, ufuncs and functions of NumPy."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.errors import AutogradError, InputTypeError, UnsupportedError
from derivc.ops import registry, structure
from derivc.tensor import structural
from derivc.tensor.tensor import Tensor


def _bool(self: Tensor) -> bool:
    if self._array.size != 1:
        kind = "more than one value" if self._array.size else "no values"
        raise AutogradError(f"Boolean value of Tensor with {kind} is ambiguous")
    return bool(self._array.item())


def _float(self: Tensor) -> float:
    _warn_scalar(self)
    return float(self.item())


def _int(self: Tensor) -> int:
    return int(self.item())


def _complex(self: Tensor) -> complex:
    _warn_scalar(self)
    return complex(self.item())


def _warn_scalar(tensor: Tensor) -> None:
    if tensor._requires:
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar may lead to unexpected"
            " behavior. Consider using tensor.detach() first.",
            UserWarning,
            stacklevel=3,
        )


def _index(self: Tensor) -> int:
    if self.dtype.kind not in "iub" or self._array.size != 1:
        raise InputTypeError(
            "only integer tensors of a single element can be converted to an index"
        )
    return int(self._array.item())


def _len(self: Tensor) -> int:
    if not self._array.ndim:
        raise InputTypeError("len() of a 0-d tensor")
    return len(self._array)


def _format(self: Tensor, spec: str) -> str:
    return format(self.item(), spec) if spec and not self.ndim else repr(self)


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if self._node is not None:
        raise AutogradError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy"
            " protocol at the moment. detach() the tensor first."
        )
    made = Tensor._make(np.array(self._array))
    made._requires = self._requires
    memo[id(self)] = made
    if self._grad is not None:
        made._grad = _deepcopy(self._grad, memo)
    return made


def _reduce(self: Tensor) -> Any:
    if self._node is not None:
        raise AutogradError(
            "a tensor that is no leaf cannot be pickled, since its graph stays behind: detach() it"
        )
    return _rebuild, (self._array, self._requires, self._grad)


def _rebuild(array: Any, requires: bool, grad: Tensor | None) -> Tensor:
    made = Tensor._make(array)
    made._requires, made._grad = requires, grad
    return made


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Any:
    return np.array(self.numpy(), dtype=dtype, copy=copy)


def _array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
    """`np.sin(t)`, `array * t`, `np.add.reduce(t)`."""
    if method == "reduce" and ufunc in _REDUCTIONS:
        return _array_function(self, _REDUCTIONS[ufunc], (), inputs, named)
    op = registry.resolve(f"numpy.{ufunc.__name__}") or registry.resolve(ufunc.__name__)
    found = structure.find(ufunc.__name__)
    if named.pop("out", None) is not None:
        raise AutogradError(
            f"{ufunc.__name__}(): functions with out=... arguments don't support automatic"
            " differentiation, but one of the arguments requires grad."
        )
    if method != "__call__" or named or (op is None and found is None):
        raise UnsupportedError(
            f"np.{ufunc.__name__} {method if method != '__call__' else ''} of a Tensor is not"
            " known; use t.detach().numpy(), or an op of derivc"
        )
    if found is not None:
        return structural.apply(found, inputs, {})
    assert op is not None
    return self.__derivc_op__(op, inputs, {})  # type: ignore[attr-defined]


_REDUCTIONS: dict[Any, Callable[..., Any]] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
}  # fmt: skip

_RENAMED = {"concatenate": "cat"}


def _array_function(self: Any, function: Any, types: Any, args: Any, named: Any) -> Any:
    """`np.sum(t)`, `np.where(c, t, u)`, `np.linalg.inv(t)`: by the op of the same name."""
    name = function.__name__
    given = {k: v for k, v in named.items() if v is not None and v is not np._NoValue}
    if name in ("max", "min"):
        return getattr(args[0], f"a{name}")(*args[1:], **given)
    if name in ("argmax", "argmin", "any", "all"):
        return getattr(args[0], name)(*args[1:], **given)
    op = structure.find(_RENAMED.get(name, name))
    if op is not None:
        if name in ("var", "std"):
            given.setdefault("correction" if "ddof" not in given else "ddof", 0)
        if name == "transpose" and len(args) > 1:
            return structural.apply(structure.get("permute"), args, {})
        return structural.apply(op, args, given)
    elementwise = registry.resolve(f"numpy.{name}")
    if elementwise is not None:
        return Tensor.__derivc_op__(self, elementwise, args, given)  # type: ignore[attr-defined]
    raise UnsupportedError(
        f"np.{name} of a Tensor is not known; use t.detach().numpy(), or an op of derivc"
    )


PROTOCOLS: dict[str, Any] = {
    "__bool__": _bool, "__float__": _float, "__int__": _int, "__complex__": _complex,
    "__index__": _index, "__len__": _len, "__format__": _format, "__deepcopy__": _deepcopy,
    "__reduce__": _reduce, "__array__": _array, "__array_ufunc__": _array_ufunc,
    "__array_function__": _array_function,
}  # fmt: skip
