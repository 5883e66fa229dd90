"""Which values are functions of one single other value: dominators in the data-flow graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

from derivc.ir.program import Instruction, Program, Value

_ROOT = -1
_LONGEST = 150
_LOSING = frozenset({"add", "sub", "log", "acos", "acosh"})
"""Ops whose result may have fewer right digits than their arguments: near 0, or near 1."""


@final
class Regions:
    """Dominators: all paths from the inputs to a value go through each of its dominators.

    Args:
        program: any level.
    """

    def __init__(self, program: Program):
        self.program = program
        start = len(program.inputs)
        self.parent: list[Value | None] = [_ROOT] * start
        self.depth: list[int] = [1] * start
        self.top: list[Value | None] = list(range(start))
        for index, step in enumerate(program.instructions, start):
            self._add(index, step)

    def _add(self, value: Value, step: Instruction) -> None:
        """Constants have no parent: they depend on nothing."""
        moving = [a for a in step.args if self.parent[a] is not None]
        parent: Value | None = moving[0] if moving else None
        for other in moving[1:]:
            parent = self._common(parent, other)
        self.parent.append(parent)
        if parent is None:
            self.depth.append(0)
            self.top.append(None)
        else:
            self.depth.append(1 if parent == _ROOT else self.depth[parent] + 1)
            self.top.append(value if parent == _ROOT else self.top[parent])

    def _common(self, one: Value | None, other: Value | None) -> Value:
        """The nearest value that dominates both, each counting as its own."""
        while one != other:
            if one is None or other is None or _ROOT in (one, other):
                return _ROOT
            if self.depth[one] >= self.depth[other]:
                one = self.parent[one]
            else:
                other = self.parent[other]
        return _ROOT if one is None else one

    def exits(self) -> Iterator[tuple[Value, Value]]:
        """Values with the one value they depend on, where something else makes use of them."""
        users: dict[Value, set[Value | None]] = {v: {_ROOT} for v in self.program.outputs}
        start = len(self.program.inputs)
        for index, step in enumerate(self.program.instructions, start):
            for arg in step.args:
                users.setdefault(arg, set()).add(self.top[index])
        for value in sorted(users):
            top = self.top[value]
            if top is not None and top != value and users[value] != {top}:
                yield value, top

    def between(self, top: Value, value: Value) -> Program | None:
        """The value as a program of one input, `top`.

        None when that is long, when it can lose nothing, and when it depends on other inputs.
        """
        start = len(self.program.inputs)
        needed, stack = {value}, [value]
        while stack:
            here = stack.pop()
            if here == top:
                continue
            if here < start:
                return None
            for arg in self.program.instructions[here - start].args:
                if arg not in needed:
                    needed.add(arg)
                    stack.append(arg)
        inner = sorted(needed - {top})
        steps = [self.program.instructions[v - start] for v in inner]
        if len(steps) > _LONGEST or not any(s.op in _LOSING for s in steps[1:]):
            return None
        places = {top: 0, **{v: i for i, v in enumerate(inner, 1)}}
        moved = tuple(Instruction(s.op, tuple(places[a] for a in s.args), s.value) for s in steps)
        return Program(("u",), moved, (places[value],))
