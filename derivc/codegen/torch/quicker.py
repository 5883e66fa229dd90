"""Forms for what is not differentiated any more: their own derivatives may fail at a point.

    sigmoid(u) sigmoid(-u) = s (1 - s), s = sigmoid(-|u|)    all u

There s <= 1/2, so that 1 - s keeps its digits.
"""

from __future__ import annotations

from collections import Counter

from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.ir import exact
from derivc.ir.program import Program, Value


def quicker(program: Program) -> Program:
    """A program over what PyTorch spells, to be evaluated only.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> sides = [b.emit("sigmoid", v) for v in (0, b.emit("neg", 0))]
        >>> print(quicker(b.finish([b.emit("mul", *sides)])))
        inputs x
        _1 = abs x
        _2 = neg _1
        _3 = sigmoid _2
        _5 = sub 1 _3
        _6 = mul _3 _5
        outputs _6
    """
    uses = Counter(arg for step in program.instructions for arg in step.args)
    uses.update(program.outputs)

    def rule(place: Place) -> Value | None:
        sides = [program.instruction(a) for a in place.step.args]
        if place.step.op != "mul" or any(s is None or s.op != "sigmoid" for s in sides):
            return None
        u, v = (s.args[0] for s in sides if s is not None)
        if any(uses[a] > 1 for a in place.step.args) or not _opposite(program, u, v):
            return None
        b = place.builder
        s = b.emit("sigmoid", b.emit("neg", b.emit("abs", place.places[u])))
        return b.emit("mul", s, b.emit("sub", b.const(1), s))

    return rewritten(program, rule)


def _opposite(program: Program, u: Value, v: Value) -> bool:
    """Whether two values are each other's negative: -w and w, or -c w and c w."""
    for one, other in ((u, v), (v, u)):
        step = program.instruction(one)
        if step is not None and step.op == "neg" and step.args[0] == other:
            return True
    return _scale(program, u) == _scale(program, v, -1) is not None


def _scale(program: Program, value: Value, sign: int = 1) -> tuple[object, Value] | None:
    """The factor and the rest of a multiple."""
    step = program.instruction(value)
    if step is None or step.op != "mul":
        return None
    factor = program.constant(step.args[0])
    return (sign * factor, step.args[1]) if exact.is_plain(factor) else None
