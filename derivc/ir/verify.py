"""Check a program against the grammar: every value bound once, before use, with the right arity."""

from __future__ import annotations

from derivc.errors import ProgramError
from derivc.ir.program import Instruction, Program
from derivc.ops import registry


def verify(program: Program) -> Program:
    """The program itself, when it keeps the rules.

    Raises:
        ProgramError: a value is used before it is bound, an op is unknown or has a wrong arity,
            or an input name stands twice.
    """
    if len(set(program.inputs)) != len(program.inputs):
        raise ProgramError(f"an input name stands twice: {program.inputs}")
    for index, step in enumerate(program.instructions, len(program.inputs)):
        _check(step, index)
    bound = len(program.inputs) + len(program.instructions)
    if any(not 0 <= out < bound for out in program.outputs):
        raise ProgramError(f"an output is not bound: {program.outputs}")
    return program


def _check(step: Instruction, index: int) -> None:
    if any(not 0 <= arg < index for arg in step.args):
        raise ProgramError(f"value {index} = {step.op}{step.args} uses a value not bound before it")
    arity = 0 if step.op == "const" else registry.get(step.op).arity
    if len(step.args) != arity:
        raise ProgramError(f"value {index} = {step.op}{step.args}: {step.op} takes {arity}")
    if (step.op == "const") != (step.value is not None):
        raise ProgramError(f"value {index}: only a constant carries a value, and it must")
