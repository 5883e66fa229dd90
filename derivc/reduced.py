"""Sums and means of a kernel over arrays, with gradients, in one pass: the usual loss function.

The elementwise results are never held as a whole: they are added up block by block, in double
precision and with what rounding lost (error about one rounding of the result, and n**2 roundings
squared of the sum of magnitudes; D. Knuth, The Art of Computer Programming, 4.2.2).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from derivc.codegen.support.call import _dtype
from derivc.errors import InputTypeError, ShapeError
from derivc.options import check_choice
from derivc.packed import Packed
from derivc.scale.hook import has_lazy

if TYPE_CHECKING:
    from derivc.kernel import Kernel

REDUCTIONS = ("sum", "mean")
_BLOCK = 1 << 15


@final
class Reduced:
    """The sum or the mean of a scalar-valued kernel over arrays.

    Arguments broadcast as for the kernel. The gradient has the shape of each argument: partials are
    added up over the axes along which the argument was broadcast, as in PyTorch.

    Args:
        kernel: of one value. how: "sum" or "mean".

    Raises:
        ShapeError: the kernel has several values. InputTypeError: no such reduction.

    Example:
        >>> import derivc as dc
        >>> loss = dc.compile("mean((y - a*x)**2)", wrt=["a"])
        >>> value, (da,) = loss.value_and_grad(a=1.0, x=[1.0, 2.0], y=[2.0, 5.0])
        >>> float(value), float(da)
        (5.0, -7.0)
    """

    def __init__(self, kernel: Kernel, how: str):
        check_choice("reduce", how, REDUCTIONS)
        if kernel.definition.shape is not None:
            raise ShapeError(
                f"a {how} is of a scalar-valued function; this one has shape"
                f" {kernel.definition.shape}: reduce its components one by one"
            )
        self.kernel, self.how = kernel, how
        self.definition, self.wrt, self.inputs = kernel.definition, kernel.wrt, kernel.inputs

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The sum or mean, by position or keyword."""
        return self.value(*args, **named)

    def value(self, *args: Any, **named: Any) -> Any:
        """The sum or mean, a number of the arguments' dtype."""
        return self._run("value", args, named)[0]

    def grad(self, *args: Any, **named: Any) -> Any:
        """Its partials, each of the shape of its argument, in the order of `wrt`."""
        return self._nested(self._run("grad", args, named))

    def value_and_grad(self, *args: Any, **named: Any) -> Any:
        """(value, grad) from one pass over the data."""
        value, *partials = self._run("value_and_grad", args, named)
        return value, self._nested(partials)

    @cached_property
    def packed(self) -> Packed:
        """The same function of one flat vector, as scipy.optimize takes it."""
        return Packed(self)

    def __repr__(self) -> str:
        return f"<derivc {self.how} of {self.kernel!r}>"

    def __reduce__(self) -> Any:
        return Reduced, (self.kernel, self.how)

    def _nested(self, partials: list[Any]) -> Any:
        alone = len(self.definition.arguments) == len(partials) == 1
        is_array = self.definition.arguments[0].shape is not None if alone else False
        return partials[0] if is_array else tuple(partials)

    def _run(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        call = _Call(self, self._bound(args, named), name)
        sums = call.native() if self.kernel.options.backend == "c" else call.by_blocks()
        return call.results(sums)

    def _bound(self, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
        given = dict(zip(self.inputs, args, strict=False)) | named
        if len(args) + len(named) != len(self.inputs) or set(given) != set(self.inputs):
            raise InputTypeError(
                f"expected {self.inputs}, got {len(args)} by position and {sorted(named)} by name"
            )
        return [given[name] for name in self.inputs]


@final
class _Call:
    """One call: the arguments taken in, and which results are added up.

    `shape` is what the arguments broadcast to, `size` its elements; every output of the function is
    either added up whole or kept elementwise, in `kept`, for an argument that varies.
    """

    def __init__(self, reduced: Reduced, given: list[Any], name: str):
        self.reduced, self.name = reduced, name
        _refuse_lazy(given)
        arrays = [np.asarray(value) for value in given]
        arguments = reduced.definition.arguments
        for argument, array in zip(arguments, arrays, strict=True):
            _check(argument.name, argument.shape, array)
        self.dtype = _dtype(tuple(given), arrays)
        self.inner = np.dtype(np.float32) if self.dtype.itemsize < 8 else np.dtype(np.float64)
        self.arrays = [array.astype(self.inner, copy=False) for array in arrays]
        free = [a.shape for a, arg in zip(self.arrays, arguments, strict=True) if arg.is_scalar]
        self.shape = _broadcast(free, reduced.inputs, arrays)
        self.size = math.prod(self.shape)
        self.kept = [self._is_kept(i) for i in self._owners()]
        self.places = [np.empty(self.size, self.inner) if kept else None for kept in self.kept]

    def _owners(self) -> Iterator[int | None]:
        """Per output of the function, the argument whose partial it is; None for the value."""
        if self.name != "grad":
            yield None
        if self.name != "value":
            for name in self.reduced.wrt:
                i = self.reduced.inputs.index(name)
                yield from [i] * len(self.reduced.definition.arguments[i].elements)

    def _is_kept(self, owner: int | None) -> bool:
        if owner is None or not self.reduced.definition.arguments[owner].is_scalar:
            return False
        return self.arrays[owner].size > 1

    def flat(self) -> list[Any]:
        """The arguments: numbers and arrays of fixed shape as they are, the rest as flat arrays."""
        return [self._flattened(i, array) for i, array in enumerate(self.arrays)]

    def _flattened(self, i: int, array: Any) -> Any:
        if self._varies(i):
            return np.ascontiguousarray(np.broadcast_to(array, self.shape)).reshape(-1)
        is_number = self.reduced.definition.arguments[i].is_scalar
        return array.reshape(()) if is_number else array

    def native(self) -> list[float]:
        """The sums, by the loop of native code."""
        function = self.reduced.kernel.native(self.name)
        if not function.plan.blocks:
            return self.by_blocks()
        return function.total(self.flat(), self.places, self.size)

    def by_blocks(self) -> list[float]:
        """The sums, block by block with the NumPy backend."""
        function, flat = self.reduced.kernel.plain(self.name), self.flat()
        sums = [_Sum(min(self.size, _BLOCK)) for _ in self.kept]
        for start in range(0, self.size, _BLOCK):
            stop = min(start + _BLOCK, self.size)
            block = [a[start:stop] if self._varies(i) else a for i, a in enumerate(flat)]
            pieces = _leaves(function(*block))
            for total, place, piece in zip(sums, self.places, pieces, strict=True):
                if place is None:
                    total.add(np.broadcast_to(piece, (stop - start,)))
                else:
                    place[start:stop] = piece
        return [total.result() for total in sums]

    def _varies(self, i: int) -> bool:
        return self.reduced.definition.arguments[i].is_scalar and self.arrays[i].size != 1

    def results(self, sums: list[float]) -> list[Any]:
        """The value, and one partial per argument in `wrt`, of its shape."""
        scale = 1.0 if self.reduced.how == "sum" else _mean_of(self.size)
        pairs = list(zip(sums, self.places, strict=True))
        found = []
        if self.name != "grad":
            found.append(self.dtype.type(pairs.pop(0)[0] * scale))
        for name in self.reduced.wrt if self.name != "value" else ():
            i = self.reduced.inputs.index(name)
            count = len(self.reduced.definition.arguments[i].elements)
            found.append(self._partial(i, pairs[:count], scale))
            del pairs[:count]
        return found

    def _partial(self, i: int, pairs: list[tuple[float, Any]], scale: float) -> Any:
        shape, place = self.arrays[i].shape, pairs[0][1] if pairs else None
        if place is None:
            flat = np.array([total * scale for total, _ in pairs], self.dtype)
            return flat.reshape(shape)[()]
        if scale != 1.0:
            place *= self.inner.type(scale)
        whole = place.reshape(self.shape).astype(self.dtype, copy=False)
        return whole if shape == self.shape else _unbroadcast(whole, shape)


def _refuse_lazy(given: list[Any]) -> None:
    """Dask arrays would be loaded whole, and may be larger than memory."""
    if has_lazy(set(map(type, given))):
        raise InputTypeError(
            "a reduction takes arrays in memory; for dask arrays make"
            " derivc.scale.reduce(loss, data={...}), a function of the parameters alone"
        )


def _check(name: str, shape: tuple[int, ...] | None, array: Any) -> None:
    if array.dtype.kind not in "biuf":
        raise InputTypeError(f"{name} must hold real numbers, got {array.dtype}")
    if shape is not None and array.shape != shape:
        raise ShapeError(f"{name} must have shape {shape}, got {array.shape}")


def _broadcast(shapes: list[tuple[int, ...]], names: tuple[str, ...], arrays: Any) -> Any:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        told = ", ".join(f"{n} {a.shape}" for n, a in zip(names, arrays, strict=True))
        raise ShapeError(f"the shapes do not broadcast: {told}") from None


def _leaves(result: Any) -> Iterator[Any]:
    """The numbers and rows of a nested result, in order."""
    if isinstance(result, tuple):
        for item in result:
            yield from _leaves(item)
    elif isinstance(result, np.ndarray) and result.ndim > 1:
        yield from result.reshape(-1, result.shape[-1])
    else:
        yield result


@final
class _Sum:
    """A sum in lanes, each with the sum of what rounding lost (Knuth's exact sum of two)."""

    def __init__(self, lanes: int):
        self.total, self.rest = np.zeros(lanes), np.zeros(lanes)

    def add(self, values: Any) -> None:
        """Add a block, at most one value a lane."""
        x, before = values.astype(np.float64, copy=False), self.total[: values.size].copy()
        with np.errstate(all="ignore"):
            after = before + x
            taken = after - before
            self.rest[: x.size] += (before - (after - taken)) + (x - taken)
        self.total[: x.size] = after

    def result(self) -> float:
        """The sum; infinities and NaN as plain addition has them."""
        if np.isfinite(self.total).all():
            with contextlib.suppress(OverflowError):  # finite lanes, infinite together
                return math.fsum([*self.total.tolist(), *self.rest.tolist()])
        with np.errstate(all="ignore"):
            return float(self.total.sum())


def _mean_of(size: int) -> float:
    return 1.0 / size if size else math.nan


def _unbroadcast(whole: Any, shape: tuple[int, ...]) -> Any:
    """Added up over the axes along which an argument of this shape was broadcast."""
    extra = whole.ndim - len(shape)
    axes = [*range(extra)]
    axes += [i + extra for i, n in enumerate(shape) if n == 1 and whole.shape[i + extra] != 1]
    total = whole.sum(axis=tuple(axes), keepdims=True)
    return total.reshape(shape)


def parts_of(text: str) -> tuple[str, str] | None:
    """The reduction and the expression of a text `sum(...)` or `mean(...)`; None for any other.

    Example:
        >>> parts_of("mean((y - a*x)**2)"), parts_of("sum(x) + sum(y)")
        (('mean', '(y - a*x)**2'), None)
    """
    stripped = text.strip()
    how, opened, rest = stripped.partition("(")
    if how.strip() not in REDUCTIONS or not opened or not rest.endswith(")"):
        return None
    inside, depth = rest[:-1], 0
    for character in inside:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return None
    return how.strip(), inside
