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
            found.append(names.text(number(step.value)))
        else:
            found.append(f"{prefix}{count}")
            count += 1
    return found


def input_names(arguments: tuple[Argument, ...], names: Names) -> list[str]:
    """One name per input: a scalar argument's own, numbered ones for the elements of an array."""
    found: list[str] = []
    for argument in arguments:
        found += [argument.name] if argument.is_scalar else element_names(argument, names)
    return found


def element_names(argument: Argument, names: Names) -> list[str]:
    """`x_0`, `x_1`, ... for the elements of an array `x`."""
    prefix = names.prefix(f"{argument.name}_")
    return [f"{prefix}{i}" for i in range(len(argument.elements))]


def number(value: object) -> str:
    """A constant as Python text: the nearest float, in full."""
    if isinstance(value, bool):
        return repr(value)
    text = repr(exact.to_float(value))
    if text[-1:].isdigit():
        return text
    return "-math.inf" if text == "-inf" else f"math.{text}"


def targets(names: list[str]) -> str:
    """A tuple of names, as it stands left of an assignment."""
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
