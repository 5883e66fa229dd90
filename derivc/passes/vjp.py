"""Reverse mode: one backward sweep over the program gives the cotangent of every input.

Branches hand cotangents on under guards (`passes.flow`): a partial that is infinite or NaN in an
untaken branch is computed and then not selected, instead of being multiplied by zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.activity import active
from derivc.passes.flow import Flow, both, masked, merge
from derivc.passes.rules import scales


def pull(
    b: SmartBuilder,
    program: Program,
    places: Mapping[Value, Value],
    cotangents: Mapping[Value, Value],
    wrt: list[Value],
) -> list[Value]:
    """Emit the cotangents of the inputs `wrt` of a program already inlined in `b`.

    Args:
        b: the builder that holds the program.
        program: the program that was inlined, at op level.
        places: where each of its values stands in `b`.
        cotangents: per output value of the program, its cotangent in `b`.
        wrt: the inputs of the program to differentiate by.

    Returns:
        One value in `b` per input in `wrt`.
    """
    marks, start = active(program, wrt), len(program.inputs)
    flows: dict[Value, list[Flow]] = {out: [Flow(g)] for out, g in cotangents.items()}
    for index in range(start + len(program) - 1, start - 1, -1):
        arrived = flows.pop(index, None)
        if arrived and marks[index]:
            flow = merge(b, arrived)
            _spread(b, program.instructions[index - start], index, places, flow, marks, flows)
    zero = b.const(0)
    return [masked(b, merge(b, flows[v])) if v in flows else zero for v in wrt]


def _spread(
    b: SmartBuilder,
    step: Instruction,
    index: Value,
    places: Mapping[Value, Value],
    flow: Flow,
    marks: list[bool],
    flows: dict[Value, list[Flow]],
) -> None:
    """Pass the cotangent of one instruction on to its active arguments."""
    if step.op == "where":
        return _branch(b, step, places, flow, marks, flows)
    wanted = [i for i, arg in enumerate(step.args) if marks[arg]]
    if not wanted or "boolean" in registry.get(step.op).tags:
        return None
    args = [places[a] for a in step.args]
    for i, scale in scales(b, step, args, places[index], wanted).items():
        passed = scale(flow)
        if passed is not None:
            flows.setdefault(step.args[i], []).append(passed)
    return None


def _branch(
    b: SmartBuilder,
    step: Instruction,
    places: Mapping[Value, Value],
    flow: Flow,
    marks: list[bool],
    flows: dict[Value, list[Flow]],
) -> None:
    condition = places[step.args[0]]
    guards = condition, b.emit("logical_not", condition)
    for arm, guard in zip(step.args[1:], guards, strict=True):
        if marks[arm]:
            flows.setdefault(arm, []).append(Flow(flow.value, both(b, flow.guard, guard)))


def gradient(program: Program, wrt: list[Value]) -> Program:
    """A program for the outputs, then the gradient of the first output by the inputs `wrt`."""
    b = SmartBuilder(program.inputs)
    places = b.inline(program, range(len(program.inputs)))
    seeds = {program.outputs[0]: b.const(1)}
    cotangents = pull(b, program, places, seeds, wrt)
    return b.finish([*(places[out] for out in program.outputs), *cotangents])


def vjp(program: Program, wrt: list[Value], cotangents: list[str]) -> Program:
    """A program for the outputs, then the vector-Jacobian product by the inputs `wrt`.

    `cotangents` names the new inputs, one per output.
    """
    b = SmartBuilder([*program.inputs, *cotangents])
    places = b.inline(program, range(len(program.inputs)))
    pulled = pull(b, program, places, seeds_of(b, program, len(program.inputs)), wrt)
    return b.finish([*(places[out] for out in program.outputs), *pulled])


def pullback(
    program: Program,
    wrt: list[Value],
    cotangents: Sequence[str],
    results: Sequence[str] = (),
    given: bool = False,
    convention: str = "torch",
) -> Program:
    """A program for the vector-Jacobian product alone.

    Args:
        program: at op level.
        wrt: the inputs to differentiate by.
        cotangents: names of new inputs, one per output; they come last.
        results: names of new inputs for the outputs, which come before them; may be left out.
        given: read the first output from its input instead of computing it again.
        convention: what is returned at kinks.
    """
    start = len(program.inputs)
    b = SmartBuilder([*program.inputs, *results, *cotangents])
    b.convention = convention
    places = b.inline(program, range(start))
    if given:
        places = {**places, program.outputs[0]: start}
    seeds = seeds_of(b, program, start + len(results))
    return b.finish(pull(b, program, places, seeds, wrt))


def seeds_of(b: SmartBuilder, program: Program, start: int) -> dict[Value, Value]:
    """The cotangent of every output value; one that stands twice has the sum of two.

    Args:
        b: the builder. program: the program that is inlined in it.
        start: where the cotangents stand among the builder's inputs.
    """
    seeds: dict[Value, Value] = {}
    for i, out in enumerate(program.outputs):
        cotangent = start + i
        seeds[out] = b.emit("add", seeds[out], cotangent) if out in seeds else cotangent
    return seeds
