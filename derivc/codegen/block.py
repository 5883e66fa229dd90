"""The body of a function over blocks: one ufunc a line, into outputs and scratch buffers.

What depends on some of the arguments only stands under `if m & mask:`, where `m` has a bit for
every argument that is an array in this call; when it is uniform, it comes in computed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import final

from derivc.codegen import spelling
from derivc.codegen.buffers import Allocation
from derivc.codegen.names import Names
from derivc.ir.program import Program, Value


@final
@dataclass(frozen=True)
class Body:
    """What the lines of a block function are written from.

    Args:
        program: over primitives.
        called: the name of every value.
        masks: for every value, the bits of the arguments it depends on.
        everything: the mask of what varies in every call.
        names: guards our own global names.
        allocation: the buffer of every computed value.
    """

    program: Program
    called: list[str]
    masks: list[int]
    everything: int
    names: Names
    allocation: Allocation

    def blocks(self) -> list[str]:
        """The instructions on arrays; what is uniform in this call is skipped."""
        return self._guarded(self._computed(0), "if {m} & {mask}:", True)

    def uniform(self) -> list[str]:
        """The instructions on plain numbers; what varies in this call is skipped."""
        grouped = sorted(self._optional(), key=lambda v: (self.masks[v].bit_count(), self.masks[v]))
        return self._guarded(grouped, "if not {m} & {mask}:", False)

    def escaping(self) -> list[str]:
        """The names of values that are uniform in some calls and read by what varies there."""
        start, found = len(self.program.inputs), set(self.program.outputs)
        for index, step in enumerate(self.program.instructions, start):
            found |= {a for a in step.args if self.masks[a] != self.masks[index]}
        return [self.called[v] for v in self._optional() if v in found]

    def copies(self) -> list[str]:
        """Assignments for outputs that no instruction writes: inputs, constants, repetitions."""
        return [line for k, out in enumerate(self.program.outputs) if (line := self._copy(k, out))]

    def _copy(self, k: int, out: Value) -> str:
        target, name = self._buffer(("o", k)), self.called[out]
        if self.allocation.outputs.get(out) != k or self.masks[out] == 0:
            return f"{target}[...] = {name}"
        if self.masks[out] == self.everything:
            return ""
        return f"if {name} is not {target}: {target}[...] = {name}"

    def _optional(self) -> list[Value]:
        """The values that are uniform in some calls: they depend on some arguments only."""
        return [v for v in self._computed(-1) if self.masks[v] != self.everything]

    def _computed(self, above: int) -> list[Value]:
        """The values that instructions compute, those with a mask above a bound."""
        steps = enumerate(self.program.instructions, len(self.program.inputs))
        return [v for v, step in steps if step.op != "const" and self.masks[v] > above]

    def _guarded(self, values: Iterable[Value], guard: str, buffered: bool) -> list[str]:
        found: list[str] = []
        m = self.names.pick("m")
        for mask, group in groupby(values, key=self.masks.__getitem__):
            lines = [self._line(value, buffered) for value in group]
            if mask in (0, self.everything):
                found += lines
            else:
                found.append(guard.format(m=m, mask=mask))
                found += [f"    {line}" for line in lines]
        return found

    def _line(self, value: Value, buffered: bool) -> str:
        step = self.program.instructions[value - len(self.program.inputs)]
        atoms = [self.called[a] for a in step.args]
        if buffered:
            atoms.append(f"out={self._buffer(self.allocation.places[value])}")
        function = self.names.text(spelling.ufunc(step.op))
        return f"{self.called[value]} = {function}({', '.join(atoms)})"

    def _buffer(self, buffer: tuple[str, int]) -> str:
        """`o0`, `w3`, `c1`."""
        return f"{self.names.prefix(buffer[0])}{buffer[1]}"
