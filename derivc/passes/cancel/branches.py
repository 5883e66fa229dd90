"""One condition settled: the program as it is where the condition holds, and where it does not.

    f(where(c, a, b), where(c, d, e)) = where(c, f(a, d), f(b, e))

A power of 1 + u is computed in two ways, chosen by the size of u (`passes.powers`). Its partials
meet again behind the choice; only with the choice last do their terms stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.dce import dce

_LONGEST = 300


def settled(program: Program) -> Program | None:
    """The program with its first shared choice by size made last; None where there is none.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> small = b.emit("lt", b.emit("abs", 0), b.const(1))
        >>> one = b.emit("where", small, 0, b.const(2))
        >>> other = b.emit("where", small, b.const(3), 0)
        >>> found = settled(b.finish([b.emit("add", one, other)]))
        >>> [step.op for step in found.instructions]
        ['abs', 'const', 'lt', 'const', 'const', 'add', 'add', 'where']
    """
    return _apart(program, _shared(program, _is_size, 2) if len(program) <= _LONGEST else None)


def weighed(program: Program) -> Program | None:
    """The program with its first choice of the larger part made last; None where there is none.

    1 - where(c, 1/(1 + u), t/(1 + t)) cancels, and only its two sides show how not to.
    """
    return _apart(program, _shared(program, _is_part, 1) if len(program) <= _LONGEST else None)


def _apart(program: Program, condition: Value | None) -> Program | None:
    if condition is None:
        return None
    b = SmartBuilder(program.inputs)
    there = _copied(b, program, condition, True)
    other = _copied(b, program, condition, False)
    chosen = there[condition]
    outputs = [b.emit("where", chosen, there[o], other[o]) for o in program.outputs]
    return dce(b.finish(outputs))


def _shared(
    program: Program, kind: Callable[[Program, Instruction], bool], least: int
) -> Value | None:
    """A condition of a kind that so many choices are made by."""
    start = len(program.inputs)
    for value, step in enumerate(program.instructions, start):
        if kind(program, step):
            users = [s for s in program.instructions if s.op == "where" and s.args[0] == value]
            if len(users) >= least:
                return value
    return None


def _is_part(program: Program, step: Instruction) -> bool:
    """p > |q|, as `passes.saturation` has it."""
    inner = program.instruction(step.args[1]) if step.op == "gt" else None
    return inner is not None and inner.op == "abs"


def _is_size(program: Program, step: Instruction) -> bool:
    """|u| < c."""
    if step.op != "lt" or program.constant(step.args[1]) is None:
        return False
    inner = program.instruction(step.args[0])
    return inner is not None and inner.op == "abs"


def _copied(b: SmartBuilder, program: Program, condition: Value, holds: bool) -> dict[Value, Value]:
    """Where the values stand in the program under the condition, or under its opposite."""
    places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
    fixed = b.const(holds)
    settled = dict(places)
    for value, step in enumerate(program.instructions, len(program.inputs)):
        places[value] = b.copy(step, settled)
        settled[value] = fixed if value == condition else places[value]
    return places
