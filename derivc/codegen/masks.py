"""Which inputs every value of a program depends on, as a set of bits."""

from __future__ import annotations

from collections.abc import Iterable

from derivc.ir.program import Program, Value


def dependencies(program: Program, full: Iterable[Value] = ()) -> list[int]:
    """Per value, bit i for input i: values with the same bits have the same shape.

    Args:
        program: what to look at. full: inputs that have the shape of all the others together.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x", "y"])
        >>> dependencies(b.finish([b.emit("mul", b.emit("exp", 0), 1)]))
        [1, 2, 1, 3]
    """
    found = [1 << i for i in range(len(program.inputs))]
    wide = set(full)
    everything = sum(found[i] for i in range(len(found)) if i not in wide)
    found = [everything if i in wide else mask for i, mask in enumerate(found)]
    for step in program.instructions:
        mask = 0
        for arg in step.args:
            mask |= found[arg]
        found.append(mask)
    return found


def readers(program: Program) -> list[int]:
    """Per value, bit k for output k: the outputs that are made from it.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> e = b.emit("exp", 0)
        >>> readers(b.finish([e, b.emit("neg", e)]))
        [3, 3, 2]
    """
    start = len(program.inputs)
    found = [0] * (start + len(program))
    for k, out in enumerate(program.outputs):
        found[out] |= 1 << k
    for index in range(start + len(program) - 1, start - 1, -1):
        for arg in program.instructions[index - start].args:
            found[arg] |= found[index]
    return found
