"""What a kernel is given: the arguments to differentiate by, and one value for each of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivc.definition import Definition
from derivc.errors import InputTypeError


def chosen(definition: Definition, wrt: Sequence[str] | str | None) -> tuple[str, ...]:
    """The arguments to differentiate by.

    Raises:
        InputTypeError: a name is no argument of the function.
    """
    if wrt is None:
        return definition.inputs
    names = (wrt,) if isinstance(wrt, str) else tuple(str(name) for name in wrt)
    unknown = [name for name in names if name not in definition.inputs]
    if unknown or len(set(names)) != len(names):
        raise InputTypeError(
            f"wrt={names} must name arguments of the function, each once: {definition.inputs}"
        )
    return names


def as_tuple(values: Any, count: int, what: str, names: tuple[str, ...]) -> tuple[Any, ...]:
    """One value per name: a tuple or list of them, or the bare value of a single one."""
    if isinstance(values, tuple | list) and len(values) == count:
        return tuple(values)
    if count == 1:
        return (values,)
    raise InputTypeError(f"{what} must be a tuple of {count} values, for {names}; got {values!r}")
