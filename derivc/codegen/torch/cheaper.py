"""The same values by functions that cost PyTorch less, as exactly.

    sech(u)^2 = 4 sigmoid(2u) sigmoid(-2u)    all u; two passes in place of six, no digit lost
    zeta(2, u) = trigamma(u)                  https://dlmf.nist.gov/25.11.E12; zeta takes powers
"""

from __future__ import annotations

from collections.abc import Callable

from derivc.codegen.library import ready
from derivc.codegen.torch.spelling import KEPT
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.dce import dce

Rule = Callable[[SmartBuilder, Program, Instruction, dict[Value, Value]], Value | None]


def cheaper(program: Program) -> Program:
    """An op-level program over what PyTorch spells.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> print(cheaper(b.finish([b.emit("square", b.emit("sech", 0))])))
        inputs x
        _2 = mul 2.0 x
        _3 = sigmoid _2
        _5 = mul -2.0 x
        _6 = sigmoid _5
        _7 = mul _3 _6
        _8 = mul 4.0 _7
        outputs _8
    """
    given = _rewritten(program, _sech_squared)
    return _rewritten(ready(given, KEPT), _zeta)


def reading_output(program: Program, value: Program) -> Program:
    """A pullback over inputs, output and cotangent, in which nothing computes the output again.

    Args:
        program: the pullback. value: the function, of one output.
    """
    b = SmartBuilder(program.inputs)
    inputs = range(len(program.inputs))
    places = b.inline(value, range(len(value.inputs)))
    again = places[value.outputs[0]]
    placed = b.inline(program, inputs)
    output = len(value.inputs)
    found = b.finish(placed[out] for out in program.outputs)
    fresh = SmartBuilder(program.inputs)
    seats = dict(enumerate(inputs))
    for index, step in enumerate(found.instructions, len(inputs)):
        seats[index] = output if index == again else fresh.copy(step, seats)
    return dce(fresh.finish(seats[out] for out in found.outputs))


def _rewritten(program: Program, rule: Rule) -> Program:
    """A program in which a rule has replaced what it can."""
    b = SmartBuilder(program.inputs)
    start = len(program.inputs)
    places = dict(enumerate(range(start)))
    for index, step in enumerate(program.instructions, start):
        found = rule(b, program, step, places)
        places[index] = b.copy(step, places) if found is None else found
    return dce(b.finish(places[out] for out in program.outputs))


def _sech_squared(
    b: SmartBuilder, program: Program, step: Instruction, places: dict[Value, Value]
) -> Value | None:
    """4 sigmoid(2u) sigmoid(-2u) for the square of sech(u)."""
    whole = step.op == "pow" and program.constant(step.args[1]) == 2
    if not (whole or step.op == "square"):
        return None
    inner = program.instruction(step.args[0])
    if inner is None or inner.op != "sech":
        return None
    u = places[inner.args[0]]
    sides = [b.emit("sigmoid", b.emit("mul", b.const(c), u)) for c in (2, -2)]
    return b.emit("mul", b.const(4), b.emit("mul", *sides))


def _zeta(
    b: SmartBuilder, program: Program, step: Instruction, places: dict[Value, Value]
) -> Value | None:
    """trigamma(u) for zeta(2, u)."""
    if step.op != "zeta" or program.constant(step.args[0]) != 2:
        return None
    return b.emit("trigamma", places[step.args[1]])
