"""A program cut into stages, each one loop: whole vectors at a time, or one number after the other.

A call that has no vector form would keep a whole loop from being vectorized; it gets a loop of its
own. What one stage computes and a later one reads goes through an array, a *slot*; slots are used
again when their value is read for the last time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import final

from derivc.codegen.c import spelling
from derivc.codegen.c.dialect import Dialect
from derivc.ir.program import Program, Value


@final
@dataclass(frozen=True)
class Stages:
    """The stages of a program.

    Args:
        program: over primitives.
        parts: the values that each stage computes, in order.
    """

    program: Program
    parts: tuple[tuple[Value, ...], ...]

    @cached_property
    def stage_of(self) -> dict[Value, int]:
        """The stage that computes a value; inputs and constants have none."""
        return {value: k for k, part in enumerate(self.parts) for value in part}

    @cached_property
    def last_use(self) -> dict[Value, int]:
        """The last stage after its own that reads a value."""
        found: dict[Value, int] = {}
        for k, part in enumerate(self.parts):
            for value in part:
                for arg in self._args(value):
                    if self.stage_of.get(arg, k) != k:
                        found[arg] = k
        return found

    @cached_property
    def slots(self) -> dict[Value, int]:
        """The slot of every value that a later stage reads."""
        found: dict[Value, int] = {}
        free: list[int] = []
        ending: dict[int, list[int]] = defaultdict(list)
        count = 0
        for k, part in enumerate(self.parts):
            for value in part:
                if value in self.last_use:
                    if not free:
                        free.append(count)
                        count += 1
                    found[value] = free.pop()
                    ending[self.last_use[value]].append(found[value])
            free += ending.pop(k, [])
        return found

    @cached_property
    def slot_count(self) -> int:
        """How many slots there are."""
        return max(self.slots.values(), default=-1) + 1

    def reads(self, k: int) -> list[Value]:
        """The inputs, and the values of earlier stages, that a stage reads."""
        used = {arg for value in self.parts[k] for arg in self._args(value)}
        return sorted(arg for arg in used if self.stage_of.get(arg, -1) != k)

    def _args(self, value: Value) -> list[Value]:
        step = self.program.instruction(value)
        args = step.args if step else ()
        return [a for a in args if self.program.constant(a) is None]


def by_kind(program: Program, dialect: Dialect, longest: int) -> Stages:
    """Stages of vector instructions (even) and of calls (odd), as few as the program allows.

    Args:
        program: over primitives. dialect: says which instructions have a vector form.
        longest: the most instructions of one stage.
    """
    level: dict[Value, int] = {}
    parts: dict[int, list[Value]] = defaultdict(list)
    for value, step in enumerate(program.instructions, len(program.inputs)):
        if step.op == "const":
            continue
        least = max((level.get(a, 0) for a in step.args), default=0)
        odd = not spelling.is_vector(step.op, dialect)
        level[value] = least + ((least & 1) != odd)
        parts[level[value]].append(value)
    return Stages(program, _cut([parts[k] for k in sorted(parts)], longest))


def by_length(program: Program, longest: int) -> Stages:
    """Stages of so many instructions, in the program's order."""
    start = len(program.inputs)
    computed = [v for v, s in enumerate(program.instructions, start) if s.op != "const"]
    return Stages(program, _cut([computed] if computed else [], longest))


def _cut(parts: list[list[Value]], longest: int) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        tuple(part[i : i + longest]) for part in parts for i in range(0, len(part), longest)
    )
