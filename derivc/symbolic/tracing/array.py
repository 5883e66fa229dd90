"""Arrays of stand-ins: object arrays that NumPy's own code handles as it handles floats."""

# mypy: disable-error-code="override"
from __future__ import annotations

from typing import Any, final

import numpy as np

from derivc.symbolic.tracing import complexes, index
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import is_tracer
from derivc.symbolic.tracing.selection import Positions, Selection, mask_of, same_mask

_FLOAT, _BOOL, _COMPLEX = np.dtype(float), np.dtype(bool), np.dtype(complex)


@final
class TracedArray(np.ndarray):
    """An array whose elements are stand-ins or floats; it says that its dtype is float64.

    Reading, slicing, reshaping and iterating are NumPy's own. Arithmetic goes through ufuncs,
    which call `dispatch`; the other functions of NumPy come to `numpy_functions.call`.
    """

    __array_priority__ = 1000.0

    @property
    def dtype(self) -> Any:
        """float64, bool for an array of conditions, complex128 for one of complex numbers."""
        first = self.item(0) if self.size else 0.0
        if complexes.is_complex(first):
            return _COMPLEX
        return _BOOL if isinstance(first, Condition | bool | np.bool_) else _FLOAT

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from derivc.symbolic.tracing.ufuncs import dispatch

        return dispatch(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from derivc.symbolic.tracing.numpy_functions import call

        return call(func, args, kwargs)

    def __derivc_op__(self, op: Any, args: Any, named: Any) -> Any:
        from derivc.symbolic.tracing.elementwise import call_op

        return call_op(op, args, named)

    def __getitem__(self, key: Any) -> Any:
        if type(key) is int:
            return super().__getitem__(key)
        traced = index.of_key(key)
        if traced is not None:
            return index.pick(self, traced)
        mask = _mask(key)
        return super().__getitem__(_key(key)) if mask is None else _selected(self, mask)

    def __setitem__(self, key: Any, value: Any) -> None:
        traced = None if type(key) is int else index.of_key(key)
        if traced is not None:
            index.assign(self, traced, value)
            return
        mask = None if type(key) is int else _mask(key)
        if mask is not None:
            _assign(self, mask, value)
            return
        if isinstance(value, Selection):
            raise _masked()
        key = key if type(key) is int else _key(key)
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        super().__setitem__(key, value)

    def __bool__(self) -> bool:
        if is_constant(plain(self)):
            return bool(np.asarray(plain(self), dtype=float))
        if self.size == 1:
            return bool(self.item())
        raise refuse(
            "asks for the truth of an array of traced values",
            "use dc.where or np.where to choose between values",
        )

    def __float__(self) -> float:
        return float(self.item())

    def __repr__(self) -> str:
        return f"TracedArray({self.tolist()!r})"

    def astype(self, dtype: Any = float, *rest: Any, **named: Any) -> Any:
        """A copy; casting to integers truncates as NumPy does, constants become real arrays."""
        from derivc.symbolic.tracing.methods import cast

        return cast(self, dtype)

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, **named: Any) -> Any:
        """The sum along axes."""
        return np.add.reduce(self, axis=axis, out=out, **named)

    def prod(self, axis: Any = None, dtype: Any = None, out: Any = None, **named: Any) -> Any:
        """The product along axes."""
        return np.multiply.reduce(self, axis=axis, out=out, **named)

    def max(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """The largest element along axes."""
        return np.maximum.reduce(self, axis=axis, out=out, **named)

    def min(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """The smallest element along axes."""
        return np.minimum.reduce(self, axis=axis, out=out, **named)

    def any(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """Whether one element is true, along axes."""
        return np.logical_or.reduce(self, axis=axis, out=out, **named)

    def all(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """Whether all elements are true, along axes."""
        return np.logical_and.reduce(self, axis=axis, out=out, **named)

    def cumsum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """The running sum."""
        flat = self.ravel() if axis is None else self
        return stored(np.add.accumulate(flat, axis=axis or 0), out)

    def cumprod(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """The running product."""
        flat = self.ravel() if axis is None else self
        return stored(np.multiply.accumulate(flat, axis=axis or 0), out)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, **named: Any) -> Any:
        """The mean along axes."""
        total = self.sum(axis=axis, **named)
        if named.get("where", True) is not True:
            return stored(total / wrap(plain(self) * 0.0 + 1.0).sum(axis=axis, **named), out)
        return stored(total / (self.size // max(1, np.size(total))), out)

    def var(
        self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, **named: Any
    ) -> Any:
        """The variance along axes."""
        if named.get("where", True) is not True:
            raise refuse("takes a variance with where=", "write it with np.mean(..., where=...)")
        squares = (self - self.mean(axis=axis, keepdims=True)) ** 2
        total = wrap(squares).sum(axis=axis, **named)
        return stored(total / (self.size // max(1, np.size(total)) - ddof), out)

    def std(self, *args: Any, **named: Any) -> Any:
        """The standard deviation along axes."""
        out = named.pop("out", None)
        return stored(np.sqrt(self.var(*args, **named)), out)

    def dot(self, other: Any, out: Any = None) -> Any:
        """The dot product."""
        return stored(wrap(np.dot(plain(self), plain(other))), out)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **named: Any) -> Any:  # noqa: A002
        """Every element moved between two bounds."""
        from derivc.symbolic.tracing.methods import clip

        return stored(clip(self, min, max), out)

    def round(self, decimals: int = 0, out: Any = None) -> Any:
        """Every element rounded."""
        if not decimals:
            return np.rint(self, out=out)
        return stored(np.rint(self * 10.0**decimals) / 10.0**decimals, out)

    def argmax(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """The place of the largest element."""
        return np.argmax(self, axis=axis)

    def argmin(self, axis: Any = None, out: Any = None, **named: Any) -> Any:
        """The place of the smallest element."""
        return np.argmin(self, axis=axis)

    def argsort(self, axis: Any = -1, *rest: Any, **named: Any) -> Any:
        """The places of the elements in ascending order."""
        return np.argsort(self, axis=axis)

    def sort(self, axis: Any = -1, *rest: Any, **named: Any) -> None:
        """The elements brought in ascending order, in place."""
        self[...] = np.sort(self, axis=axis)

    def item(self, *args: Any) -> Any:
        """One element."""
        return plain(self).item(*args)

    def conj(self) -> Any:
        """Every element mirrored at the real axis."""
        return np.conjugate(self)

    conjugate = conj

    @property
    def real(self) -> Any:
        """The real parts."""
        return _parts(self, complexes.real_of)

    @real.setter
    def real(self, value: Any) -> None:
        self[...] = value + 1j * self.imag

    @property
    def imag(self) -> Any:
        """The imaginary parts."""
        return _parts(self, complexes.imag_of)

    @imag.setter
    def imag(self, value: Any) -> None:
        self[...] = self.real + 1j * value


def _parts(array: TracedArray, part: Any) -> Any:
    from derivc.symbolic.tracing.ufuncs import elementwise

    return elementwise(part, [array])


def stored(result: Any, out: Any) -> Any:
    """A result, written to `out` where the caller gave one."""
    if out is None:
        return result
    from derivc.symbolic.tracing.ufuncs import delivered

    return delivered(result, out, True)


def plain(value: Any) -> Any:
    """The object array under a traced array; a stand-in or list as an object array."""
    if isinstance(value, TracedArray):
        return value.view(np.ndarray)
    if is_tracer(value):
        return _boxed(value)
    return np.asarray(value, dtype=object) if _holds(value) else value


def _holds(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(
        is_tracer(v) or isinstance(v, TracedArray) or _holds(v) for v in value
    )


def _boxed(value: Any) -> Any:
    box = np.empty((), object)
    box[()] = value
    return box


def wrap(value: Any) -> Any:
    """An object array as a traced array; a 0-d one as its element, as NumPy unwraps results."""
    if isinstance(value, tuple):
        return tuple(map(wrap, value))
    if not isinstance(value, np.ndarray):
        return float(value) if isinstance(value, np.float64) else value
    if value.ndim == 0:
        return value.item() if value.dtype == object else value[()]
    kind = value.dtype.kind
    return value.astype(object).view(TracedArray) if kind in "fc" else _viewed(value)


def _viewed(value: Any) -> Any:
    return value.view(TracedArray) if value.dtype == object else value


def is_constant(value: Any) -> bool:
    """True when no element is a stand-in."""
    if isinstance(value, np.ndarray):
        return value.dtype != object or not any(map(is_tracer, value.flat))
    return not is_tracer(value)


def _key(key: Any) -> Any:
    """The index as NumPy takes it; constant arrays of objects become real ones."""
    if isinstance(key, tuple):
        return tuple(_key(part) for part in key)
    if isinstance(key, TracedArray):
        items = plain(key)
        if is_constant(items):
            return np.array(items.tolist(), dtype=None if items.size else int)
        raise _masked()
    if isinstance(key, Condition | Positions):
        raise _masked()
    return key


def _mask(key: Any) -> Any:
    """The mask that an index stands for; None where it is the same at every point."""
    if isinstance(key, TracedArray):
        return key if key.dtype == _BOOL and not is_constant(plain(key)) else None
    return mask_of(key)


def _selected(array: TracedArray, mask: Any) -> Any:
    if mask.shape != array.shape:
        raise _masked()
    return Selection(array, mask)


def _assign(target: TracedArray, mask: Any, value: Any) -> None:
    """target[mask] = value, by choosing."""
    from derivc.symbolic.tracing.ufuncs import elementwise

    if isinstance(value, Selection):
        if not same_mask(value.mask, mask):
            raise _masked()
        value = value.values
    elif np.size(value) != 1 and mask.ndim == target.ndim:
        raise _masked()
    spread = plain(mask).reshape(mask.shape + (1,) * (target.ndim - mask.ndim))
    choose = lambda c, new, old: c.choose(new, old) if is_tracer(c) else (new if c else old)  # noqa: E731
    target[...] = elementwise(choose, [spread, value, target])


def _masked() -> Exception:
    return refuse(
        "indexes with traced values, so that what is selected differs from point to point",
        "use np.where(mask, a, b), which keeps the shape",
    )
