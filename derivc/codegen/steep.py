"""Which programs have intermediate results that may leave the range of every number format."""

from __future__ import annotations

from derivc.codegen.moderate import STEEP
from derivc.ir.program import Program

_STEEP = frozenset({*STEEP, "pow"})


def is_steep(program: Program) -> bool:
    """True when a quotient or product of exponentials may be moderate and its parts not.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> is_steep(b.finish([b.emit("exp", 0)]))
        True
    """
    return any(step.op in _STEEP for step in program.instructions)
