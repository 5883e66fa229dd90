"""The reference evaluator: one instruction after the other, the oracle for passes and backends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derivc.ir.program import Program


def interpret(
    program: Program,
    arguments: Sequence[Any],
    table: Callable[[str], Callable[..., Any]],
    constant: Callable[[Any], Any],
) -> list[Any]:
    """The outputs of a program over any kind of number.

    Args:
        program: the program, at op level or expanded.
        arguments: one number (or array) per input.
        table: from the name of an op to a function over those numbers.
        constant: from an exact constant to such a number.

    Returns:
        One number per output.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> p = b.finish([b.emit("mul", 0, b.const(3))])
        >>> interpret(p, [2], lambda op: lambda a, b: a * b, int)
        [6]
    """
    values = list(arguments)
    for step in program.instructions:
        if step.op == "const":
            values.append(constant(step.value))
        else:
            values.append(table(step.op)(*[values[a] for a in step.args]))
    return [values[out] for out in program.outputs]
