"""What every value of a program is called in generated code."""

from __future__ import annotations

from derivc.codegen.function import Argument
from derivc.codegen.names import Names
from derivc.ir import exact
from derivc.ir.program import Program


def value_names(program: Program, arguments: tuple[Argument, ...], names: Names) -> list[str]:
    """Per value: the argument's name, the constant, or `_0`, `_1`, ... in order of computation."""
    found = input_names(arguments, names)
    prefix, count = names.prefix("_"), 0
    for step in program.instructions:
        if step.op == "const":
            found.append(number(step.value))
        else:
            found.append(f"{prefix}{count}")
            count += 1
    return found


def input_names(arguments: tuple[Argument, ...], names: Names) -> list[str]:
    """One name per input: a scalar argument's own, numbered ones for the elements of an array."""
    found = []
    for argument in arguments:
        if argument.is_scalar:
            found.append(argument.name)
        else:
            prefix = names.prefix(f"{argument.name}_")
            found += [f"{prefix}{i}" for i in range(len(argument.elements))]
    return found


def number(value: object) -> str:
    """A constant as Python text: the nearest float, in full."""
    if isinstance(value, bool):
        return repr(value)
    text = repr(exact.to_float(value))
    return text if text.lstrip("-") not in ("inf", "nan") else f'float("{text}")'
