"""The program: a Wengert list in SSA form, as flat tuples.

Grammar:

    program      = inputs instructions outputs
    value        = int                 0 .. n-1 the inputs, n+k what instruction k computes
    instruction  = op args             args are values bound before
                 | "const" exact      a constant, exact until code is generated
    outputs      = value ...

`op` is the name of a declared op. A program is at *op level* while composites (`sigmoid`) are
single instructions; differentiation happens there. `passes.expand` replaces them by their stable
forms, and what is left are primitives that every backend can spell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

Value = int


@final
@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: an op over values bound before; `value` only for op "const"."""

    op: str
    args: tuple[Value, ...] = ()
    value: Any = None


@final
@dataclass(frozen=True, slots=True)
class Program:
    """Inputs by name, instructions in order, outputs by value."""

    inputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[Value, ...]

    def __len__(self) -> int:
        """The number of instructions."""
        return len(self.instructions)

    def instruction(self, value: Value) -> Instruction | None:
        """The instruction that binds a value; None for an input."""
        index = value - len(self.inputs)
        return self.instructions[index] if index >= 0 else None

    def constant(self, value: Value) -> Any:
        """The exact constant that a value is bound to; None when it is none."""
        instruction = self.instruction(value)
        return instruction.value if instruction and instruction.op == "const" else None

    @property
    def reads(self) -> tuple[Value, ...]:
        """The inputs that something is made from, in order."""
        used = set(self.outputs).union(*(step.args for step in self.instructions))
        return tuple(i for i in range(len(self.inputs)) if i in used)

    def __str__(self) -> str:
        from derivc.ir.pretty import to_text

        return to_text(self)
