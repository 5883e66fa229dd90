"""The body of a function over blocks of arrays: one ufunc a line, into outputs and scratch buffers."""

from __future__ import annotations

from derivc.codegen import spelling
from derivc.codegen.buffers import Allocation, Buffer
from derivc.ir.program import Program, Value


def lines(program: Program, names: list[str], allocation: Allocation) -> list[str]:
    """One call per computed value."""
    found = []
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op != "const":
            atoms = [names[a] for a in step.args]
            call = spelling.array(step, atoms, buffer_name(allocation.places[index]))
            found.append(f"{names[index]} = {call}")
    return found


def buffer_name(buffer: Buffer) -> str:
    """`o0`, `w3`, `c1`."""
    return f"{buffer[0]}{buffer[1]}"


def copies(program: Program, names: list[str], allocation: Allocation) -> list[str]:
    """Assignments for outputs that no instruction writes: inputs, constants and repetitions."""
    return [
        f"o{k}[...] = {names[out]}"
        for k, out in enumerate(program.outputs)
        if _is_copied(out, k, allocation)
    ]


def _is_copied(out: Value, output: int, allocation: Allocation) -> bool:
    return allocation.outputs.get(out) != output
