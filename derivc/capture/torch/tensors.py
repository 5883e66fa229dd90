"""Stand-ins for tensors: a subclass of `torch.Tensor` that holds trees instead of numbers."""

from __future__ import annotations

from functools import cache
from typing import Any, final

import numpy as np

from derivc.capture.elements import objects
from derivc.symbolic.tracing.condition import Condition
from derivc.symbolic.tracing.refusal import short
from derivc.symbolic.tracing.scalar import is_tracer, tree_of


@cache
def stand_in_class() -> Any:
    """The class, made when PyTorch is there."""
    import torch

    @final
    class StandIn(torch.Tensor):
        """A tensor whose elements are stand-ins or constants, in the object array `elements`.

        Views share memory as NumPy's do, so that what is written into one is seen in the other.
        """

        elements: Any
        __torch_function__ = torch._C._disabled_torch_function_impl

        @staticmethod
        def __new__(cls, elements: Any, dtype: Any = None) -> Any:
            kind = dtype or dtype_of(elements)
            made = torch.Tensor._make_wrapper_subclass(cls, elements.shape, dtype=kind)
            made.elements = elements
            return made

        @classmethod
        def __torch_dispatch__(
            cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            from derivc.capture.torch.dispatch import dispatch

            return dispatch(func, args, kwargs or {})

        def __repr__(self) -> str:
            return f"StandIn({shown(self.elements)})"

    return StandIn


def stand_in(elements: Any) -> Any:
    """A tensor that holds these elements (an object array)."""
    return stand_in_class()(elements)


def is_stand_in(value: Any) -> bool:
    """Whether a value is one of these tensors."""
    return isinstance(value, stand_in_class())


def dtype_of(elements: Any) -> Any:
    """bool for truth values, int64 for constant integers, else float64."""
    import torch

    kinds = set(map(type, elements.flat))
    if kinds and kinds <= {bool, Condition}:
        return torch.bool
    return torch.int64 if kinds == {int} else torch.float64


def elements_of(value: Any) -> Any:
    """The elements of any tensor or number, as an object array.

    Raises:
        TypeError: it is neither, or complex.
    """
    import torch

    if is_stand_in(value):
        return value.elements
    if isinstance(value, torch.Tensor):
        if value.is_complex():
            raise TypeError("complex numbers are not captured")
        widened = value.detach().double() if value.is_floating_point() else value.detach()
        return objects(widened.cpu().numpy())
    if isinstance(value, bool | int | float) or is_tracer(value):
        return objects(value)
    raise TypeError(f"{type(value).__name__} is no tensor")


def constant_tensor(elements: Any) -> Any:
    """An ordinary tensor of constant elements."""
    import torch

    kind = dtype_of(elements)
    return torch.tensor(elements.tolist(), dtype=kind)


def shown(elements: Any) -> str:
    """The elements for messages, cut short."""
    told = [short(tree_of(e)) if is_tracer(e) else repr(e) for e in list(elements.flat)[:4]]
    more = ", ..." if elements.size > len(told) else ""
    return f"{', '.join(told)}{more}" if np.ndim(elements) == 0 else f"[{', '.join(told)}{more}]"
