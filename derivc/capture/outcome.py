"""What a captured function returned, as trees; which of several results is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.codegen.function import Argument
from derivc.definition import Definition
from derivc.errors import TraceError
from derivc.symbolic.trace import _tree

Array = Any


@final
@dataclass(frozen=True)
class Captured:
    """A captured function.

    Args:
        definition: its arguments and trees.
        notes: what the user should know of it, in sentences.
    """

    definition: Definition
    notes: tuple[str, ...] = ()


def chosen(result: Any, output: int | str | None, name: str) -> Any:
    """The result asked for by place or key; all of it by default.

    Raises:
        TraceError: there is no such result, or the function returned None.
    """
    if result is None:
        raise TraceError(f"{name} returned None; end it with `return` and the value")
    if output is None:
        return result
    try:
        return getattr(result, str(output)) if _is_field(result, output) else result[output]
    except (KeyError, IndexError, TypeError):
        raise TraceError(f"{name} has no result {output!r}; it returned {_told(result)}") from None


def _is_field(result: Any, output: Any) -> bool:
    return isinstance(output, str) and not isinstance(result, Mapping) and hasattr(result, output)


def _told(result: Any) -> str:
    if isinstance(result, Mapping):
        return f"a dictionary with the keys {list(result)}"
    if isinstance(result, list | tuple):
        return f"{len(result)} results"
    return f"a {type(result).__name__}"


def gathered(result: Any, name: str, array_of: Callable[[Any], Array]) -> Array:
    """The elements of a result as one object array.

    Args:
        array_of: one tensor or number as an object array, or a TypeError.

    Raises:
        TraceError: the result is no number, tensor, or sequence of these of one shape.
    """
    if isinstance(result, Mapping):
        raise TraceError(
            f"{name} returned {_told(result)}; say which one is meant, as in"
            f" output={next(iter(result), 'key')!r}"
        )
    if not isinstance(result, list | tuple):
        return _one(result, name, array_of)
    parts = [gathered(part, name, array_of) for part in result]
    if len(parts) == 1:
        return parts[0]
    if not parts or len({part.shape for part in parts}) > 1:
        told = ", ".join(str(part.shape) for part in parts) or "nothing"
        raise TraceError(f"{name} returned results of the shapes {told}; choose one: output=0")
    return np.stack(parts)


def _one(result: Any, name: str, array_of: Callable[[Any], Array]) -> Array:
    try:
        return array_of(result)
    except TypeError:
        raise TraceError(
            f"{name} returned {type(result).__name__} ({str(result)[:60]}); return a tensor, a"
            " number or a tuple of these"
        ) from None


def definition_of(
    arguments: Sequence[Any], elements: Mapping[str, tuple[str, ...]], array: Array, name: str
) -> Definition:
    """The definition of a captured function: its arguments, and the trees of its result."""
    made = tuple(Argument(a.name, elements[a.name], a.shape or None) for a in arguments)
    trees = tuple(_tree(item) for item in array.flat)
    return Definition(made, trees, array.shape or None, name)
