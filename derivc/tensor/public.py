"""The functions of structural ops: over tensors they record, over arrays they compute."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from derivc.functions import named_after
from derivc.ops import structure
from derivc.ops.structure import StructuralOp
from derivc.tensor import structural
from derivc.tensor.namespace import ARRAYS, RECORDED
from derivc.tensor.tensor import Tensor


@cache
def function_of(name: str) -> Callable[..., Any]:
    """The public function of a structural op.

    Example:
        >>> function_of("softmax")([0.0, 0.0])
        array([0.5, 0.5])
    """
    op = structure.get(name)

    def call(*args: Any, **named: Any) -> Any:
        if _has_tensor(args) or _has_tensor(named.values()):
            return structural.apply(op, args, named)
        return _plain(op, args, named)

    takes = "tensors, arrays or lists of numbers; dimensions and sizes are integers."
    returns = "An array; a tensor, recorded, where an argument is one; a tuple of several results."
    return named_after(op, call, op.signature, takes, returns)


def _has_tensor(values: Any) -> bool:
    return any(
        isinstance(v, Tensor) or (isinstance(v, list | tuple) and _has_tensor(v)) for v in values
    )


def _plain(op: StructuralOp, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """The op over arrays."""
    given = structural.arrays(op, op.bind(args, named))
    if op.compose is not None:
        return structural.composed(op, ARRAYS, given)
    return structural.forward(op, given)


def extremum(name: str) -> Callable[..., Any]:
    """`max` or `min`, whose meaning depends on what it is given, as in PyTorch.

    Of one tensor: the extremum of all. With a dimension: values and indices along it. Of two:
    elementwise.
    """

    def call(x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
        named.pop("out", None)
        dim = named.pop("axis", dim)
        keepdim = named.pop("keepdims", keepdim)
        other = named.pop("other", dim if not isinstance(dim, int | type(None)) else None)
        if other is not None:
            return getattr(RECORDED, f"{name}imum")(x, other)
        if dim is None:
            return function_of(f"a{name}")(x)
        return function_of(f"{name}_along")(x, dim, keepdim)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"The {name}imum of all numbers, along a dimension, or of two tensors.\n\nArgs:\n"
        "    x: a tensor, an array or a list. dim: along it; or another tensor, to compare with.\n"
        "    keepdim: whether the dimension stays, with size 1.\n\nReturns:\n"
        "    One number; (values, indices) along a dimension; of two tensors one of their shape.\n"
    )
    return call


def median(x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    """The median of all numbers, or along a dimension: the lower of two in the middle.

    Args:
        x: a tensor, an array or a list.
        dim: along it. keepdim: whether the dimension stays, with size 1.

    Returns:
        One number; (values, indices) along a dimension.

    Example:
        >>> float(median([3.0, 1.0, 2.0]))
        2.0
    """
    dim = named.pop("axis", dim)
    if dim is None:
        return function_of("median_along")(function_of("reshape")(x, (-1,)))[0]
    return function_of("median_along")(x, dim, keepdim)


max, min = extremum("max"), extremum("min")


def find(name: str) -> Callable[..., Any] | None:
    """The public function of that name, or None."""
    return function_of(name) if structure.find(name) else None
