"""The expression spelled naively in a peer's own ops, as a person would type it there.

An op is called by the name that its declaration gives for the peer. One that the peer lacks is
built from its meaning, in the peer's other ops.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

import sympy as sp

from derivc.errors import UnsupportedError
from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.ops.declaration import Op

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "neg": operator.neg, "pow": operator.pow, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne, "abs": abs,
}  # fmt: skip
"""What Python writes as an operator, in every peer alike."""

_FAILURES = (TypeError, ValueError, NotImplementedError, RuntimeError, AttributeError, LookupError)


class Speller(ABC):
    """Ops by name over a peer's arrays.

    Args:
        like: an array of the peer, whose dtype and size constants take where they must be arrays.

    Attributes:
        built: the ops that the peer lacks and that were built from their meaning.
    """

    def __init__(self, like: Any):
        self.like = like
        self.built: set[str] = set()
        self._programs: dict[str, Program] = {}

    @abstractmethod
    def own(self, op: Op) -> Callable[..., Any] | None:
        """The peer's function for an op, or None."""

    @abstractmethod
    def array(self, value: Any) -> Any:
        """A number as an array of the peer."""

    def run(self, program: Program, columns: Sequence[Any]) -> list[Any]:
        """The outputs of a program over the peer's arrays."""
        return interpret(program, columns, self.function, number)

    def function(self, name: str) -> Callable[..., Any]:
        """The op of that name over arrays and numbers of the peer."""
        if name in OPERATORS:
            return OPERATORS[name]
        op = registry.get(name)
        own = self.own(op)
        return lambda *args: self._called(op, own, args)

    def _called(self, op: Op, own: Callable[..., Any] | None, args: tuple[Any, ...]) -> Any:
        """The peer's op, its arguments as numbers where it takes them; else the meaning."""
        if own is not None:
            for given in (args, _shortened(op, args), tuple(self.array(a) for a in args)):
                try:
                    return own(*given)
                except _FAILURES:
                    continue
        meaning = self._meaning(op)
        self.built.add(op.name)
        return interpret(meaning, args, self.function, number)[0]

    def _meaning(self, op: Op) -> Program:
        if op.name not in self._programs:
            self._programs[op.name] = meaning_of(op)
        return self._programs[op.name]


def _shortened(op: Op, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments without those at the end that are the defaults: a peer may not take them."""
    defaults: list[Any] = [op.defaults.get(p) for p in op.params]
    count = len(args)
    while count > 1 and isinstance(args[count - 1], int | float):
        default = defaults[count - 1]
        if default is None or float(default) != args[count - 1]:
            break
        count -= 1
    return args[:count]


def meaning_of(op: Op) -> Program:
    """An op's meaning as a program over its arguments.

    Raises:
        UnsupportedError: the op is declared without one, or by itself.
    """
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    tree = None if op.meaning is None else sp.sympify(op.meaning(*symbols))
    program = None if tree is None else lower([tree], op.params)
    if program is None or any(step.op == op.name for step in program.instructions):
        raise UnsupportedError(
            f"it has no {op.name} to differentiate, and the op has no meaning to build it from"
        )
    return program


def number(value: Any) -> Any:
    """A constant as a person types it: an int where it is whole, else a float."""
    if isinstance(value, bool):
        return value
    plain: Any = value
    if isinstance(plain, int | Fraction) and plain == int(plain) and abs(int(plain)) < 2**53:
        return int(plain)
    return exact.to_float(value)


@cache
def resolve(dotted: str | None) -> Callable[..., Any] | None:
    """The object with this dotted name, or None where the installed version has none."""
    if not dotted:
        return None
    parts = dotted.split(".")
    found: Any = import_module(parts[0])
    for i, part in enumerate(parts[1:], 2):
        if not hasattr(found, part):
            try:
                import_module(".".join(parts[:i]))
            except ImportError:
                return None
        found = getattr(found, part, None)
    return found if callable(found) else None


def notes_of(speller: Speller, name: str) -> tuple[str, ...]:
    """What to say of ops that a peer lacks."""
    if not speller.built:
        return ()
    return (f"{name} has no {', '.join(sorted(speller.built))}: built from the meaning",)
