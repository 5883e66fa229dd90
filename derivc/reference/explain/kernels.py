"""The derivations of a compiled function's partials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derivc.errors import InputTypeError
from derivc.reference.explain.explanation import Explanation, explain_definition


def explain(kernel: Any, args: Sequence[Any], named: Mapping[str, Any]) -> Explanation:
    """One derivation for every element of every argument in the kernel's `wrt`.

    Args:
        kernel: a `derivc.Kernel`. args, named: its arguments at the point; none: no numbers.

    Raises:
        InputTypeError: some arguments are given and others are missing, or have another shape.
    """
    arguments = {argument.name: argument for argument in kernel.definition.arguments}
    wanted = [(name,) for each in kernel.wrt for name in arguments[each].elements]
    if len(args) > len(arguments):
        raise InputTypeError(f"explain takes {len(arguments)} numbers, got {len(args)}")
    given = {**dict(zip(arguments, args, strict=False)), **named}
    at = _elements(arguments, given) if given else None
    found = explain_definition(kernel.definition, wanted, at)
    return Explanation(found.derivations, found.left_out, _remark(kernel.convention))


def _remark(convention: str) -> str:
    """What is to be said where the kernel does not follow the closed forms at kinks."""
    if convention == "torch":
        return ""
    return (
        f"The kernel was compiled with convention={convention!r}: exactly at a kink it returns that"
        " slope, where the closed form above has PyTorch's; everywhere else they are the same."
    )


def _elements(arguments: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers by the names of elements: an array is taken apart."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        elements = arguments[name].elements if name in arguments else (name,)
        values = np.ravel(np.asarray(value, dtype=object))
        if len(values) != len(elements):
            raise InputTypeError(
                f"explain follows one point: {name} has {len(elements)} elements, got {len(values)}"
            )
        found.update(zip(elements, values, strict=True))
    return found
