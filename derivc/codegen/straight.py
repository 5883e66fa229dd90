"""Straight-line code: an assignment per instruction, an expression of a library's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

from derivc.codegen.names import Names
from derivc.codegen.names_of import number
from derivc.codegen.special import WHOLE, variant
from derivc.errors import UnsupportedError
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.guard import GUARDED
from derivc.passes.liveness import last_uses

_OF_TRUTHS = frozenset({"logical_and", "logical_or", "logical_not", "where", GUARDED})


@final
@dataclass(frozen=True)
class Dialect:
    """How a library writes ops.

    Args:
        library: its name, for messages.
        table: per op an expression with `{0}`, `{1}` for its operands.
        full: an expression that makes an array of a number `{0}`, like the array `{1}`.
        lifted: ops all of whose operands have to be arrays; others take numbers beside an array.
        to_float: an expression that makes numbers of truth values, like the array `{1}`.
        whole: ops whose first operand has to be a whole number, known when the code is written.
    """

    library: str
    table: Mapping[str, str]
    full: str
    lifted: frozenset[str]
    to_float: str
    whole: frozenset[str] = frozenset()

    def spelling(self, op: str) -> str:
        """The expression for an op.

        Raises:
            UnsupportedError: the library has no function for it.
        """
        found = self.table.get(op)
        if found is None:
            raise UnsupportedError(
                f"{op} has no function in {self.library}: it cannot be generated for it;"
                " backend='numpy' computes it, with SciPy"
            )
        return found


def is_truth(program: Program, value: Value) -> bool:
    """Whether a value is a truth."""
    step = program.instruction(value)
    if step is None or step.op == GUARDED:
        return False
    if step.op == "const":
        return isinstance(step.value, bool)
    return "boolean" in registry.get(step.op).tags


def spelled(program: Program, step: Instruction) -> str | None:
    """What an instruction is called in a dialect's table; None where it has no text for the order.

    That is its op, or for a first operand that is no whole number maybe another function.
    """
    return variant(step.op, program.constant(step.args[0])) if step.op in WHOLE else step.op


def ops_of(program: Program) -> set[str]:
    """What a program calls, as a dialect's table has it."""
    return {spelled(program, step) or step.op for step in program.instructions}


@final
class Straight:
    """A program as lines of code.

    Args:
        program: over what the dialect spells. inputs: what its inputs are called.
        dialect: how ops are written. names: guards our own global names.
        shortcut: another text for an instruction, where there is one.
        recycled: whether a result takes the name of an operand that is not read again, so that the
            operand's memory is free for what comes next.
        like: what has the type of the numbers that have to be arrays; the first input if not given.

    Attributes:
        called: what every value is called. lines: per value that is computed, its assignment.
        recycled: whether memory is used again.
    """

    def __init__(
        self,
        program: Program,
        inputs: list[str],
        dialect: Dialect,
        names: Names,
        shortcut: Callable[[Value, Instruction, list[str]], str | None] | None = None,
        recycled: bool = False,
        like: str | None = None,
    ):
        self.program, self.dialect, self.names = program, dialect, names
        self.recycled = recycled
        self.like, self.called = like or inputs[0], list(inputs)
        self.lines: dict[Value, str] = {}
        prefix, last = names.prefix("_"), last_uses(program)
        count = 0
        for index, step in enumerate(program.instructions, len(program.inputs)):
            if step.op == "const":
                self.called.append(names.text(number(step.value)))
                continue
            text = shortcut(index, step, self.called) if shortcut else None
            text = text or self.expression(step)
            free = [a for a in step.args if recycled and last[a] == index and a in self.lines]
            self.called.append(self.called[free[0]] if free else f"{prefix}{count}")
            count += not free
            self.lines[index] = f"{self.called[index]} = {text}"

    def expression(self, step: Instruction) -> str:
        """One instruction."""
        operands = [self._operand(step, i) for i in range(len(step.args))]
        spelling = self.dialect.spelling(spelled(self.program, step) or step.op)
        return self.names.text(spelling).format(*operands)

    def _operand(self, step: Instruction, position: int) -> str:
        """An operand: a name, a number, or an array made of a number."""
        value = step.args[position]
        if position == 0 and step.op in self.dialect.whole:
            return self._order(step)
        if self._constant(value) is None:
            return self._number(value) if self._counts(step, position) else self.called[value]
        arms = step.args[1:] if step.op == "where" else step.args
        every = all(self._constant(a) is not None for a in arms)
        if (every and value == arms[0]) or step.op in self.dialect.lifted:
            return self._full(self.called[value])
        text = self.called[value]
        return f"({text})" if text.startswith("-") else text

    def _order(self, step: Instruction) -> str:
        """An order or degree."""
        given = self._constant(step.args[0])
        if spelled(self.program, step) not in self.dialect.table:
            kind = "constant" if f"{step.op} real" in self.dialect.table else "whole number"
            raise UnsupportedError(
                f"{step.op} is generated for {self.dialect.library} with a {kind} as its first"
                f" argument only, not {self.called[step.args[0]]}; backend='numpy' computes it"
            )
        return repr(given) if isinstance(given, int) else number(given)

    def _counts(self, step: Instruction, position: int) -> bool:
        """Whether an operand is a truth that is used as a number, by arithmetic or a comparison.

        `where` selects among truths too, whose result is then a truth.
        """
        return step.op not in _OF_TRUTHS and is_truth(self.program, step.args[position])

    def _number(self, value: Value) -> str:
        """A truth as an array of floats."""
        return self.names.text(self.dialect.to_float).format(self.called[value], self.like)

    def _constant(self, value: Value) -> object:
        return self.program.constant(value)

    def _full(self, text: str) -> str:
        return self.names.text(self.dialect.full).format(text, self.like)

    def output(self, value: Value) -> str:
        """An output as an array of floats."""
        constant = self._constant(value)
        if constant is not None:
            text = number(float(constant)) if isinstance(constant, bool) else self.called[value]
            return self._full(text)
        if is_truth(self.program, value):
            return self._number(value)
        return self.called[value]
