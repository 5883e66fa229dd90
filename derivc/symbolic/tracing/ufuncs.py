"""NumPy's ufuncs over stand-ins: calls, reductions, accumulations, outer products, `out=`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce as fold
from typing import Any

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.array import TracedArray, is_constant, plain, wrap
from derivc.symbolic.tracing.elementwise import choose, function_of
from derivc.symbolic.tracing.scalar import Scalar, is_tracer
from derivc.symbolic.tracing.selection import Selection

Keywords = dict[str, Any]
_MATRIX = {"matmul": np.matmul, "vecdot": np.vecdot}
_MATRIX |= {name: getattr(np, name) for name in ("matvec", "vecmat") if hasattr(np, name)}
# Python's operators are what NumPy's own loops over objects call: no detour is needed.
_NATIVE = {"add", "subtract", "multiply", "divide", "true_divide", "power", "negative", "absolute"}


def dispatch(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Keywords) -> Any:
    """What NumPy calls instead of a ufunc when an argument is a stand-in."""
    for item in inputs:
        if isinstance(item, Selection):
            return item.__array_ufunc__(ufunc, method, *inputs, **kwargs)
    out = kwargs.pop("out", None)
    where = kwargs.pop("where", True)
    for ignored in ("dtype", "casting", "order", "subok", "signature"):
        kwargs.pop(ignored, None)
    items = [plain(item) for item in inputs]
    if method == "reduce" and where is not True:
        items[0], where = _masked(ufunc, items[0], where), True
    if all(is_constant(item) for item in items):
        result = getattr(ufunc, method)(*(_floats(item) for item in items), **kwargs)
    else:
        result = _METHODS[method](ufunc, items, kwargs)
    return delivered(result, out, where)


_IDENTITY = {
    "add": 0.0, "multiply": 1.0, "maximum": -math.inf, "minimum": math.inf, "logical_or": False,
    "logical_and": True,
}  # fmt: skip


def _masked(ufunc: Any, array: Any, where: Any) -> Any:
    """The array with the identity of the reduction in place of what `where=` leaves out."""
    if ufunc.__name__ not in _IDENTITY:
        raise TraceError(f"np.{ufunc.__name__}.reduce with where= is not traced; select before it")
    return plain(elementwise(choose, [where, array, _IDENTITY[ufunc.__name__]]))


def _floats(item: Any) -> Any:
    """A constant array of objects as an array of floats or truth values."""
    if isinstance(item, np.ndarray) and item.dtype == object:
        kinds = {type(value) for value in item.flat}
        if any(issubclass(kind, complex | np.complexfloating) for kind in kinds):
            return item.astype(complex)
        return item.astype(bool if kinds <= {bool, np.bool_} and kinds else float)
    return item


def delivered(result: Any, out: Any, where: Any) -> Any:
    """The result, written to `out` and only where `where` holds, if the caller asks for that."""
    target = out[0] if isinstance(out, tuple) else out
    if where is not True:
        result = elementwise(choose, [where, result, 0.0 if target is None else target])
    if target is None:
        return wrap(result)
    if not isinstance(target, TracedArray):
        raise TraceError(
            "a traced value cannot be stored in a NumPy array of floats that was made outside the"
            " traced function; make the array inside, as in np.zeros(n)"
        )
    target[...] = result
    return target


def elementwise(function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """The function of each element of broadcast arguments."""
    if all(getattr(value, "ndim", 0) == 0 and not isinstance(value, list) for value in values):
        return function(*(_item(value) for value in values))
    items = [plain(value) for value in values]
    return wrap(np.frompyfunc(function, len(items), 1)(*items))


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray | np.generic) else value


def _call(ufunc: Any, items: list[Any], kwargs: Keywords) -> Any:
    name = ufunc.__name__
    if name in _MATRIX:
        return _MATRIX[name](*items, **kwargs)
    if name in _NATIVE and all(isinstance(item, np.ndarray) for item in items):
        return ufunc(*map(_objects, items))
    if name.endswith("(vectorized)"):  # made by np.frompyfunc: it takes objects as they are
        return ufunc(*items, **kwargs)
    if ufunc.nout != 1:
        return _several(name, items)
    return elementwise(function_of(name), items)


def _several(name: str, items: list[Any]) -> Any:
    """The ufuncs with two results."""
    if name == "divmod":
        return tuple(elementwise(function_of(n), items) for n in ("floor_divide", "remainder"))
    if name == "modf":
        whole = elementwise(function_of("trunc"), items)
        return items[0] - whole, whole
    function_of(name)
    raise TraceError(f"np.{name} has two results and is not traced")


def _objects(item: Any) -> Any:
    return item if item.dtype == object else item.astype(object)


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def _reduce(ufunc: Any, items: list[Any], kwargs: Keywords) -> Any:
    """The fold of an array along axes: those are moved last and become one."""
    array, axis = _objects(np.asarray(items[0])), kwargs.get("axis", 0)
    if len(items) > 1:
        axis = items[1]
    axes = _axes(axis, array.ndim)
    kept = [a for a in range(array.ndim) if a not in axes]
    shape = [array.shape[a] for a in kept]
    length = math.prod(array.shape[a] for a in axes)
    rows = array.transpose(*kept, *axes).reshape(math.prod(shape), length)
    result = np.empty(len(rows), object)
    for index, row in enumerate(rows):
        result[index] = _folded(ufunc, row, kwargs.get("initial"))
    if kwargs.get("keepdims"):
        shape = [1 if a in axes else n for a, n in enumerate(array.shape)]
    return result.reshape(shape) if shape else result[0]


def _folded(ufunc: Any, row: Any, initial: Any) -> Any:
    values = list(row) if initial is None or initial is np._NoValue else [initial, *row]
    if not values:
        return ufunc.reduce(np.zeros(0))
    return fold(function_of(ufunc.__name__), values)


def _accumulate(ufunc: Any, items: list[Any], kwargs: Keywords) -> Any:
    """Running folds; each is closed, so that the next one contains it and not its parts."""
    array, axis = _objects(np.asarray(items[0])), kwargs.get("axis", 0)
    function = function_of(ufunc.__name__)
    moved = np.moveaxis(array, axis or 0, 0).copy()
    for index in range(1, len(moved)):
        for value in np.ravel(moved[index - 1]):
            _closed(value)
        moved[index] = elementwise(function, [moved[index - 1], moved[index]])
    return np.moveaxis(moved, 0, axis or 0)


def _closed(value: Any) -> None:
    if isinstance(value, Scalar):
        value.tree  # noqa: B018  asking for the tree closes the chain


def _outer(ufunc: Any, items: list[Any], kwargs: Keywords) -> Any:
    left, right = (np.asarray(item) for item in items)
    spread = left.reshape(left.shape + (1,) * right.ndim)
    return _call(ufunc, [spread, right], kwargs)


def _at(ufunc: Any, items: list[Any], kwargs: Keywords) -> None:
    """`np.add.at(a, indices, b)`: unbuffered, element by element."""
    array, indices, *rest = items
    function = function_of(ufunc.__name__)
    places = np.arange(array.size).reshape(array.shape)[indices]
    operands = [np.broadcast_to(np.asarray(r, dtype=object), places.shape) for r in rest]
    for where in np.ndindex(places.shape):
        place = np.unravel_index(places[where], array.shape)
        array[place] = function(array[place], *(operand[where] for operand in operands))


_METHODS = {
    "__call__": _call, "reduce": _reduce, "accumulate": _accumulate, "outer": _outer, "at": _at,
}  # fmt: skip


def has_tracer(value: Any) -> bool:
    """True for stand-ins, arrays of them, and lists or tuples that hold one."""
    if isinstance(value, TracedArray) or is_tracer(value):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype == object and any(map(is_tracer, value.flat))
    return isinstance(value, list | tuple) and any(map(has_tracer, value))
