"""The general call of a native function: arrays of any kind, keywords, `out=`."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from typing import Any, final

import numpy as np

from derivc.codegen.support.call import _alike, _dtype, _hand_over, _real, _shape, _targets
from derivc.codegen.support.memory import _fresh
from derivc.native import runtime
from derivc.native.plan import Plan, own_shapes, packer
from derivc.scale.hook import has_lazy

_SMALL = 1 << 17
_FEW = _SMALL // 8
_DOUBLE = np.dtype(np.float64)
_INNER = {"e": np.dtype(np.float32), "f": np.dtype(np.float32), "d": np.dtype(np.float64)}
_NUMBERS = frozenset({float, int, bool})


@final
class General:
    """Takes what the built-in function does not: it is its fallback.

    What native code does not compute (wide numbers, wrong arguments) is handed to the NumPy
    backend, so that results and errors are the same.

    Args:
        plan: of the function. record: of the runtime.
        numpy: gives the same function by the NumPy backend.
    """

    def __init__(self, plan: Plan, record: runtime.Record, numpy: Callable[[], Callable[..., Any]]):
        self.name, self.arguments, self.shapes = plan.name, plan.arguments, plan.shapes
        self.layout, self.own = plan.layout, list(own_shapes(plan.layout))
        self.plan, self.record, self.numpy = plan, record, numpy
        self.pack = packer(plan.layout)
        self.builtin: Callable[..., Any] | None = None
        self.ufunc: Any = None
        self.simple = False
        self.doubts = runtime.doubts()

    def use(self, ufunc: Any) -> None:
        """Compute arrays by a ufunc."""
        self.ufunc, self.simple = ufunc, not any(self.own)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The result for arguments by position or keyword."""
        if named or len(args) != len(self.arguments):
            return self._bound(*args, **named)
        if self.simple and _are_small(args):
            return self._straight(args)
        return self._given(args, None)

    def _straight(self, args: tuple[Any, ...]) -> Any:
        """Small arrays of doubles: the ufunc and nothing around it."""
        try:
            found = self.ufunc(*args)
        except ValueError:  # shapes that do not broadcast, in NumPy's words
            return self.numpy()(*args)  # in ours
        results = [found] if self.plan.outputs == 1 else list(found)
        if self.doubts() & runtime.LOST:
            arrays = [np.asarray(a, float) for a in args]
            self._second_look(arrays, results, results[0].shape)
        return self.pack(results)

    def _bound(self, *args: Any, **named: Any) -> Any:
        out = named.pop("out", None)
        if set(named) - set(self.arguments) or len(args) + len(named) != len(self.arguments):
            return self.numpy()(*args, **named)  # its error names what is missing
        rest = self.arguments[len(args) :]
        if set(rest) != set(named):
            return self.numpy()(*args, **named)
        given = (*args, *(named[name] for name in rest))
        if out is None and self.builtin is not None:
            return self.builtin(*given)
        return self._given(given, out)

    def _given(self, given: tuple[Any, ...], out: Any) -> Any:
        kinds = set(map(type, given))
        if kinds <= _NUMBERS and out is None:
            return self.numpy()(*given)
        if has_lazy(kinds):
            return self.numpy()(*given) if out is None else self.numpy()(*given, out=out)
        if self.ufunc is not None:
            if out is None and kinds == {np.ndarray} and _alike(given):
                return self._filled(given, given[0].shape, given[0].dtype)
            if out is None and any(map(_is_foreign, kinds)):
                return self._foreign(given)
        return self._converted(given, out)

    def _foreign(self, given: tuple[Any, ...]) -> Any:
        """Series, masked arrays, data arrays: NumPy's own way of asking them."""
        if any(self.own):
            return self.numpy()(*given)
        results = self.ufunc(*given)
        return self.pack([results] if self.plan.outputs == 1 else list(results))

    def _converted(self, given: tuple[Any, ...], out: Any) -> Any:
        arrays = [_real(self, i, value) for i, value in enumerate(given)]  # type: ignore[arg-type]
        dtype = _dtype(given, arrays)
        shape = _shape(self, arrays)  # type: ignore[arg-type]
        inner = _INNER.get(dtype.char)
        if inner is None or not self.plan.blocks or (shape == () and not self.plan.plain):
            return self._handed_on(given, arrays, dtype, shape, out)
        arrays = [a if a.dtype == inner else a.astype(inner) for a in arrays]
        if out is None and inner == dtype:
            return self._filled(tuple(arrays), shape, inner)
        return self._into(arrays, shape, dtype, inner, out)

    def _handed_on(
        self, given: tuple[Any, ...], arrays: list[Any], dtype: Any, shape: Any, out: Any
    ) -> Any:
        """To the function over points once the arrays are as it takes them, else to NumPy."""
        ready = [np.ascontiguousarray(a, float) if a.ndim else float(a) for a in arrays]
        same = all(a is b or type(b) in _NUMBERS for a, b in zip(ready, given, strict=True))
        if out is not None or dtype != np.float64 or shape != () or same or self.builtin is None:
            return self.numpy()(*given) if out is None else self.numpy()(*given, out=out)
        return self.builtin(*ready)

    def _into(self, arrays: list[Any], shape: Any, dtype: Any, inner: Any, out: Any) -> Any:
        """Into arrays of the caller's, or from single to half precision."""
        targets = None if out is None else _targets(self, out, shape, dtype)  # type: ignore[arg-type]
        straight = targets is not None and inner == dtype and self.ufunc is not None
        if straight:
            results = targets or []
        else:
            results = [np.empty((*own, *shape), inner) for own in self.own]
        self._compute(arrays, results, shape, inner)
        if targets is not None:
            with np.errstate(all="ignore"):
                _hand_over(targets, results)
            return out
        with np.errstate(all="ignore"):
            return self.pack([r.astype(dtype)[()] for r in results])

    def _filled(self, arrays: tuple[Any, ...], shape: tuple[int, ...], dtype: Any) -> Any:
        """Results in arrays of our own; large ones in memory that was used before."""
        size = math.prod(shape) * dtype.itemsize
        if size < _SMALL:
            results = [np.empty((*own, *shape), dtype) for own in self.own]
        else:
            results = [_fresh((*own, *shape), dtype) for own in self.own]
        self._compute(arrays, results, shape, dtype)
        return self.pack(results if shape else [r[()] for r in results])

    def _compute(self, arrays: Any, results: list[Any], shape: tuple[int, ...], dtype: Any) -> None:
        """Fill the results, each of its own shape followed by the shape that arguments make."""
        rows = results
        if any(self.own):
            rows = [row for r, own in zip(results, self.own, strict=True) for row in _rows(r, own)]
        if not math.prod(shape):
            return
        if self.ufunc is not None:
            self.ufunc(*arrays, out=tuple(rows))
        else:
            self._looped(arrays, rows, shape, dtype)
        if self.doubts() & runtime.LOST:
            self._second_look(arrays, results, shape)

    def _looped(self, arrays: Any, rows: list[Any], shape: tuple[int, ...], dtype: Any) -> None:
        """By the loop itself: too many operands for a ufunc, or arrays of fixed shape."""
        flat = [
            a if fixed is not None or a.size == 1 else np.broadcast_to(a, shape)
            for a, fixed in zip(arrays, self.shapes, strict=True)
        ]
        operands, steps, keep = flattened(flat, self.shapes)
        operands += [row.ctypes.data for row in rows]
        steps += [dtype.itemsize] * len(rows)
        runtime.loop(dtype.char)(*looped(operands, steps, math.prod(shape), self.record))
        del keep  # until here

    def _second_look(self, arrays: Any, results: list[Any], shape: tuple[int, ...]) -> None:
        """NaN that are left where arguments are finite, by the NumPy backend's widest numbers."""
        lost, finite = np.zeros(shape, bool), np.ones(shape, bool)
        for result, own in zip(results, self.own, strict=True):
            for row in _rows(result, own):
                lost |= ~np.isfinite(row)
        for array, fixed in zip(arrays, self.shapes, strict=True):
            finite &= np.isfinite(array) if fixed is None else bool(np.all(np.isfinite(array)))
        where = np.nonzero(lost & finite)
        if where and not where[0].size:
            return
        given = [
            a if fixed is not None else np.broadcast_to(a, shape)[where]
            for a, fixed in zip(arrays, self.shapes, strict=True)
        ]
        again = iter(_flat(self.numpy()(*given)))
        for result in results:
            result[(..., *where)] = next(again)


