"""Arms of `where` that are computed only where an element takes them.

A formula for large arguments, or left of zero, is long and often not asked for at all. It stands
before its `where`, under a question; where no element takes it, a number takes its place:

    u_taken = _sf_some(c)
    if u_taken:
        u = ...
    else:
        u = 0.0
    y = torch.where(c, u, v) if u_taken else v

The last only where v is ours, and nothing else reads it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import final

from derivc.codegen.masks import dependencies
from derivc.codegen.straight import is_truth
from derivc.ir import exact
from derivc.ir.program import Program, Value
from derivc.ops import registry

_LONG = 14
"""The weight from which a question, and a pass over truths, are worth it."""
_RARE = 3
"""The same where what is asked is at the end of all numbers."""
_END = 10**9
"""A number that large, or one over it, is at the end."""


@final
@dataclass(frozen=True)
class Arm:
    """What is computed for one side of a `where` alone.

    Args:
        whole: the `where`. side: 1 or 2, its operand. steps: what is computed, in order.
        alone: whether the other operand can be the result where this one is not taken.
    """

    whole: Value
    side: int
    steps: tuple[Value, ...]
    alone: bool = False


def arms(program: Program, full: Iterable[Value] = ()) -> list[Arm]:
    """The arms that are long, none within another.

    Args:
        program: over what PyTorch spells. full: inputs that have the shape of all others together.
    """
    users: dict[Value, set[Value]] = {}
    start, masks = len(program.inputs), dependencies(program, full)
    for index, step in enumerate(program.instructions, start):
        for arg in step.args:
            users.setdefault(arg, set()).add(index)
    found: list[Arm] = []
    taken: set[Value] = set(program.outputs)
    for index in range(start + len(program) - 1, start - 1, -1):
        made = program.instruction(index)
        if made is None or made.op != "where" or any(index in arm.steps for arm in found):
            continue
        for side in (1, 2):
            condition, root = made.args[0], made.args[side]
            steps = _alone(program, users, index, root, taken)
            fits = masks[root] | masks[condition] == masks[condition]
            if (
                fits
                and root not in (condition, made.args[3 - side])
                and _is_long(program, index, side, steps)
            ):
                other = made.args[3 - side]
                free = users[other] == {index} and other not in program.outputs
                alone = free and _is_ours(program, other) and masks[other] == masks[index]
                found.append(Arm(index, side, tuple(sorted(steps)), alone))
    return found


def _alone(
    program: Program,
    users: Mapping[Value, set[Value]],
    whole: Value,
    root: Value,
    taken: set[Value],
) -> set[Value]:
    """What only this operand needs: nothing if it is needed elsewhere, or a truth."""
    if users[root] != {whole} or root in taken or is_truth(program, root):
        return set()
    found: set[Value] = set()
    for value in range(root, len(program.inputs) - 1, -1):
        step = program.instruction(value)
        if step is None or step.op == "const" or value in taken:
            continue
        if value == root or (users.get(value) and users[value] <= found):
            found.add(value)
    return found


def _is_ours(program: Program, value: Value) -> bool:
    """Whether it is a number in new memory."""
    step = program.instruction(value)
    return step is not None and step.op != "const" and not is_truth(program, value)


def _is_long(program: Program, whole: Value, side: int, steps: set[Value]) -> bool:
    made = [program.instruction(v) for v in steps]
    weight = sum(registry.get(s.op).cost for s in made if s)
    rare = _rare(program, whole)
    return weight >= (_RARE if side == rare else math.inf if rare else _LONG)


def _rare(program: Program, whole: Value) -> int:
    """The side that is hardly ever taken: beyond a number at the end of all, seen from 1; or 0."""
    step = program.instruction(whole)
    condition = program.instruction(step.args[0]) if step else None
    numbers = [program.constant(a) for a in condition.args] if condition else []
    ends = [exact.is_plain(c) and c and (abs(c) * _END <= 1 or abs(c) >= _END) for c in numbers]
    if condition is None or condition.op not in _ORDERS or ends.count(True) != 1:
        return 0
    holds = _ORDERS[condition.op](*[c if end else 1 for c, end in zip(numbers, ends, strict=True)])
    return 2 if holds else 1


_ORDERS = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


def ordered(program: Program, full: Iterable[Value] = ()) -> Program:
    """The program with every arm right before its `where`."""
    given = arms(program, full)
    late = {v for arm in given for v in arm.steps}
    before: dict[Value, list[Value]] = {}
    for arm in sorted(given, key=lambda a: a.side):
        before.setdefault(arm.whole, []).extend(arm.steps)
    start = len(program.inputs)
    order: list[Value] = []
    for value in range(start, start + len(program)):
        if value not in late:
            order += [*before.get(value, ()), value]
    seats = dict(enumerate(range(start))) | {v: k for k, v in enumerate(order, start)}
    steps = [program.instructions[v - start] for v in order]
    moved = tuple(replace(s, args=tuple(seats[a] for a in s.args)) for s in steps)
    return Program(program.inputs, moved, tuple(seats[out] for out in program.outputs))
