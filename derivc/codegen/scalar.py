"""The body of a function over Python floats."""

from __future__ import annotations

from derivc.codegen import spelling
from derivc.ir.program import Program


def lines(program: Program, names: list[str]) -> list[str]:
    """One assignment per computed value, over floats."""
    found = []
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op != "const":
            atoms = [names[a] for a in step.args]
            found.append(f"{names[index]} = {spelling.scalar(step, atoms)}")
    return found


def outputs(program: Program, names: list[str]) -> list[str]:
    """The outputs as floats: constants with a point, truth values converted."""
    return [_output(program, out, names[out]) for out in program.outputs]


def _output(program: Program, out: int, name: str) -> str:
    step = program.instruction(out)
    if step is None or not spelling.is_boolean(step):
        return name
    return f"float({name})"


def computed(program: Program, names: list[str]) -> list[str]:
    """The outputs that are computed, each once: those that may turn out not to be finite."""
    start = len(program.inputs)
    wanted = [o for o in program.outputs if o >= start and program.constant(o) is None]
    return [names[out] for out in dict.fromkeys(wanted)]
