"""The entropy of a two-level system, whose terms cancel for large u on one side.

    log(1 + exp(u)) - u s(u) = log(1 + exp(-|u|)) + |u| s(-|u|),  s the logistic function

Both sides are even in u, for s(-u) = 1 - s(u). It is what the derivative of T log(1 + exp(E/T)) by
the temperature leaves.
"""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.passes.dce import dce


def entropies(program: Program) -> Program:
    """The program with such differences as sums.

    Example:
        >>> b = SmartBuilder(["u"])
        >>> level = b.emit("logaddexp", b.const(0), 0)
        >>> whole = b.emit("sub", level, b.emit("mul", 0, b.emit("sigmoid", 0)))
        >>> entropies(b.finish([whole])).instructions[-1].op
        'add'
    """
    if not any(step.op == "logaddexp" for step in program.instructions):
        return program
    b = SmartBuilder(program.inputs)
    places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        place = b.copy(step, places)
        found = _entropy(b, place)
        places[index] = place if found is None else found
    return dce(b.finish(places[out] for out in program.outputs))


def _entropy(b: SmartBuilder, value: Value) -> Value | None:
    step = b.at(value)
    level, used = map(b.at, step.args) if step.op == "sub" else (step, step)
    if level.op != "logaddexp" or used.op != "mul" or not b.is_const(level.args[0], 0):
        return None
    u = level.args[1]
    if set(used.args) != {u, b.emit("sigmoid", u)}:
        return None
    size = b.emit("abs", u)
    away = b.emit("neg", size)
    rest = b.emit("mul", size, b.emit("sigmoid", away))
    return b.emit("add", b.emit("logaddexp", b.const(0), away), rest)
