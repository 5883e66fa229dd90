"""A logistic function and its mirror image from one exponential.

    e = exp(-|u|), r = 1/(1 + e)
    1/(1 + exp(-u)) = r where u >= 0, e r where u < 0
    1/(1 + exp(u))  = e r where u >= 0, r where u < 0

A value and a gradient with a logistic function in them want both. Written out, each has its own
exponential and quotient. Where choosing costs next to nothing, as in compiled code, half of that
is saved; and no exponential overflows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.builder import Builder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.dce import dce


def mirror(program: Program) -> Program:
    """The same program with pairs of mirrored logistic functions computed together.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> up, down = (b.emit("add", b.const(1), b.emit("exp", u)) for u in (0, b.emit("neg", 0)))
        >>> found = mirror(b.finish([b.emit("div", b.const(1), d) for d in (up, down)]))
        >>> sum(step.op == "exp" for step in found.instructions)
        1
    """
    signs = _pairs(program)
    if not signs:
        return program
    rewrite = _Rewrite(program, signs)
    for index, step in enumerate(program.instructions, len(program.inputs)):
        rewrite.places[index] = rewrite.instruction(step)
    return dce(rewrite.builder.finish(rewrite.places[out] for out in program.outputs))


Signed = tuple[Value, bool]
"""u, and whether the exponential is that of -u."""


def _pairs(program: Program) -> dict[Value, Signed]:
    """The denominators 1 + exp(u) and 1 + exp(-u) of every u that has both and no other use."""
    b = _Reader(program)
    found: dict[Value, dict[bool, Value]] = defaultdict(dict)
    for value, step in b.steps():
        inner = b.exponent(step) if b.only_divides(value) else None
        if inner is not None:
            u, negative = b.signed(inner)
            found[u][negative] = value
    return {v: (u, sign) for u, both in found.items() if len(both) == 2 for sign, v in both.items()}


@final
class _Reader:
    """Questions about the values of a program."""

    def __init__(self, program: Program):
        self.program = program
        self.users: dict[Value, list[Instruction]] = defaultdict(list)
        for step in program.instructions:
            for arg in step.args:
                self.users[arg].append(step)

    def steps(self) -> list[tuple[Value, Instruction]]:
        return list(enumerate(self.program.instructions, len(self.program.inputs)))

    def exponent(self, step: Instruction) -> Value | None:
        """v, where the instruction is 1 + exp(v) and nothing else reads that exponential."""
        if step.op != "add" or self.program.constant(step.args[0]) != 1:
            return None
        inner = self.program.instruction(step.args[1])
        alone = len(self.users[step.args[1]]) == 1 and step.args[1] not in self.program.outputs
        return inner.args[0] if inner and inner.op == "exp" and alone else None

    def only_divides(self, value: Value) -> bool:
        """Whether all that reads a value divides by it."""
        divides = all(s.op == "div" and s.args[0] != value for s in self.users[value])
        return divides and value not in self.program.outputs

    def signed(self, value: Value) -> Signed:
        step = self.program.instruction(value)
        return (step.args[0], True) if step and step.op == "neg" else (value, False)


@final
class _Rewrite:
    """One pass over a program: `places` says where its values stand in the new one."""

    def __init__(self, program: Program, signs: dict[Value, Signed]):
        self.signs = signs
        self.builder = SmartBuilder(program.inputs)
        self.places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))

    def instruction(self, step: Instruction) -> Value:
        """Emit one instruction; a division by one of a pair becomes a product."""
        if step.op != "div" or step.args[1] not in self.signs:
            return self.builder.copy(step, self.places)
        u, negative = self.signs[step.args[1]]
        logistic = self._logistic(self.places[u], negative)
        return self.builder.emit("mul", self.places[step.args[0]], logistic)

    def _logistic(self, u: Value, negative: bool) -> Value:
        """1/(1 + exp(-u)), or its mirror image 1/(1 + exp(u))."""
        b = self.builder
        e = b.emit("exp", b.emit("neg", b.emit("abs", u)))
        large = b.emit("div", b.const(1), b.emit("add", b.const(1), e))
        small = Builder.emit(b, "mul", e, large)  # as it stands: e/(1 + e) would divide once more
        below = b.emit("lt", u, b.const(0))
        return b.emit("where", below, *((small, large) if negative else (large, small)))
