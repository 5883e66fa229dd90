"""Builder: instructions go in one by one, equal ones are shared (hash-consing)."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence
from typing import Any

from derivc.ir import exact
from derivc.ir.program import Instruction, Program, Value

COMMUTATIVE = frozenset({"add", "mul", "eq", "ne", "logical_and", "logical_or", "hypot"})


class Builder(ABC):
    """A program in the making.

    Args:
        inputs: the names of the inputs, in order.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> b.emit("mul", 0, 0) == b.emit("mul", 0, 0)
        True
    """

    def __init__(self, inputs: Sequence[str]):
        self.inputs = tuple(inputs)
        self.instructions: list[Instruction] = []
        self._known: dict[Any, Value] = {}

    def emit(self, op: str, *args: Value) -> Value:
        """The value of an op over values; an equal instruction is not repeated."""
        ordered = tuple(sorted(args)) if op in COMMUTATIVE else args
        return self._bind((op, ordered), Instruction(op, args))

    def const(self, value: Any) -> Value:
        """The value of an exact constant."""
        value = exact.normalise(value)
        return self._bind(("const", exact.key(value)), Instruction("const", (), value))

    def _bind(self, key: Any, instruction: Instruction) -> Value:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.inputs) + len(self.instructions)
            self.instructions.append(instruction)
        return found

    def at(self, value: Value) -> Instruction:
        """The instruction that binds a value; an empty one for an input."""
        index = value - len(self.inputs)
        return self.instructions[index] if index >= 0 else _INPUT

    def constant(self, value: Value) -> Any:
        """The exact constant bound to a value, or None."""
        return self.at(value).value

    def inline(self, program: Program, arguments: Sequence[Value]) -> dict[Value, Value]:
        """Emit a whole program over these arguments; where each of its values went."""
        places = dict(enumerate(arguments))
        start = len(program.inputs)
        for index, step in enumerate(program.instructions, start):
            places[index] = self.copy(step, places)
        return places

    def copy(self, step: Instruction, places: dict[Value, Value]) -> Value:
        """Emit one instruction of another program, its arguments looked up in `places`."""
        if step.op == "const":
            return self.const(step.value)
        return self.emit(step.op, *[places[a] for a in step.args])

    def finish(self, outputs: Iterable[Value]) -> Program:
        """The program, with these outputs."""
        return Program(self.inputs, tuple(self.instructions), tuple(outputs))


_INPUT = Instruction("input")
