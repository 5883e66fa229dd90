"""Which array every value is written to: outputs first, then as few scratch buffers as possible."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import final

from derivc.codegen.spelling import is_boolean
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.liveness import last_uses

OUT, WORK, BIT = "o", "w", "c"
Buffer = tuple[str, int]
"""A kind and a number: `o` an output's slice, `w` scratch for floats, `c` for truth values."""


@final
class Pool:
    """Buffers of one kind that are free; the one freed last is taken first."""

    def __init__(self, kind: str):
        self.kind, self.count = kind, 0
        self.free: list[int] = []

    def take(self) -> Buffer:
        """A free buffer, a new one when there is none."""
        if not self.free:
            self.free.append(self.count)
            self.count += 1
        return self.kind, self.free.pop()


@final
class Allocation:
    """The buffer of every computed value of a program.

    A value that is an output goes to that output's array. Others take over the buffer of an operand
    that dies, or a free scratch buffer, or the array of an output that is written later.

    Args:
        program: over primitives, without dead code.
    """

    def __init__(self, program: Program):
        self.program = program
        self.last = last_uses(program)
        self.work, self.bits = Pool(WORK), Pool(BIT)
        self.places: dict[Value, Buffer] = {}
        self.outputs = self._outputs()
        self._ahead = sorted((-value, k) for value, k in self.outputs.items())
        for index, step in enumerate(program.instructions, len(program.inputs)):
            if step.op != "const":
                self._place(index, step)

    def _outputs(self) -> dict[Value, int]:
        """Which output a computed value is the first to fill."""
        found: dict[Value, int] = {}
        for k, out in enumerate(self.program.outputs):
            step = self.program.instruction(out)
            if step is not None and step.op != "const" and not is_boolean(step):
                found.setdefault(out, k)
        return found

    def _place(self, index: Value, step: Instruction) -> None:
        dying = [a for a in dict.fromkeys(step.args) if self.last[a] == index and a in self.places]
        if index in self.outputs:
            self.places[index] = (OUT, self.outputs[index])
            self._release(dying, index)
            return
        reused = self._in_place(step, dying, index)
        if reused is not None:
            self.places[index] = self.places[reused]
            self._release([a for a in dying if a != reused], index)
            return
        self.places[index] = self._fresh(index, step)
        self._release(dying, index)

    def _in_place(self, step: Instruction, dying: list[Value], index: Value) -> Value | None:
        """An operand whose buffer the result can overwrite while it is read."""
        if is_boolean(step):
            fitting = [a for a in dying if self.places[a][0] == BIT]
            return fitting[0] if fitting else None
        candidates = [step.args[2]] if step.op == "where" else list(step.args)
        if step.op == "where" and step.args[2] in step.args[:2]:
            return None
        for arg in candidates:
            if arg in dying and self._fits(self.places[arg], index):
                return arg
        return None

    def _fits(self, buffer: Buffer, value: Value) -> bool:
        """Whether a value may stay in a buffer until its last use."""
        kind, number = buffer
        if kind != OUT:
            return kind == WORK
        return max(self.last[value], value) < self._due(number)

    def _due(self, output: int) -> Value:
        return self.program.outputs[output]

    def _fresh(self, value: Value, step: Instruction) -> Buffer:
        if is_boolean(step):
            return self.bits.take()
        if not self.work.free:
            at = bisect_left(self._ahead, (-max(self.last[value], value), -1)) - 1
            if at >= 0:  # the output that is due soonest after the last use
                return OUT, self._ahead.pop(at)[1]
        return self.work.take()

    def _release(self, values: list[Value], now: Value) -> None:
        for value in values:
            kind, number = self.places[value]
            if kind == OUT:
                if self._due(number) > now:
                    insort(self._ahead, (-self._due(number), number))
            else:
                (self.work if kind == WORK else self.bits).free.append(number)
