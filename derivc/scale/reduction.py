"""A loss and its gradient over data in dask arrays: sums of a kernel over all points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, final

import numpy as np

from derivc.codegen.function import Argument
from derivc.errors import InputTypeError, ShapeError
from derivc.options import check_choice
from derivc.packed import Packed
from derivc.scale.data import checked
from derivc.scale.remote import Remote
from derivc.scale.run import Progress, compute
from derivc.scale.sums import finalize
from derivc.scale.tree import Partial, blocks_of, total_of

if TYPE_CHECKING:
    from derivc.kernel import Kernel
    from derivc.reduced import Reduced as Reduction

HOW = ("sum", "mean")


def reduce(
    kernel: Kernel | Reduction,
    how: str | None = None,
    *,
    data: Mapping[str, Any],
    progress: Progress | None = None,
) -> Reduced:
    """The sum or mean of a kernel over all points of its data, as a function of its parameters.

    Args:
        kernel: scalar-valued; a function of parameters and of data. It may be a reduction over
            arrays in memory, as `compile("mean(...)")` gives it.
        how: "sum" or "mean"; default: the reduction's, or "sum".
        data: for some of its arguments dask arrays, or what broadcasts with them; the other
            arguments are parameters.
        progress: called with the number of blocks that are done and of all, as they are done.

    Returns:
        A `Reduced`: nothing is computed before it is asked for a value.

    Raises:
        MissingDependencyError: dask is not installed.
        InputTypeError: `data` names no argument, or leaves no parameter; `how` is not known.
        ShapeError: the kernel is vector-valued, or takes as data arrays of fixed shape.

    Example:
        >>> import derivc as dc
        >>> import dask.array as da  # doctest: +SKIP
        >>> k = dc.compile("(y - a*x)**2")
        >>> data = {"x": da.arange(4.0, chunks=2), "y": 3.0}  # doctest: +SKIP
        >>> dc.scale.reduce(k, data=data).value_and_grad(1.0)  # doctest: +SKIP
        (14.0, (-8.0,))
    """
    inner: Any = getattr(kernel, "kernel", kernel)  # a reduction has one
    own: str = getattr(kernel, "how", "sum")
    return Reduced(inner, own if how is None else how, data, progress)


@final
@dataclass(frozen=True)
class Parameters:
    """What is left of a kernel's arguments when the data are given.

    Args:
        arguments: in order. shape: of the result, which is a number.
    """

    arguments: tuple[Argument, ...]
    shape: None = None


@final
class Reduced:
    """The sum or mean of a kernel over all points, with its gradient by the parameters.

    Made by `derivc.scale.reduce`. Each block of data gives its sums in one task; a tree of tasks
    adds them. Results are Python floats, rounded from sums of twice the precision: they depend
    neither on the order of blocks nor on their sizes.

    Attributes:
        inputs: the names of the parameters, in the kernel's order.
        wrt: the parameters to differentiate by: the kernel's `wrt`, less the data.
        definition: the parameters' shapes.
    """

    def __init__(
        self, kernel: Kernel, how: str, data: Mapping[str, Any], progress: Progress | None = None
    ):
        check_choice("how", how, HOW)
        self.how, self.progress, self.data = how, progress, checked(kernel, data)
        rest = tuple(a for a in kernel.definition.arguments if a.name not in data)
        self.definition = Parameters(rest)
        self.inputs = tuple(a.name for a in rest)
        self.wrt = tuple(name for name in kernel.wrt if name in self.inputs)
        if not self.wrt:
            raise InputTypeError(f"data={tuple(data)} leaves no parameter among {kernel.wrt}")
        self._names = kernel.inputs
        self._remote = Remote(
            type(kernel)(kernel.definition, self.wrt, kernel.convention, kernel.options)
        )

    def __call__(self, *parameters: Any, **named: Any) -> float:
        """The value, for parameters by position or keyword."""
        return self.value(*parameters, **named)

    def value(self, *parameters: Any, **named: Any) -> float:
        """The sum or mean alone."""
        return float(finalize(self._computed("value", parameters, named), self.how)[0])

    def value_and_grad(self, *parameters: Any, **named: Any) -> tuple[float, tuple[Any, ...]]:
        """(value, grad) from one pass over the data; grad in the order of `wrt`."""
        found = self._computed("value_and_grad", parameters, named)
        return _finished(found, self.how, self._shapes)

    def grad(self, *parameters: Any, **named: Any) -> tuple[Any, ...]:
        """The partials alone, in the order of `wrt`."""
        return self.value_and_grad(*parameters, **named)[1]

    @cached_property
    def packed(self) -> Packed:
        """What `scipy.optimize.minimize(loss.packed, x0, jac=True)` takes.

        It gives (value, gradient) of one vector; parameters not in `wrt` follow by position.
        """
        return Packed(cast("Any", self))  # it asks for what kernels have too

    def delayed(self, *parameters: Any, **named: Any) -> Any:
        """`value_and_grad` as a `dask.delayed` object, to be handed to a client's `compute`."""
        from dask import delayed

        total = total_of(self._blocks("value_and_grad", self._bound(parameters, named)))
        return delayed(_finished, pure=True)(total, self.how, self._shapes)

    def _computed(self, name: str, parameters: tuple[Any, ...], named: dict[str, Any]) -> Any:
        blocks = self._blocks(name, self._bound(parameters, named))
        return compute(total_of(blocks), blocks, self.progress)

    def _blocks(self, name: str, given: tuple[Any, ...]) -> list[Any]:
        width = 1 if name == "value" else 1 + self.packed.size
        places = tuple(self._names.index(data) for data in self.data)
        task = Partial(self._remote, name, width, given, places)
        return blocks_of(task, list(self.data.values()))

    @property
    def _shapes(self) -> list[Any]:
        shapes = {a.name: a.shape for a in self.definition.arguments}
        return [shapes[name] for name in self.wrt]

    def _bound(self, parameters: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments of the kernel, None for data.

        Raises:
            InputTypeError: parameters are missing, or too many.
        """
        both = dict(zip(self.inputs, parameters, strict=False)) | named
        if len(parameters) + len(named) != len(self.inputs) or set(both) != set(self.inputs):
            raise InputTypeError(
                f"expected one value for each of the parameters {self.inputs}, got"
                f" {len(parameters)} by position and {tuple(named)} by name"
            )
        values = {a.name: _parameter(a, both[a.name]) for a in self.definition.arguments}
        return tuple(values.get(name) for name in self._names)


def _finished(part: Any, how: str, shapes: Sequence[Any]) -> tuple[float, tuple[Any, ...]]:
    """Sums as value and partials, each of its parameter's shape."""
    numbers = finalize(part, how)
    found, start = [], 1
    for shape in shapes:
        stop = start + math.prod(shape or ())
        piece = numbers[start:stop]
        found.append(float(piece[0]) if shape is None else piece.reshape(shape))
        start = stop
    return float(numbers[0]), tuple(found)


def _parameter(argument: Argument, value: Any) -> Any:
    """A parameter as it travels: a number of Python's, or an array.

    Raises:
        ShapeError: it has another shape.
    """
    array = np.asarray(value, dtype=float)
    if array.shape != (argument.shape or ()):
        raise ShapeError(
            f"the parameter {argument.name} must have shape {argument.shape or ()}, got"
            f" {array.shape}; arrays with one element per point are passed as data"
        )
    return array if argument.shape else float(array)
