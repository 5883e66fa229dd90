"""Which values vary over the arrays of a call: the arguments that each value depends on.

A value that depends only on arguments that are plain numbers in a call is *uniform* there: it is
computed once, outside the loop over blocks.
"""

from __future__ import annotations

from derivc.codegen.function import Argument
from derivc.ir.program import Program


def masks(program: Program, arguments: tuple[Argument, ...]) -> list[int]:
    """Per value, a bit for every scalar argument that it depends on.

    Elements of arrays of fixed shape never vary: they have no bit.
    """
    found: list[int] = []
    for bit, argument in enumerate(arguments):
        found += [1 << bit if argument.is_scalar else 0] * len(argument.elements)
    for step in program.instructions:
        mask = 0
        for arg in step.args:
            mask |= found[arg]
        found.append(mask)
    return found


def everything(arguments: tuple[Argument, ...]) -> int:
    """The mask of a value that depends on all scalar arguments: it varies in every call."""
    return sum(1 << bit for bit, argument in enumerate(arguments) if argument.is_scalar)
