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
    for mask, argument in zip(_bits(arguments), arguments, strict=True):
        found += [mask] * len(argument.elements)
    for step in program.instructions:
        mask = 0
        for arg in step.args:
            mask |= found[arg]
        found.append(mask)
    return found


def everything(arguments: tuple[Argument, ...]) -> int:
    """The mask of a value that depends on all scalar arguments: it varies in every call."""
    mask = 0
    for bit in _bits(arguments):
        mask |= bit
    return mask


_MOST = 32
"""With more arguments than this, masks would swell the text: all that varies in any call is one."""


def _bits(arguments: tuple[Argument, ...]) -> list[int]:
    """The mask of every argument itself."""
    apart = len(arguments) <= _MOST
    return [(1 << i if apart else 1) if a.is_scalar else 0 for i, a in enumerate(arguments)]
