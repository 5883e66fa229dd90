"""Which values depend on the variables of differentiation, and which are needed at all."""

from __future__ import annotations

from collections.abc import Iterable

from derivc.ir.program import Program, Value


def active(program: Program, wrt: Iterable[Value]) -> list[bool]:
    """For every value, whether it depends on one of the inputs in `wrt`."""
    start = len(program.inputs)
    marks = [False] * (start + len(program))
    for value in wrt:
        marks[value] = True
    for index, step in enumerate(program.instructions, start):
        marks[index] = any(marks[arg] for arg in step.args)
    return marks


def needed(program: Program) -> list[bool]:
    """For every value, whether an output depends on it."""
    start = len(program.inputs)
    marks = [False] * (start + len(program))
    for value in program.outputs:
        marks[value] = True
    for index in range(len(marks) - 1, start - 1, -1):
        if marks[index]:
            for arg in program.instructions[index - start].args:
                marks[arg] = True
    return marks
