"""Values in a jaxpr: object arrays where they depend on the arguments, JAX's own where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.capture.elements import boxed, is_constant, objects
from derivc.symbolic.tracing.places import describe
from derivc.symbolic.tracing.scalar import is_tracer


def is_traced(value: Any) -> bool:
    """Whether a value is an object array."""
    return isinstance(value, np.ndarray) and value.dtype == object


def array_of(value: Any) -> Any:
    """Any value as an object array.

    Raises:
        TypeError: it is no array of real numbers.
    """
    if is_traced(value):
        return value
    if is_tracer(value):
        return boxed(value)
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{array.dtype} is no kind of real numbers")
    return objects(array)


def settled(value: Any, dtype: Any) -> Any:
    """An object array without stand-ins as a plain array of that dtype; others as they are."""
    if not is_traced(value) or not is_constant(value):
        return value
    return value.astype(dtype)


def place(equation: Any) -> str:
    """The user's line that an equation comes from: file, line and source; "" if not known."""
    from jax._src import source_info_util

    frame = source_info_util.user_frame(equation.source_info.traceback)
    return "" if frame is None else describe(frame.file_name, frame.start_line)
