"""What every number in memory stands for: a tree beside each element of each storage.

Views, saved tensors and detached copies share the storage of the tensor that they were made of, so
none of them needs a rule of its own.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
import sympy as sp
from numpy.lib.stride_tricks import as_strided

from derivc.symbolic.tracing.array import TracedArray
from derivc.symbolic.tracing.scalar import Scalar, is_tracer


@final
class Lost:
    """Stands for a number that nothing is known of.

    Args:
        why: the operation that made it.
    """

    def __init__(self, why: str):
        self.why = why


@final
class Memory:
    """Elements by storage; storages are kept alive, so that no address comes back."""

    def __init__(self) -> None:
        self._cells: dict[int, Any] = {}
        self._kept: list[Any] = []

    def knows(self, tensor: Any) -> bool:
        """Whether the tensor's storage holds anything but plain numbers."""
        return tensor.untyped_storage()._cdata in self._cells

    def read(self, tensor: Any) -> Any:
        """The elements as an object array of the tensor's shape: stand-ins and plain numbers."""
        if not self.knows(tensor):
            return _constants(tensor)
        cells = self._cells[tensor.untyped_storage()._cdata]
        return cells[_places(tensor, len(cells))]

    def write(self, tensor: Any, values: Any) -> None:
        """Set what the elements stand for.

        Args:
            values: an array that broadcasts to the tensor's shape.
        """
        storage = tensor.untyped_storage()
        if storage._cdata not in self._cells:
            whole = tensor.new_empty(0).set_(storage)
            self._cells[storage._cdata] = _constants(whole).reshape(-1)
            self._kept.append(storage)
        cells = self._cells[storage._cdata]
        spread = np.empty(tuple(tensor.shape), object)
        spread[...] = values
        cells[_places(tensor, len(cells))] = spread

    def name(self, tensor: Any, names: list[str]) -> None:
        """Let the elements be symbols of these names, in C order."""
        fresh = np.empty(len(names), object)
        fresh[:] = [Scalar(sp.Symbol(name, real=True)) for name in names]
        self.write(tensor, fresh.reshape(tuple(tensor.shape)))


def _places(tensor: Any, size: int) -> Any:
    """The places of the elements in their storage."""
    if not tensor.numel():
        return np.zeros(tuple(tensor.shape), int)
    whole = np.arange(size)[tensor.storage_offset() :]
    strides = tuple(whole.itemsize * step for step in tensor.stride())
    return as_strided(whole, tuple(tensor.shape), strides)


def _constants(tensor: Any) -> Any:
    made = np.empty(tensor.numel(), object)
    made[:] = tensor.detach().reshape(-1).tolist()
    return made.reshape(tuple(tensor.shape))


def traced(values: Any) -> Any:
    """An object array as derivc's arrays of stand-ins, which NumPy's functions take."""
    return np.asarray(values, dtype=object).view(TracedArray)


def lost(values: Any) -> str:
    """The operation at which the first lost element was lost; "" when there is none."""
    return next((v.why for v in np.ravel(values) if isinstance(v, Lost)), "")


def varies(values: Any) -> bool:
    """Whether an element stands for more than a number."""
    return any(is_tracer(v) or isinstance(v, Lost) for v in np.ravel(values))
