"""Stand-in for a position that depends on the arguments, as np.argmax(x) tells: it selects."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing.refusal import refuse


def _forwarded(name: str) -> Callable[[Any, Any], Any]:
    function = getattr(operator, name)
    return lambda self, other: function(self.number, other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    function = getattr(operator, name)
    return lambda self, other: function(other, self.number)


@final
class Index:
    """A whole number from 0 to count - 1 that is known at a point only.

    Args:
        number: the stand-in of its value.
        count: how many values it may take.
    """

    __slots__ = ("count", "number")
    __array_priority__ = 2500.0
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1

    def __init__(self, number: Any, count: int):
        self.number, self.count = number, count

    @property
    def tree(self) -> Any:
        """The tree of its value."""
        return self.number.tree

    @property
    def as_number(self) -> Any:
        """Its value, for arithmetic."""
        return self.number

    def __index__(self) -> int:
        raise refuse(
            "indexes a list or a constant table with a place that differs from point to point",
            "index an array made inside the function, as np.array(table)[i], or use np.where",
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from derivc.symbolic.tracing.ufuncs import dispatch

        given = [item.number if isinstance(item, Index) else item for item in inputs]
        return dispatch(ufunc, method, given, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.number, name)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return self.number == other

    __add__, __radd__ = _forwarded("add"), _reflected("add")
    __sub__, __rsub__ = _forwarded("sub"), _reflected("sub")
    __mul__, __rmul__ = _forwarded("mul"), _reflected("mul")
    __truediv__, __rtruediv__ = _forwarded("truediv"), _reflected("truediv")
    __floordiv__, __rfloordiv__ = _forwarded("floordiv"), _reflected("floordiv")
    __mod__, __rmod__ = _forwarded("mod"), _reflected("mod")
    __pow__, __rpow__ = _forwarded("pow"), _reflected("pow")
    __lt__, __le__, __ne__ = _forwarded("lt"), _forwarded("le"), _forwarded("ne")
    __gt__, __ge__ = _forwarded("gt"), _forwarded("ge")


def of_key(key: Any) -> tuple[Any, ...] | None:
    """An index as a tuple, when a part of it depends on the arguments; else None."""
    parts = key if isinstance(key, tuple) else (key,)
    return parts if any(map(_is_traced, parts)) else None


def _is_traced(part: Any) -> bool:
    if isinstance(part, Index):
        return True
    whole = isinstance(part, np.ndarray) and part.dtype != bool and part.size > 0
    return whole and all(isinstance(item, Index) for item in part.view(np.ndarray).flat)


def pick(array: Any, parts: Sequence[Any]) -> Any:
    """array[parts]: every place that may be meant is read, and the right one chosen."""
    at = next(i for i, part in enumerate(parts) if _is_traced(part))
    part = parts[at]
    if isinstance(part, np.ndarray):
        if at or len(parts) > 1:
            raise refuse("indexes with traced places along several axes", "index one at a time")
        return _stacked([_read(array, parts, at, place) for place in part])
    result = _read(array, parts, at, 0)
    for place in range(1, part.count):
        result = _where(part.number == place, _read(array, parts, at, place), result)
    return result


def _read(array: Any, parts: Sequence[Any], at: int, place: Any) -> Any:
    return array[(*parts[:at], place, *parts[at + 1 :])]


def _where(condition: Any, yes: Any, no: Any) -> Any:
    from derivc.symbolic.tracing.elementwise import choose
    from derivc.symbolic.tracing.ufuncs import elementwise

    return elementwise(choose, [condition, yes, no])


def _stacked(items: list[Any]) -> Any:
    from derivc.symbolic.tracing.numpy_functions import from_nested

    return from_nested(items)


def assign(array: Any, parts: Sequence[Any], value: Any) -> None:
    """array[parts] = value, at whichever place is meant."""
    at = next(i for i, part in enumerate(parts) if _is_traced(part))
    part = parts[at]
    if not isinstance(part, Index):
        raise refuse("assigns to several traced places at once", "assign to one at a time")
    for place in range(part.count):
        key = (*parts[:at], place, *parts[at + 1 :])
        array[key] = _where(part.number == place, value, array[key])
