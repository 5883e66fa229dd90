"""What the functions of all kinds have in common: names, statements, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import final

from derivc.codegen.c import sine_cosine, spelling
from derivc.codegen.c.dialect import Dialect
from derivc.ir.program import Program, Value


@final
@dataclass(frozen=True)
class Body:
    """A program in one dialect.

    Args:
        name: of the function. program: over primitives. inputs: the C names of its inputs.
        dialect: the kind of numbers.
    """

    name: str
    program: Program
    inputs: tuple[str, ...]
    dialect: Dialect

    @cached_property
    def names(self) -> list[str]:
        """Per value: an input's name, a constant, or `_0`, `_1`, ..."""
        found = list(self.inputs)
        for k, step in enumerate(self.program.instructions):
            found.append(self.dialect.constant(step.value) if step.op == "const" else f"_{k}")
        return found

    @property
    def truth(self) -> str:
        """The type of truths."""
        return "int" if self.dialect.branches else f"bits_{self.dialect.letter}"

    def is_input(self, value: Value) -> bool:
        """Whether a value is an input of the program."""
        return value < len(self.inputs)

    def is_plain(self, value: Value) -> bool:
        """Whether a value is an input or a constant: nothing computes it."""
        return self.is_input(value) or self.program.constant(value) is not None

    def op(self, value: Value) -> str:
        """The op that computes a value."""
        return self.program.instructions[value - len(self.inputs)].op

    def is_truth(self, value: Value) -> bool:
        """Whether a value is a truth that an instruction computes."""
        return not self.is_input(value) and spelling.is_mask(self.op(value))

    def kind(self, value: Value) -> str:
        """The type of a value."""
        return self.truth if self.is_truth(value) else self.dialect.real

    def statements(self, part: Iterable[Value]) -> list[str]:
        """One declaration per computed value; a sine and a cosine of one number share theirs."""
        values = list(part)
        pairs = sine_cosine.pairs(self.program, values) if self._has_waves else {}
        found: dict[str, None] = {}  # each of two values has the same statement
        for value in self._calls_first(values):
            both = pairs.get(value)
            found[self._both(*both) if both else self._statement(value)] = None
        return list(found)

    @property
    def _has_waves(self) -> bool:
        return sine_cosine.is_used(self.dialect)

    def _calls_first(self, part: list[Value]) -> list[Value]:
        """Over whole vectors, what calls need and the calls before the rest.

        A call spoils all vector registers: what is computed before it and read after it goes
        through memory. Compilers leave calls in the order in which they find them.
        """
        first: set[Value] = set()
        for value in reversed(part) if not self.dialect.branches else ():
            if value in first or self._is_call(value):
                first |= {value, *self.program.instructions[value - len(self.inputs)].args}
        return sorted(part, key=lambda value: value not in first)

    def _is_call(self, value: Value) -> bool:
        op = self.op(value)
        return bool(spelling.calls(op)) and not (self._has_waves and op in sine_cosine.FUNCTIONS)

    def _statement(self, value: Value) -> str:
        step = self.program.instructions[value - len(self.inputs)]
        atoms = [self._atom(step.op, k, a) for k, a in enumerate(step.args)]
        if self._has_waves and step.op in sine_cosine.FUNCTIONS:
            text = f"{sine_cosine.FUNCTIONS[step.op]}{self.dialect.suffix}({atoms[0]})"
        else:
            text = spelling.expression(step, atoms, self.dialect)
        return f"const {self.kind(value)} {self.names[value]} = {text};"

    def _both(self, sine: Value, cosine: Value) -> str:
        (arg,) = self.program.instructions[sine - len(self.inputs)].args
        one, other = self.names[sine], self.names[cosine]
        call = f"v_sine_cosine{self.dialect.suffix}({self.number(arg)}, &{one}, &{other});"
        return f"{self.dialect.real} {one}, {other}; {call}"

    def _atom(self, op: str, position: int, value: Value) -> str:
        """An operand: a truth where the op takes one, a number elsewhere."""
        if not spelling.takes_truth(op, position):
            return self.number(value)
        if self.is_truth(value) or isinstance(self.program.constant(value), bool):
            return self.names[value]
        test = f"{self.names[value]} != 0"
        return f"({test})" if self.dialect.branches else f"mask_{self.dialect.letter}({test})"

    def number(self, value: Value) -> str:
        """A value as a real number: a truth is 1 or 0."""
        real, name = self.dialect.real, self.names[value]
        if self.is_truth(value):
            return f"({real}){name}" if self.dialect.branches else f"({real})(-{name})"
        constant = self.program.constant(value)
        return self.dialect.constant(int(constant)) if isinstance(constant, bool) else name

    def results(self, part: Iterable[Value], place: str) -> list[str]:
        """Assignments to the outputs that these values are, `{}` in the place for the position."""
        inside = set(part)
        return [
            f"{place.format(k)} = {self.number(out)};"
            for k, out in enumerate(self.program.outputs)
            if out in inside
        ]


def block(head: str, body: list[str]) -> list[str]:
    """A function from its head and the lines of its body."""
    return [head, "{", *indented(body), "}"]


def indented(lines: list[str]) -> list[str]:
    """The lines, four spaces further in."""
    return [f"    {line}" for line in lines]
