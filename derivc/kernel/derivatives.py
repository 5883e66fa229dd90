"""The functions of a kernel: value, derivatives and products with vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any

from derivc.arguments import as_tuple
from derivc.definition import Definition


class Derivatives(ABC):
    """The part of a kernel that computes; each function is generated when first asked for."""

    definition: Definition
    wrt: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return self.definition.inputs

    @abstractmethod
    def function(self, name: str) -> Callable[..., Any]:
        """One generated function by name: "value", "grad", "value_and_grad", "hessian", ..."""

    @cached_property
    def value(self) -> Callable[..., Any]:
        """The function itself: value(x, y)."""
        return self.function("value")

    @cached_property
    def grad(self) -> Callable[..., Any]:
        """Tuple of partials in the order of `wrt`; one array for a single array argument."""
        return self.function("grad")

    @cached_property
    def value_and_grad(self) -> Callable[..., Any]:
        """(value, grad) from one program that shares what they have in common."""
        return self.function("value_and_grad")

    @cached_property
    def jacobian(self) -> Callable[..., Any]:
        """Array of partials: shape of the result, then shape of the argument (or (n,) scalars)."""
        return self.function("jacobian")

    @cached_property
    def value_and_jacobian(self) -> Callable[..., Any]:
        """(value, jacobian) from one program."""
        return self.function("value_and_jacobian")

    @cached_property
    def hessian(self) -> Callable[..., Any]:
        """Array of second partials, (n, n) and then the broadcast shape of the arguments."""
        return self.function("hessian")

    def value_and_jvp(self, primals: Any, tangents: Any) -> Any:
        """The value and the directional derivative along `tangents`, one per argument in `wrt`."""
        return self.function("value_and_jvp")(*self._pack(primals), *self._moving(tangents))

    def jvp(self, primals: Any, tangents: Any) -> Any:
        """The directional derivative J v, of the shape of the value (forward mode)."""
        return self.value_and_jvp(primals, tangents)[1]

    def value_and_vjp(self, primals: Any, cotangent: Any) -> Any:
        """The value and the cotangents of the arguments in `wrt`, for a cotangent of the value."""
        return self.function("value_and_vjp")(*self._pack(primals), cotangent)

    def vjp(self, primals: Any, cotangent: Any) -> Any:
        """The cotangents J^T v in the layout of `grad` (reverse mode)."""
        return self.value_and_vjp(primals, cotangent)[1]

    def hvp(self, primals: Any, vector: Any) -> Any:
        """The Hessian times a vector, in the layout of `grad`."""
        return self.function("hvp")(*self._pack(primals), *self._moving(vector))

    def _pack(self, values: Any) -> tuple[Any, ...]:
        return as_tuple(values, len(self.inputs), "primals", self.inputs)

    def _moving(self, values: Any) -> tuple[Any, ...]:
        return as_tuple(values, len(self.wrt), "tangents", self.wrt)
