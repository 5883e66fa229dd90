"""Liveness: for every value of a program, the last instruction that reads it."""

from __future__ import annotations

from derivc.ir.program import Program


def last_uses(program: Program) -> list[int]:
    """Per value, the value id of the instruction that reads it last.

    Returns:
        One entry per value: -1 for a value that nothing reads; one past the last value for an
        output, which lives to the end.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> last_uses(b.finish([b.emit("neg", b.emit("exp", 0))]))
        [1, 2, 3]
    """
    start = len(program.inputs)
    end = start + len(program)
    last = [-1] * end
    for index, step in enumerate(program.instructions, start):
        for arg in step.args:
            last[arg] = index
    for out in program.outputs:
        last[out] = end
    return last
