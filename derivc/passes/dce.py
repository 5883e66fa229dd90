"""Dead-code elimination: instructions that no output depends on are dropped."""

from __future__ import annotations

from derivc.ir.program import Instruction, Program
from derivc.passes.activity import needed


def dce(program: Program) -> Program:
    """The same program without dead instructions; inputs stay."""
    marks, start = needed(program), len(program.inputs)
    places = {value: value for value in range(start)}
    kept: list[Instruction] = []
    for index, step in enumerate(program.instructions, start):
        if marks[index]:
            places[index] = start + len(kept)
            kept.append(Instruction(step.op, tuple(places[a] for a in step.args), step.value))
    return Program(program.inputs, tuple(kept), tuple(places[out] for out in program.outputs))
