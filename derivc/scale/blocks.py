"""Kernels over dask arrays: one task per block computes all results of a function."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.codegen.support.call import _dtype, _real, _shape
from derivc.errors import InputTypeError, ShapeError
from derivc.scale.hook import has_lazy
from derivc.scale.layout import flat
from derivc.scale.remote import Remote

if TYPE_CHECKING:
    from derivc.kernel import Kernel

_WHOLE = 1000
"""Axes of arguments of fixed shape are numbered from here: every task gets all of them."""


@final
@dataclass(frozen=True)
class Task:
    """What is done with a block: the results of one function, in order.

    Args:
        remote: the kernel. name: of its function. count: of results.
    """

    remote: Remote
    name: str
    count: int

    def __call__(self, *blocks: Any) -> Any:
        """A list of arrays, or the array that is the only result."""
        found = list(flat(self.remote.function(self.name)(*blocks)))
        return found if self.count > 1 else found[0]


def over_blocks(kernel: Kernel, plan: Any, given: tuple[Any, ...], out: Any = None) -> Any:
    """A generated function over arguments with dask arrays among them.

    Args:
        kernel: whose function it is. plan: of the function. given: all arguments, in order.
        out: refused.

    Returns:
        Dask arrays in the layout of the function; nothing is computed.

    Raises:
        InputTypeError: `out` was given. ShapeError: blocks of unknown sizes meet other arrays.
        TypeError, ValueError: as for arrays in memory.
    """
    import dask.array as da

    if out is not None:
        raise InputTypeError(f"{plan.name}(): out= is not taken together with dask arrays")
    arrays = [_array(plan, i, value) for i, value in enumerate(given)]
    index = range(_dimensions(plan, arrays))
    dtype = _dtype(given, arrays)
    pairs = [p for i, a in enumerate(arrays) for p in _pair(given[i], a, index, plan.shapes[i], i)]
    task = Task(Remote(kernel), plan.name, len(plan.own))
    first = _axes(plan.own[0], index, alone=task.count == 1)
    made = da.blockwise(
        task, (*first, *index), *pairs, new_axes=first, concatenate=True, dtype=dtype,
        meta=_meta(len(first) + len(index), dtype), token=f"derivc-{plan.name}",
    )  # fmt: skip
    if task.count == 1:
        return plan.pack([made])
    return plan.pack([_taken(made, i, own, index, dtype) for i, own in enumerate(plan.own)])


def _array(plan: Any, position: int, value: Any) -> Any:
    """An argument with shape and dtype, checked as arrays in memory are."""
    if not has_lazy({type(value)}):
        return _real(plan, position, value)
    _real(plan, position, _stand_in(value, plan.shapes[position]))
    return value


def _stand_in(array: Any, fixed: Any) -> Any:
    """An array in memory to check in place of a dask array; of its shape where that matters."""
    return np.broadcast_to(np.empty((), array.dtype), () if fixed is None else array.shape)


def _dimensions(plan: Any, arrays: list[Any]) -> int:
    """The number of axes of the results, those of their own aside.

    Raises:
        ShapeError: it is not known whether blocks fit together. ValueError: they do not.
    """
    moving = [a for a, fixed in zip(arrays, plan.shapes, strict=True) if fixed is None and a.ndim]
    if not any(math.isnan(extent) for a in moving for extent in a.shape):
        return len(_shape(plan, arrays))
    if len({id(a) for a in moving}) > 1:
        raise ShapeError(
            f"{plan.name}(): the blocks of a dask array have unknown sizes, so that it is not known"
            " whether they fit those of the other arrays; call its compute_chunk_sizes() first"
        )
    return int(moving[0].ndim)


def _pair(value: Any, array: Any, index: range, fixed: Any, position: int) -> tuple[Any, Any]:
    """What dask is given for an argument, and the axes of the results that its axes are."""
    lazy = has_lazy({type(array)})
    if fixed is not None:
        start = _WHOLE * (position + 1)
        return (array, tuple(range(start, start + array.ndim))) if lazy else (array, None)
    if not lazy and not array.ndim:
        return value, None  # a number of Python's adapts to the blocks' dtype
    return array, tuple(index[len(index) - array.ndim :])


def _axes(own: tuple[int, ...], index: range, alone: bool = True) -> dict[int, int]:
    """The axes that a result has before those of the blocks, and their extents."""
    return {len(index) + i: extent for i, extent in enumerate(own)} if alone else {}


def _taken(made: Any, i: int, own: tuple[int, ...], index: range, dtype: Any) -> Any:
    """One of the results that tasks return together."""
    import dask.array as da

    axes = _axes(own, index)
    return da.blockwise(
        itemgetter(i), (*axes, *index), made, tuple(index), new_axes=axes, dtype=dtype,
        meta=_meta(len(axes) + len(index), dtype), token=f"{made.name.rpartition('-')[0]}-{i}",
    )  # fmt: skip


def _meta(dimensions: int, dtype: Any) -> Any:
    return np.empty((0,) * dimensions, dtype)
