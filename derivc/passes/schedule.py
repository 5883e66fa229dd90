"""Scheduling: the order of instructions in which the fewest values are alive at once."""

from __future__ import annotations

from derivc.ir.program import Instruction, Program, Value
from derivc.passes.liveness import last_uses


def schedule(program: Program) -> Program:
    """The same instructions, perhaps in another order: the one that needs fewer buffers.

    Two orders are tried: the given one, and depth first from the outputs. Both take linear time.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x", "y"])
        >>> early = [b.emit("exp", v) for v in (0, 1)]
        >>> p = b.finish([b.emit("neg", e) for e in early])
        >>> [step.op for step in schedule(p).instructions]
        ['exp', 'neg', 'exp', 'neg']
    """
    other = _depth_first(program)
    return other if pressure(other) < pressure(program) else program


def pressure(program: Program) -> int:
    """The largest number of computed values, outputs apart, that are alive at once."""
    last, start = last_uses(program), len(program.inputs)
    dying = [0] * (start + len(program) + 1)
    alive = most = 0
    for index, step in enumerate(program.instructions, start):
        alive -= dying[index]
        if step.op != "const" and index < last[index] < start + len(program):
            alive += 1
            dying[last[index]] += 1
        most = max(most, alive)
    return most


def _depth_first(program: Program) -> Program:
    """Instructions in post-order, output by output."""
    start = len(program.inputs)
    places: dict[Value, Value] = {value: value for value in range(start)}
    ordered: list[Instruction] = []
    for out in program.outputs:
        stack = [out]
        while stack:
            value = stack[-1]
            step = program.instruction(value)
            missing = [a for a in step.args if a not in places] if step else []
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if step is not None and value not in places:
                places[value] = start + len(ordered)
                args = tuple(places[a] for a in step.args)
                ordered.append(Instruction(step.op, args, step.value))
    return Program(program.inputs, tuple(ordered), tuple(places[out] for out in program.outputs))
