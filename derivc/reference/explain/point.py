"""The point at which a derivation is followed with numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from derivc.definition import read
from derivc.errors import InputTypeError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.evaluate import evaluate

_DIGITS = 700


def point_of(at: Any, names: Sequence[str]) -> dict[str, Any] | None:
    """The number of every variable, as mpmath numbers; None when none was asked for.

    Args:
        at: numbers by name: floats, SymPy numbers, or texts such as "pi/2"; for a function of one
            variable the number alone will do.
        names: the variables.

    Raises:
        InputTypeError: a variable without a number, a number without a variable, no real number.
    """
    if at is None:
        return None
    given = _named(at, names)
    missing = [name for name in names if name not in given]
    surplus = [name for name in given if name not in names]
    if missing or surplus:
        said = [f"give a number for {', '.join(missing)}"] if missing else []
        said += [f"there is no variable {', '.join(surplus)}"] if surplus else []
        raise InputTypeError(f"at={given!r}: {'; '.join(said)} (variables: {', '.join(names)})")
    return {name: _number(name, given[name]) for name in names}


def _named(at: Any, names: Sequence[str]) -> dict[str, Any]:
    if isinstance(at, Mapping):
        return {str(name): value for name, value in at.items()}
    if len(names) == 1:
        return {names[0]: at}
    raise InputTypeError(f"at= takes a number by name, as in at={{'x': 1}}; got {at!r}")


def _number(name: str, value: Any) -> Any:
    """The number in many digits.

    Raises:
        InputTypeError: it is not a finite real number.
    """
    found = _evaluated(value)
    if found is None or not mpmath().isfinite(found):
        raise InputTypeError(f"at: {name} must be one finite real number, got {value!r}")
    return found


def _evaluated(value: Any) -> Any:
    if isinstance(value, bool):
        return None
    if isinstance(value, str | sp.Basic):
        definition = read(value, relaxed=True)
        closed = definition.shape is None and not definition.elements
        return evaluate(definition.trees[0], {}, _DIGITS) if closed else None
    try:
        return mpmath().mpf(value if isinstance(value, int) else float(value))
    except (TypeError, ValueError):
        return None
