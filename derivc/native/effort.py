"""What native code waits for over large arrays: computing, or memory."""

from __future__ import annotations

from derivc.codegen.c import sine_cosine, spelling
from derivc.ir.program import Program

_MOVING = 0.15
"""Nanoseconds that a number takes from or to memory; only what others take beside it matters."""

_CALL, _SPECIAL = 0.7, 20.0
_OTHERS = {"div": 0.06, "sqrt": 0.24}
_REST = 0.005
_MANY = 5


def moves(program: Program) -> bool:
    """Whether moving the numbers of a program from and to memory takes longer than computing.

    Example:
        >>> from derivc.ir.program import Instruction, Program
        >>> moves(Program(("x", "y"), (Instruction("mul", (0, 1)),), (2,)))
        True
        >>> moves(Program(("x",), (Instruction("exp", (0,)),), (1,)))
        False
    """
    return nanoseconds(program) < _MOVING * (len(program.inputs) + len(program.outputs))


def calls(program: Program) -> bool:
    """Whether calls of the C library follow one another so that memory is waited for beside them.

    Each call saves what registers hold; those stores and the results wait in one queue, in order,
    and what comes behind it is not looked at. Up to four calls were found to do no harm.

    Example:
        >>> from derivc.ir.program import Instruction, Program
        >>> steps = tuple(Instruction(op, (0,)) for op in ("exp", "log", "tanh", "atan", "sin"))
        >>> calls(Program(("x",), steps, (1, 2, 3, 4, 5)))
        False
        >>> calls(Program(("x",), (*steps, Instruction("erf", (0,))), (1, 2, 3, 4, 5, 6)))
        True
    """
    steps = [s.op for s in program.instructions if s.op not in sine_cosine.FUNCTIONS]
    return sum(len(spelling.calls(op)) for op in steps if op != "const") >= _MANY


def nanoseconds(program: Program) -> float:
    """About what one element takes where memory is near, with whole vectors of eight numbers.

    A sine and a cosine of one number count once: they are computed together.

    Example:
        >>> from derivc.ir.program import Instruction, Program
        >>> both = (Instruction("sin", (0,)), Instruction("cos", (0,)))
        >>> nanoseconds(Program(("x",), both, (1, 2)))
        0.7
    """
    steps = [s for s in program.instructions if s.op != "const"]
    waves = {step.args for step in steps if step.op in sine_cosine.FUNCTIONS}
    rest = [step.op for step in steps if step.op not in sine_cosine.FUNCTIONS]
    return len(waves) * _CALL + sum(map(_nanoseconds, rest))


def _nanoseconds(op: str) -> float:
    if spelling.special(op):
        return _SPECIAL
    return len(spelling.calls(op)) * _CALL or _OTHERS.get(op, _REST)
