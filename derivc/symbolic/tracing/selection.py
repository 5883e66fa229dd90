"""What a mask selects, as in x[x > 0]: its length differs from point to point.

It is kept as the whole array beside its mask. Functions are taken of every element, sums leave out
what the mask leaves out, and an assignment to the places of the same mask chooses by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import refuse

_REDUCTIONS = frozenset("sum prod max min amax amin mean any all var std".split())
_ELEMENTWISE = frozenset("clip round around real nan_to_num copy".split())


def _reduction(name: str) -> Callable[..., Any]:
    """A method of arrays over what is selected."""

    def reduce(self: Selection, axis: Any = None, dtype: Any = None, **named: Any) -> Any:
        _check(name, named)
        return getattr(self.values, name)(where=self.mask)

    return reduce


def _check(name: str, named: Mapping[str, Any]) -> None:
    """Refuse options that would be ignored."""
    asked = sorted(option for option, value in named.items() if value is not None)
    if asked:
        raise _unknown(f"calls {name} of what a mask selects with {asked[0]}=")


@final
class Positions:
    """Where a condition holds, as np.where(condition) tells: good as an index only."""

    def __init__(self, mask: Any):
        self.mask = mask

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _unknown(f"asks for `{name}` of the places where a condition holds")

    def __len__(self) -> int:
        raise _unknown("asks at how many places a condition holds")


@final
class Selection(np.lib.mixins.NDArrayOperatorsMixin):
    """The selected elements of an array.

    Args:
        values: the whole array. mask: of the same shape; what it leaves out never counts.
    """

    ndim = 1

    def __init__(self, values: Any, mask: Any):
        self.values = values
        self.mask = mask

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        given = [self._whole(item) for item in inputs]
        if ufunc is np.matmul:
            return np.multiply(*given).sum(where=self.mask)
        if method == "reduce":
            _check(ufunc.__name__, {k: v for k, v in kwargs.items() if k not in ("axis", "dtype")})
            return ufunc.reduce(given[0], axis=None, where=self.mask)
        if method != "__call__":
            raise _unknown(f"calls np.{ufunc.__name__}.{method} on what a mask selects")
        found = Selection(ufunc(*given, **kwargs), self.mask)
        if out is None:
            return found
        out[0].values = found.values
        return out[0]

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        if name in _REDUCTIONS:
            method = name.removeprefix("a") if name in ("amax", "amin") else name
            return getattr(self, method)(*args[1:], **kwargs)
        if name in _ELEMENTWISE:
            given = [self._whole(item) for item in args]
            return Selection(function(*given, **kwargs), self.mask)
        if name in ("dot", "vdot", "inner"):
            return np.matmul(*args)
        if name == "norm" and len(args) == 1 and not kwargs:
            return np.sqrt((self * self).sum())
        if name == "size":
            return self.size
        raise _unknown(f"calls np.{name} on what a mask selects")

    def _whole(self, item: Any) -> Any:
        if isinstance(item, Selection):
            if not same_mask(item.mask, self.mask):
                raise _unknown("combines what different masks select")
            return item.values
        if np.size(item) != 1:
            raise _unknown("combines what a mask selects with another array")
        return item

    @property
    def size(self) -> Any:
        """How many elements are selected: a number that differs from point to point."""
        return count(self.mask)

    sum, prod, max, min, any, all = map(_reduction, ("sum", "prod", "max", "min", "any", "all"))

    def mean(self, axis: Any = None, dtype: Any = None, **named: Any) -> Any:
        """The mean of what is selected."""
        _check("mean", named)
        return self.sum() / self.size

    def var(self, axis: Any = None, dtype: Any = None, *, ddof: float = 0, **named: Any) -> Any:
        """The variance of what is selected."""
        _check("var", named)
        return ((self - self.mean()) ** 2).sum() / (self.size - ddof)

    def std(self, axis: Any = None, dtype: Any = None, *, ddof: float = 0, **named: Any) -> Any:
        """The standard deviation of what is selected."""
        return np.sqrt(self.var(ddof=ddof, **named))

    def copy(self, *args: Any) -> Selection:
        """The same elements."""
        return Selection(self.values.copy(), self.mask)

    def dot(self, other: Any) -> Any:
        """The dot product with what the same mask selects."""
        return np.matmul(self, other)

    def __len__(self) -> int:
        raise _unknown("asks how many elements a mask selects")

    def __iter__(self) -> Any:
        raise _unknown("goes through the elements that a mask selects")

    def __getitem__(self, key: Any) -> Any:
        raise _unknown("indexes what a mask selects")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise _unknown(f"asks for `{name}` of what a mask selects")


def mask_of(key: Any) -> Any:
    """The mask that an index stands for, or None for an index that is the same at every point."""
    if isinstance(key, tuple) and len(key) == 1:
        key = key[0]
    return key.mask if isinstance(key, Positions) else None


def same_mask(one: Any, other: Any) -> bool:
    """Whether two masks hold at the same places at every point."""
    pairs = zip(one.flat, other.flat, strict=True)
    return one is other or (one.shape == other.shape and all(_same(a, b) for a, b in pairs))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Condition) and isinstance(other, Condition):
        return bool(one.tree == other.tree)
    return type(one) is type(other) and bool(one == other)


def count(mask: Any, axis: Any = None) -> Any:
    """How many elements of a mask hold, along an axis or in all."""
    return np.where(mask, 1.0, 0.0).sum(axis=axis)


def _unknown(what: str) -> Exception:
    return refuse(
        f"{what}, whose number differs from point to point",
        "use np.where(mask, a, b), which keeps the shape",
    )
