"""Guards: an untaken branch hands no derivative on, however often a program is differentiated.

A library that differentiates `where(c, a, b)` multiplies the zero that it hands to the untaken
branch by that branch's partials, and 0 * inf is NaN. Here what flows into a branch goes through
`guarded(x, c)`: the number x, its derivative zero where c does not hold. So the NaN ends where the
branch begins.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.dce import dce

GUARDED = "guarded"
"""The op that this pass adds; backends that differentiate what they are given spell it."""

Literal = tuple[Value, bool]
Region = frozenset[frozenset[Literal]]
"""Where a value counts: one of several sets of conditions that hold together; none: everywhere."""

_EVERYWHERE: Region = frozenset()
_MOST = 8


def guard(program: Program) -> Program:
    """The same program, what branches read being guarded by their conditions.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> zero = b.const(0)
        >>> c, log = b.emit("gt", 0, zero), b.emit("log", 0)
        >>> print(guard(b.finish([b.emit("where", c, log, zero)])))
        inputs x
        _2 = gt x 0
        _3 = guarded x _2
        _4 = log _3
        _5 = where _2 _4 0
        outputs _5
    """
    regions = _regions(program)
    if not any(regions.values()):
        return program
    b = SmartBuilder(program.inputs)
    start = len(program.inputs)
    plain = b.inline(program, range(start))
    places = dict(enumerate(range(start)))
    for index, step in enumerate(program.instructions, start):
        if step.op == "const" or _is_truth(step):
            places[index] = plain[index]
            continue
        own = regions.get(index, _EVERYWHERE)
        args = [_entered(b, program, plain, places, a, own, regions) for a in step.args]
        places[index] = b.emit(step.op, *args)
    return dce(b.finish(places[out] for out in program.outputs))


def _entered(
    b: SmartBuilder,
    program: Program,
    plain: dict[Value, Value],
    places: dict[Value, Value],
    value: Value,
    region: Region,
    regions: dict[Value, Region],
) -> Value:
    """A value as an instruction of a region reads it."""
    step = program.instruction(value)
    inside = step is not None and regions.get(value, _EVERYWHERE) == region
    if not region or inside or (step is not None and (step.op == "const" or _is_truth(step))):
        return places[value]
    return b.emit(GUARDED, places[value], _condition(b, plain, region))


def _condition(b: SmartBuilder, plain: dict[Value, Value], region: Region) -> Value:
    """The truth value that says whether a region is entered."""
    total: Value | None = None
    for together in sorted(sorted(c) for c in region):
        every: Value | None = None
        for condition, holds in together:
            one = plain[condition] if holds else b.emit("logical_not", plain[condition])
            every = one if every is None else b.emit("logical_and", every, one)
        assert every is not None
        total = every if total is None else b.emit("logical_or", total, every)
    assert total is not None
    return total


def _is_truth(step: Instruction) -> bool:
    return step.op != "const" and "boolean" in registry.get(step.op).tags


def _regions(program: Program) -> dict[Value, Region]:
    """Per value that a derivative can flow through, where it counts."""
    start = len(program.inputs)
    found: dict[Value, list[Region]] = {out: [_EVERYWHERE] for out in program.outputs}
    regions: dict[Value, Region] = {}
    for index in range(start + len(program) - 1, -1, -1):
        if index not in found:
            continue
        regions[index] = _union(found[index])
        step = program.instruction(index)
        if step is None or _is_truth(step):
            continue
        for arg, region in _uses(program, step, regions[index]):
            found.setdefault(arg, []).append(region)
    return regions


def _uses(program: Program, step: Instruction, region: Region) -> Iterable[tuple[Value, Region]]:
    """What an instruction reads, and where it does."""
    if step.op != "where":
        return [(arg, region) for arg in step.args]
    condition, yes, no = step.args
    return [(yes, _under(program, region, condition, True)),
            (no, _under(program, region, condition, False))]  # fmt: skip


def _under(program: Program, region: Region, condition: Value, holds: bool) -> Region:
    """The part of a region where a condition holds, or fails."""
    step = program.instruction(condition)
    while step is not None and step.op == "logical_not":
        condition, holds = step.args[0], not holds
        step = program.instruction(condition)
    literal = (condition, holds)
    return frozenset(together | {literal} for together in region or [frozenset()])


def _union(regions: list[Region]) -> Region:
    """Where at least one of them is."""
    if not all(regions):
        return _EVERYWHERE
    parts = set().union(*regions)
    while (pair := _complements(parts)) is not None:
        one, other, rest = pair
        parts = (parts - {one, other}) | {rest}
    parts = {p for p in parts if not any(other < p for other in parts)}
    return _EVERYWHERE if frozenset() in parts or len(parts) > _MOST else frozenset(parts)


def _complements(
    parts: set[frozenset[Literal]],
) -> tuple[frozenset[Literal], frozenset[Literal], frozenset[Literal]] | None:
    """Two parts that differ in whether one condition holds, and what they make together."""
    for one in sorted(parts, key=sorted):
        for condition, holds in sorted(one):
            rest = one - {(condition, holds)}
            if rest | {(condition, not holds)} in parts:
                return one, rest | {(condition, not holds)}, rest
    return None
