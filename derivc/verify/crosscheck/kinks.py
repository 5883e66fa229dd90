"""Which kinks a point lies on: of declared ops, and the borders of branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, final

import sympy as sp

from derivc.errors import DerivcError
from derivc.ir.program import Instruction, Program
from derivc.lowering import multiprecision
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.ops.declaration import Kink, Op
from derivc.ops.shorthand import mpmath

_DIGITS = 60
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})


@final
@dataclass(frozen=True)
class Hit:
    """A kink that a point lies on.

    Args:
        op: the op, "where" for the border of a branch. at: its arguments there.
        because: the reason that the declaration gives. index: which of the op's kinks it is.
    """

    op: str
    at: tuple[float, ...]
    because: str
    index: int = 0

    def __str__(self) -> str:
        shown = ", ".join(f"{x:.6g}" for x in self.at)
        return f"{self.op} at {shown if len(self.at) == 1 else f'({shown})'}"


@final
class Kinks:
    """The kinks of a program.

    Args:
        program: op level, as the user wrote it.
    """

    def __init__(self, program: Program):
        self.program = program
        self._known: dict[tuple[float, ...], tuple[Hit, ...]] = {}

    @property
    def any(self) -> bool:
        """Whether there may be one at all."""
        return any(_may_kink(step) for step in self.program.instructions)

    def at(self, point: Sequence[float]) -> tuple[Hit, ...]:
        """The kinks at a point, found in 60-digit arithmetic."""
        key = tuple(point)
        if key not in self._known:
            self._known[key] = self._found(key) if self.any else ()
        return self._known[key]

    def _found(self, point: tuple[float, ...]) -> tuple[Hit, ...]:
        with mpmath().workdps(_DIGITS):
            values = values_of(self.program, point)
            start = len(self.program.inputs)
            hits = [
                hit
                for index, step in enumerate(self.program.instructions)
                if _may_kink(step) and values[start + index] == values[start + index]
                for hit in _hits(step, [values[a] for a in step.args])
            ]
        return tuple(dict.fromkeys(hits))


def _may_kink(step: Instruction) -> bool:
    return step.op in _COMPARISONS or (step.op != "const" and bool(registry.get(step.op).kinks))


def values_of(program: Program, point: Sequence[float]) -> list[Any]:
    """Every value of a program at the working precision, inputs first."""
    values = [multiprecision.to_exact(x) for x in point]
    for step in program.instructions:
        if step.op == "const":
            values.append(multiprecision.constant(step.value))
        else:
            function = multiprecision.function(step.op)
            values.append(function(*[values[a] for a in step.args]))
    return values


def _hits(step: Instruction, args: list[Any]) -> list[Hit]:
    at = tuple(float(a) for a in args)
    if step.op in _COMPARISONS:
        return [Hit("where", at[:1], "the border of a branch")] if args[0] == args[1] else []
    op = registry.get(step.op)
    shown = at if op.arity == 1 or _is_of_all(op) else at[:1]
    every = enumerate(op.kinks)
    return [Hit(op.name, shown, k.because, i) for i, k in every if _is_zero(op, k, args)]


def named(hits: Sequence[Hit]) -> str:
    """The kinks in words, each once.

    Example:
        >>> named([Hit("abs", (0.0,), "")])
        'abs at 0'
    """
    return " and ".join(dict.fromkeys(map(str, hits)))


def _is_of_all(op: Op) -> bool:
    """Whether a kink depends on all arguments, as a tie does, and not on the first only."""
    return not op.defaults


def _is_zero(op: Op, kink: Kink, args: list[Any]) -> bool:
    place = _place(op, op.kinks.index(kink))
    return place is not None and multiprecision.run(place, args)[0] == 0


@cache
def _place(op: Op, index: int) -> Program | None:
    """The expression that is zero at a kink, as a program over the op's arguments."""
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    try:
        return lower([sp.sympify(op.kinks[index].place(*symbols))], op.params)
    except DerivcError:
        return None
