"""The namespace `F` that declared formulas are written in.

Over arrays it computes, over tensors it records. Every op stands in it by name, with a few helpers
that need no derivative.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any, final

import numpy as np

import derivc.ops.structural  # noqa: F401  declares the structural ops
from derivc.ops import registry, structure
from derivc.ops.declaration import Op
from derivc.ops.structure import StructuralOp
from derivc.tensor import elementwise, structural
from derivc.tensor.compiled import of_op
from derivc.tensor.modes import mode
from derivc.tensor.structural import raw


class Namespace(ABC):
    """Ops by name, each found once, and helpers that are constants to differentiation."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        op = structure.find(name)
        found = self._elementwise(registry.get(name)) if op is None else self._structural(op)
        setattr(self, name, found)
        return found

    @abstractmethod
    def _elementwise(self, op: Op) -> Callable[..., Any]: ...

    @abstractmethod
    def _structural(self, op: StructuralOp) -> Callable[..., Any]: ...

    @abstractmethod
    def lift(self, value: Any) -> Any:
        """A value as this namespace's kind of array."""

    @staticmethod
    def has_zero(x: Any) -> bool:
        """Whether a number is zero."""
        return not bool(np.all(raw(x)))

    @staticmethod
    def any_nonzero(x: Any) -> bool:
        """Whether a number is not zero."""
        return bool(np.any(raw(x)))

    @staticmethod
    def is_regular(x: Any) -> bool:
        """Whether matrices are far enough from singular to be inverted."""
        matrices = raw(x)
        ratio = np.linalg.cond(matrices) * np.finfo(matrices.dtype).eps
        return bool(np.all(ratio < 1e-2))

    @staticmethod
    def is_zero(x: Any) -> Any:
        """Where numbers are zero."""
        return raw(x) == 0

    @staticmethod
    def isnan(x: Any) -> Any:
        """Where numbers are NaN."""
        return np.isnan(raw(x))

    @staticmethod
    def same(x: Any, y: Any) -> Any:
        """1 where numbers are equal, or both NaN, else 0; in the dtype of the first."""
        a, b = raw(x), raw(y)
        return ((a == b) | ((a != a) & (b != b))).astype(a.dtype)

    @staticmethod
    def indicator(mask: Any, yes: float, no: float, like: Any) -> Any:
        """One of two numbers, in the dtype of an array."""
        return np.where(raw(mask), yes, no).astype(raw(like).dtype)

    @staticmethod
    def eye(n: int, like: Any) -> Any:
        """The identity matrix in the dtype of an array."""
        return np.eye(n, dtype=raw(like).dtype)

    @staticmethod
    def zeros(shape: tuple[int, ...], dtype: Any) -> Any:
        """Zeros."""
        return np.zeros(shape, dtype)

    @staticmethod
    def ones_like(x: Any) -> Any:
        """Ones in the shape of an array."""
        return np.ones_like(raw(x))

    @staticmethod
    def epsilon(x: Any) -> float:
        """The distance from 1 to the next number of a dtype."""
        return float(np.finfo(raw(x).dtype).eps)

    @staticmethod
    def is_float(x: Any) -> bool:
        """Whether an array holds floating-point numbers."""
        return bool(np.asarray(raw(x)).dtype.kind == "f")

    @staticmethod
    def classes(target: Any, ignored: int) -> tuple[Any, Any]:
        """Class numbers, 0 where they do not count, and where they count."""
        found = np.asarray(raw(target))
        counted = found != ignored
        return np.where(counted, found, 0), counted

    @staticmethod
    def class_weights(weight: Any, index: Any, counted: Any, like: Any) -> Any:
        """What each class number weighs: 0 where it does not count."""
        dtype = raw(like).dtype
        own = np.ones((), dtype) if weight is None else raw(weight)[index]
        return np.where(counted, own, 0).astype(dtype)

    @staticmethod
    def constant(x: Any) -> Any:
        """An array outside the graph."""
        return raw(x)

    @staticmethod
    def one_hot(index: Any, classes: int, dim: int, like: Any) -> Any:
        """1 at the class numbers along a dimension, else 0; in the dtype of an array."""
        places = np.arange(classes).reshape(-1, *(1,) * (np.ndim(index) - dim))
        return (np.expand_dims(index, dim) == places).astype(raw(like).dtype)

    @staticmethod
    def move_towards(running: Any, new: Any, momentum: float) -> None:
        """A running mean in place, not recorded."""
        if running is not None:
            array = raw(running)
            array += momentum * (raw(new) - array)

    def conjugated(self, x: Any) -> Any:
        """Complex conjugates; real arrays as they are."""
        return self.conj(x) if raw(x).dtype.kind == "c" else x

    def over(self, a: Any, b: Any) -> Any:
        """a / b, and 0 where b is 0."""
        zero = self.is_zero(b)
        if not zero.any():
            return a / b
        return self.where(zero, 0.0, a / self.where(zero, 1.0, b))

    def along(self, x: Any, dim: int, ndim: int) -> Any:
        """A vector along one dimension of several."""
        return self.reshape(x, tuple(-1 if i == dim else 1 for i in range(ndim)))


@final
class _Arrays(Namespace):
    """Over arrays."""

    def _elementwise(self, op: Op) -> Callable[..., Any]:
        function = of_op(op)

        def call(*args: Any) -> Any:
            return function.flagged([raw(a) for a in args], False, mode.now)[0]

        return np.where if op.name == "where" else call

    def _structural(self, op: StructuralOp) -> Callable[..., Any]:
        if op.compose is not None:
            return partial(op.compose, self)

        def call(*args: Any, **named: Any) -> Any:
            if not named and len(args) <= len(op.params) and op.sequence is None:
                return op.forward(np, *args)
            return op.forward(np, **op.bind(args, named))

        return call if op.sequence or op.variadic else partial(op.forward, np)

    def lift(self, value: Any) -> Any:
        """An array."""
        return np.asarray(value)


@final
class _Recorded(Namespace):
    """Over tensors."""

    def _elementwise(self, op: Op) -> Callable[..., Any]:
        function = of_op(op)

        def call(*args: Any) -> Any:
            return elementwise.apply(function, args)

        return call

    def _structural(self, op: StructuralOp) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            return structural.apply(op, args, named)

        return call

    def lift(self, value: Any) -> Any:
        """A tensor."""
        from derivc.tensor.tensor import Tensor

        return value if isinstance(value, Tensor) else Tensor._make(np.asarray(value))

    def fit(self, cotangent: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        """A cotangent in the shape and dtype of its input."""
        if cotangent.shape != shape:
            lacking = len(cotangent.shape) < len(shape) or cotangent.numel() < prod(shape)
            cotangent = (self.expand if lacking else self.sum_to)(cotangent, shape)
        return cotangent.to(dtype)


ARRAYS: Any = _Arrays()
RECORDED: Any = _Recorded()
