"""Programs rewritten instruction by instruction, by a rule that sees the old and builds the new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.dce import dce


@final
@dataclass(frozen=True)
class Place:
    """Where a rule is asked.

    Args:
        program: the old one. step: its instruction. builder: makes the new one.
        places: where the old program's values stand in the new one.
    """

    program: Program
    step: Instruction
    builder: SmartBuilder
    places: Mapping[Value, Value]

    def operand(self, position: int) -> Instruction | None:
        """The instruction that makes an operand; None for an input."""
        return self.program.instruction(self.step.args[position])

    def constant(self, position: int) -> object:
        """The number that an operand is, or None."""
        return self.program.constant(self.step.args[position])


Rule = Callable[[Place], Value | None]
"""Gives the value in place of an instruction, or None to leave it as it is."""


def rewritten(program: Program, rule: Rule) -> Program:
    """A program in which a rule has replaced what it can."""
    b = SmartBuilder(program.inputs)
    start = len(program.inputs)
    places = dict(enumerate(range(start)))
    for index, step in enumerate(program.instructions, start):
        found = rule(Place(program, step, b, places))
        places[index] = b.copy(step, places) if found is None else found
    return dce(b.finish(places[out] for out in program.outputs))
