"""The arguments that a user gave, as a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derivc.errors import InputTypeError
from derivc.verify.audit.guess import CONSTANTS, guess, in_single, returned_none, wants_single
from derivc.verify.audit.leaves import are_numbers, taken_apart
from derivc.verify.audit.subject import CallError, Case, Subject


def case_of(subject: Subject, inputs: Any = None, wrt: Sequence[str] | None = None) -> Case:
    """A case from arguments in order, or by name; guessed where there are none.

    Args:
        inputs: arrays, tensors, numbers; one array alone may stand for itself. Arrays of floats
            vary, unless only some of several tensors require a gradient: then those do.
        wrt: the names of those that vary, if not all.

    Raises:
        InputTypeError: there are too many, or a name is unknown.
    """
    case = guess(subject) if inputs is None else _fitting(subject, _given(subject, inputs))
    if wrt is None:
        return case
    unknown = {name for name in wrt if not case.belonging(name)}
    if unknown:
        raise InputTypeError(f"wrt names {sorted(unknown)}; the arguments are {case.names}")
    asked = {own for name in wrt for own in case.belonging(name)}
    moving = tuple(i for i in case.moving if case.names[i] in asked)
    return replace(case, moving=moving)


def _fitting(subject: Subject, case: Case) -> Case:
    """The case in float32 where the function refuses float64."""
    try:
        subject.forward(case, case.arrays)
    except CallError as problem:
        return in_single(case) if wants_single(subject, problem) else case
    return case


def _given(subject: Subject, inputs: Any) -> Case:
    values = _in_order(subject, inputs)
    names, values, leaves = taken_apart(subject, _names(subject, len(values)), values)
    asked = [bool(getattr(v, "requires_grad", False)) for v in values]
    args = tuple(_plain(v) for v in values)
    if not any(isinstance(a, np.ndarray) for a in args):  # numbers alone: they are what varies
        args = tuple(
            np.array(a) if isinstance(a, float) and n not in subject.held else a
            for n, a in zip(names, args, strict=True)
        )
    arrays = [i for i, a in enumerate(args) if _varies(a) and names[i] not in subject.held]
    held = returned_none(subject, names)
    free = [i for i in arrays if not (names[i] in held and names[i].lower() in CONSTANTS)]
    moving = [i for i in arrays if asked[i]] if any(asked) else free or arrays
    if not moving:
        raise InputTypeError(
            f"inputs={tuple(map(type, values))} hold no array of floats to differentiate by"
        )
    return Case(names, args, tuple(moving), leaves=leaves)


def _varies(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _in_order(subject: Subject, inputs: Any) -> list[Any]:
    if isinstance(inputs, Mapping):
        known = [p.name for p in subject.parameters]
        unknown = [n for n in inputs if n not in known]
        if unknown:
            raise InputTypeError(f"inputs names {unknown}; the arguments are {known}")
        rest = {p.name: p.default for p in subject.parameters if p.default is not p.empty}
        return [v for n in known if (v := {**rest, **inputs}.get(n)) is not None or n in inputs]
    if not isinstance(inputs, tuple | list):
        return [inputs]
    alone = len(subject.parameters) == 1 and len(inputs) > 1
    return [np.array(inputs, float)] if alone and are_numbers(inputs) else list(inputs)


def _names(subject: Subject, count: int) -> tuple[str, ...]:
    """The arguments' names, `*args` numbered.

    Raises:
        InputTypeError: there are more values than arguments, or fewer than are needed.
    """
    parameters = subject.parameters
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    open_ended = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
    needed = [p for p in parameters if p.name in plain and p.default is p.empty]
    if (count > len(plain) and not open_ended) or count < len(needed):
        raise InputTypeError(
            f"{subject.name} takes ({', '.join(plain + open_ended)}), inputs holds {count}"
        )
    extra = [f"{open_ended[0]}{i}" for i in range(count - len(plain))] if open_ended else []
    return tuple((plain + extra)[:count])


def _plain(value: Any) -> Any:
    """Tensors and arrays as NumPy arrays, floats as float64; the rest as it is."""
    if hasattr(value, "detach"):
        value = value.detach().to("cpu")
        value = (value.double() if value.is_floating_point() else value).numpy().copy()
    elif hasattr(value, "__array__") and not isinstance(value, np.generic):
        value = np.array(value)
    if isinstance(value, list) and are_numbers(value):
        value = np.array(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(float)
    return value
