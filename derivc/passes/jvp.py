"""Forward mode: a program that also carries tangents."""

from __future__ import annotations

from collections.abc import Mapping

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.flow import Flow, choose, masked, merge
from derivc.passes.rules import scales


def push(
    b: SmartBuilder, program: Program, places: Mapping[Value, Value], tangents: dict[Value, Value]
) -> dict[Value, Value]:
    """Emit the tangents of the outputs of a program already inlined in `b`.

    Args:
        b: the builder that holds the program.
        program: the program that was inlined, at op level.
        places: where each of its values stands in `b`.
        tangents: per input of the program (its index), the tangent's value in `b`.

    Returns:
        Per output of the program that has one, its tangent in `b`; the others' are zero.
    """
    flows = {value: Flow(tangent) for value, tangent in tangents.items()}
    for index, step in enumerate(program.instructions, len(program.inputs)):
        moving = [i for i, arg in enumerate(step.args) if arg in flows]
        flow = _flow(b, step, index, places, flows, moving) if moving else None
        if flow is not None:
            flows[index] = flow
    return {out: masked(b, flows[out]) for out in dict.fromkeys(program.outputs) if out in flows}


def _flow(
    b: SmartBuilder,
    step: Instruction,
    index: Value,
    places: Mapping[Value, Value],
    flows: Mapping[Value, Flow],
    moving: list[int],
) -> Flow | None:
    """The tangent of one instruction."""
    if step.op == "where":
        condition, yes, no = step.args
        return choose(b, places[condition], flows.get(yes), flows.get(no))
    if "boolean" in registry.get(step.op).tags:
        return None
    args = [places[a] for a in step.args]
    by = scales(b, step, args, places[index], moving)
    terms = [by[i](flows[step.args[i]]) for i in moving]
    counted = [term for term in terms if term is not None]
    return merge(b, counted) if counted else None


def jvp(
    program: Program, wrt: list[Value], tangents: list[str], convention: str = "torch"
) -> Program:
    """A program for the outputs and their directional derivatives.

    Args:
        program: op level.
        wrt: the inputs that move.
        tangents: the names of the new inputs, one tangent per input in `wrt`.
        convention: what derivatives return at kinks.

    Returns:
        Outputs of `program`, then the tangent of each.
    """
    b = SmartBuilder([*program.inputs, *tangents])
    b.convention = convention
    places = b.inline(program, range(len(program.inputs)))
    seeds = {value: len(program.inputs) + i for i, value in enumerate(wrt)}
    moved = push(b, program, places, seeds)
    zero = b.const(0)
    values = [places[out] for out in program.outputs]
    return b.finish([*values, *(moved.get(out, zero) for out in program.outputs)])
