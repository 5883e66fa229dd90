"""Reverse mode: one backward sweep over the program gives the cotangent of every input.

Branches: the cotangent of `where(c, a, b)` flows into `a` unmasked, together with its *guard* `c`;
the selection is applied only where the flow leaves the branch. So a partial that is infinite or NaN
in an untaken branch is computed and then not selected, instead of being multiplied by zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.activity import active
from derivc.passes.rules import scales


@final
@dataclass(frozen=True, slots=True)
class Flow:
    """A cotangent that counts only where its guard holds (everywhere when it is None)."""

    value: Value
    guard: Value | None


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
    flows: dict[Value, list[Flow]] = {out: [Flow(g, None)] for out, g in cotangents.items()}
    for index in range(start + len(program) - 1, start - 1, -1):
        arrived = flows.pop(index, None)
        if arrived and marks[index]:
            flow = _merge(b, arrived)
            _spread(b, program.instructions[index - start], index, places, flow, marks, flows)
    zero = b.const(0)
    return [_masked(b, _merge(b, flows[v])) if v in flows else zero for v in wrt]


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
        flows.setdefault(step.args[i], []).append(Flow(scale(flow.value), flow.guard))
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
    for arm, guard in zip(step.args[1:], (condition, b.emit("logical_not", condition)), strict=True):
        if marks[arm]:
            flows.setdefault(arm, []).append(Flow(flow.value, _both(b, flow.guard, guard)))


def _both(b: SmartBuilder, outer: Value | None, inner: Value) -> Value:
    return inner if outer is None else b.emit("logical_and", outer, inner)


def _merge(b: SmartBuilder, flows: list[Flow]) -> Flow:
    """The sum of flows: unmasked while they share a guard, else each masked by its own."""
    groups: dict[Value | None, Value] = {}
    for flow in flows:
        seen = groups.get(flow.guard)
        groups[flow.guard] = flow.value if seen is None else b.emit("add", seen, flow.value)
    if len(groups) == 1:
        return Flow(*next((value, guard) for guard, value in groups.items()))
    if len(groups) == 2 and (selected := _opposite(b, groups)) is not None:
        return Flow(selected, None)
    total: Value | None = None
    for guard, value in groups.items():
        term = _masked(b, Flow(value, guard))
        total = term if total is None else b.emit("add", total, term)
    assert total is not None
    return Flow(total, _either(b, list(groups)))


def _opposite(b: SmartBuilder, groups: dict[Value | None, Value]) -> Value | None:
    """One selection instead of two masks and a sum, when the guards are c and not c."""
    (one, first), (two, second) = groups.items()
    for c, n, x, y in ((one, two, first, second), (two, one, second, first)):
        if c is not None and n is not None and b.emit("logical_not", c) == n:
            return b.emit("where", c, x, y)
    return None


def _either(b: SmartBuilder, guards: list[Value | None]) -> Value | None:
    """Where at least one of the guards holds."""
    total: Value | None = None
    for guard in guards:
        if guard is None:
            return None
        total = guard if total is None else b.emit("logical_or", total, guard)
    return total


def _masked(b: SmartBuilder, flow: Flow) -> Value:
    """The flow's value where its guard holds, zero elsewhere."""
    if flow.guard is None:
        return flow.value
    return b.emit("where", flow.guard, flow.value, b.const(0))


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
    seeds: dict[Value, Value] = {}
    for i, out in enumerate(program.outputs):
        given = len(program.inputs) + i
        seeds[out] = b.emit("add", seeds[out], given) if out in seeds else given
    pulled = pull(b, program, places, seeds, wrt)
    return b.finish([*(places[out] for out in program.outputs), *pulled])