def _are_small(args: tuple[Any, ...]) -> bool:
    """Whether all are small arrays of doubles, or floats beside one."""
    some = False
    for a in args:
        if type(a) is np.ndarray:
            if a.dtype is not _DOUBLE or a.size > _FEW or not a.ndim:
                return False
            some = True
        elif type(a) is not float:
            return False
    return some


def flattened(arrays: list[Any], shapes: Any) -> tuple[list[Any], list[int], list[Any]]:
    """Addresses and steps of arguments, and the arrays that must live as long as they are used.

    Args:
        arrays: per argument. shapes: per argument, its fixed shape or None.
    """
    operands, steps, keep = [], [], []
    for array, fixed in zip(arrays, shapes, strict=True):
        flat = np.ascontiguousarray(array).reshape(-1)
        keep.append(flat)
        if fixed is None and flat.size != 1:
            operands.append(flat.ctypes.data)
            steps.append(flat.itemsize)
        else:
            operands += [flat.ctypes.data + i * flat.itemsize for i in range(flat.size)]
            steps += [0] * flat.size
    return operands, steps, keep


def looped(operands: list[Any], steps: list[int], size: int, record: Any) -> tuple[Any, ...]:
    """The arguments of a loop of the runtime."""
    count, address = len(operands), ctypes.addressof(record)
    places, each = (runtime.ADDRESS * count)(*operands), (runtime.INT * count)(*steps)
    return places, (runtime.INT * 1)(size), each, address


def _rows(result: Any, own: tuple[int, ...]) -> list[Any]:
    """A result as one array per number of its own shape."""
    if own == ():
        return [result]
    return [result[(*index, ...)] for index in np.ndindex(*own)]


def _flat(result: Any) -> Any:
    if isinstance(result, tuple):
        for item in result:
            yield from _flat(item)
    else:
        yield result


def _is_foreign(kind: Any) -> bool:
    """Whether a type answers ufuncs itself: not an array or a number of NumPy's own."""
    if kind is np.ndarray or not hasattr(kind, "__array_ufunc__"):
        return False
    return not issubclass(kind, np.generic)
