"""Arrays of stand-ins as plain object arrays: what both frameworks' operations are done on."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from typing import Any

import numpy as np

from derivc.ops import registry
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.array import TracedArray
from derivc.symbolic.tracing.scalar import Scalar, is_tracer

Function = Callable[..., Any]


def boxed(value: Any) -> Any:
    """One element as an array without dimensions."""
    made = np.empty((), object)
    made[()] = value
    return made


def objects(value: Any) -> Any:
    """Anything as an object array: arrays of numbers, lists, single elements."""
    if isinstance(value, TracedArray):
        return value.view(np.ndarray)
    if isinstance(value, np.ndarray):
        return value if value.dtype == object else _listed(value)
    if isinstance(value, list | tuple):
        return np.stack([objects(item) for item in value]) if value else np.empty(0, object)
    return boxed(value.item() if isinstance(value, np.generic) else value)


def _listed(array: Any) -> Any:
    """Python numbers in place of NumPy's."""
    made = np.empty(array.shape, object)
    made[...] = array.tolist() if array.ndim else array.item()
    return made


def each(function: Function, *values: Any) -> Any:
    """A function of every element of broadcast arrays."""
    items = [objects(value) for value in values]
    found = np.frompyfunc(function, len(items), 1)(*items)
    return found if isinstance(found, np.ndarray) else boxed(found)


@cache
def op(name: str) -> Function:
    """The op of derivc, for one element of every argument."""
    declared = registry.get(name)
    return lambda *items: elementwise.apply_op(declared, *items)


def mapped(name: str) -> Function:
    """The op of derivc, for arrays."""
    return lambda *values: each(op(name), *values)


def is_constant(array: Any) -> bool:
    """Whether no element depends on the arguments."""
    return all(isinstance(value, int | float) and not is_tracer(value) for value in array.flat)


def _by_numpy(native: Function, python: Function) -> Function:
    """An operator that treats constants as IEEE arithmetic does: nothing raises."""

    def apply(a: Any, b: Any) -> Any:
        if is_tracer(a) or is_tracer(b):
            return python(a, b)
        return np.asarray(native(a, b)).item()

    return apply


divide = _by_numpy(np.true_divide, operator.truediv)
power = _by_numpy(lambda a, b: np.power(float(a), b), operator.pow)


def stopped(value: Any) -> Any:
    """The element as a constant to differentiation."""
    return op("stop_gradient")(value) if type(value) is Scalar else value


def as_number(value: Any) -> Any:
    """A truth value as 1 or 0; numbers pass."""
    if isinstance(value, bool):
        return float(value)
    return value if isinstance(value, int | float | Scalar) else value.as_number


def axes_of(dims: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front; None or none at all stands for every one."""
    if dims is None or (isinstance(dims, list | tuple) and not dims):
        return tuple(range(ndim))
    chosen = dims if isinstance(dims, list | tuple) else (dims,)
    for d in chosen:
        if not -max(ndim, 1) <= d < max(ndim, 1):
            raise IndexError(f"dimension {d} of an array that has {ndim}")
    return tuple(d % ndim for d in chosen) if ndim else ()


def rows(array: Any, dims: Any) -> tuple[Any, list[int]]:
    """The elements along some dimensions, one row each, and the extents that are left."""
    axes = axes_of(dims, array.ndim)
    kept = [a for a in range(array.ndim) if a not in axes]
    shape = [array.shape[a] for a in kept]
    length = math.prod(array.shape[a] for a in axes)
    return array.transpose(*kept, *axes).reshape(math.prod(shape), length), shape


def reduced(function: Function, array: Any, dims: Any = None, keep: bool = False) -> Any:
    """A function of every row along some dimensions.

    Args:
        function: from a list of elements to one. dims: which dimensions; None: all.
        keep: whether they stay, with extent 1.
    """
    axes = axes_of(dims, array.ndim)
    table, shape = rows(array, dims)
    made = np.empty(len(table), object)
    for index, row in enumerate(table):
        made[index] = function(list(row))
    if keep:
        shape = [1 if a in axes else n for a, n in enumerate(array.shape)]
    return made.reshape(shape)


def total(items: Iterable[Any]) -> Any:
    """The sum of elements; 0 of none."""
    return reduce(operator.add, map(as_number, items), 0.0)


def product(items: Iterable[Any]) -> Any:
    """The product of elements; 1 of none."""
    return reduce(operator.mul, map(as_number, items), 1.0)


def mean(items: Sequence[Any]) -> Any:
    """The mean of elements."""
    return divide(total(items), float(len(items)))


def largest(items: Sequence[Any]) -> Any:
    """The largest element."""
    return reduce(elementwise.function_of("maximum"), items)


def smallest(items: Sequence[Any]) -> Any:
    """The smallest element."""
    return reduce(elementwise.function_of("minimum"), items)


def every(items: Iterable[Any]) -> Any:
    """Whether all hold."""
    return reduce(elementwise.function_of("logical_and"), items, True)


def some(items: Iterable[Any]) -> Any:
    """Whether one holds."""
    return reduce(elementwise.function_of("logical_or"), items, False)


def log_sum_exp(items: Sequence[Any]) -> Any:
    """The logarithm of a sum of exponentials, without overflow."""
    return reduce(op("logaddexp"), items)


def running(function: Function, array: Any, dim: int) -> Any:
    """Folds of ever more elements along a dimension; each closed, so that the next contains it."""
    if not array.ndim:
        return array.copy()
    moved = np.moveaxis(array, dim, 0).copy()
    for index in range(1, len(moved)):
        for value in np.ravel(moved[index - 1]):
            if type(value) is Scalar:
                value.tree  # noqa: B018  asking for the tree closes the chain
        moved[index] = each(function, moved[index - 1], moved[index])
    return np.moveaxis(moved, 0, dim)


def dot(a: Any, b: Any) -> Any:
    """The product of matrices or stacks of them, as `np.matmul`."""
    return objects(np.matmul(each(as_number, a), each(as_number, b)))


def root_of_squares(items: Sequence[Any]) -> Any:
    """The Euclidean norm, with slope 0 at the origin as PyTorch has it."""
    if len(items) == 1:
        return abs(items[0])
    squares = total(item**2 for item in items)
    if not is_tracer(squares):
        return math.sqrt(squares)
    return elementwise.choose(squares > 0, elementwise.sqrt(squares), 0.0)
