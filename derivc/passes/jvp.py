"""Forward mode: a program that also carries tangents."""

from __future__ import annotations

from collections.abc import Mapping

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.rules import scales


def push(
    b: SmartBuilder, program: Program, places: Mapping[Value, Value], tangents: dict[Value, Value]
) -> dict[Value, Value]:
    """Emit the tangent of every value of a program already inlined in `b`.

    Args:
        b: the builder that holds the program.
        program: the program that was inlined.
        places: where each of its values stands in `b`.
        tangents: per input of the program (its index), the tangent's value in `b`.

    Returns:
        Per value of the program that has one, its tangent in `b`; the others' are zero.
    """
    tangents = dict(tangents)
    for index, step in enumerate(program.instructions, len(program.inputs)):
        moving = [i for i, arg in enumerate(step.args) if arg in tangents]
        if moving:
            tangent = _tangent(b, step, index, places, tangents, moving)
            if tangent is not None:
                tangents[index] = tangent
    return tangents


def _tangent(
    b: SmartBuilder,
    step: Instruction,
    index: Value,
    places: Mapping[Value, Value],
    tangents: Mapping[Value, Value],
    moving: list[int],
) -> Value | None:
    if step.op == "where":
        zero = b.const(0)
        arms = [tangents.get(arg, zero) for arg in step.args[1:]]
        return b.emit("where", places[step.args[0]], *arms)
    if _is_boolean(step):
        return None
    args = [places[a] for a in step.args]
    by = scales(b, step, args, places[index], moving)
    terms = [by[i](tangents[step.args[i]]) for i in moving]
    total = terms[0]
    for term in terms[1:]:
        total = b.emit("add", total, term)
    return total


def _is_boolean(step: Instruction) -> bool:
    from derivc.ops import registry

    return step.op != "const" and "boolean" in registry.get(step.op).tags


def jvp(program: Program, wrt: list[Value], tangents: list[str]) -> Program:
    """A program for the outputs and their directional derivatives.

    Args:
        program: op level.
        wrt: the inputs that move.
        tangents: the names of the new inputs, one tangent per input in `wrt`.

    Returns:
        Outputs of `program`, then the tangent of each.
    """
    b = SmartBuilder([*program.inputs, *tangents])
    places = b.inline(program, range(len(program.inputs)))
    seeds = {value: len(program.inputs) + i for i, value in enumerate(wrt)}
    moved = push(b, program, places, seeds)
    zero = b.const(0)
    values = [places[out] for out in program.outputs]
    return b.finish([*values, *(moved.get(out, zero) for out in program.outputs)])


