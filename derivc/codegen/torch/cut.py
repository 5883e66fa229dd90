"""What to keep for the backward pass in place of inputs: differences, truths, whole numbers.

The slope of (x - t)^2 reads x - t alone, that of a clamp only where it applies, and so do their own
derivatives. Such values take the places of inputs that nothing reads any more:

    s = x - t or x + t in the place of x    d/ds = d/dx, because no partial reads x or t otherwise
    a truth in any free place               constant almost everywhere: it has no derivative
    a whole number in any free place        alike: what rounds has the slope zero

Where truths alone are kept, a zero without memory of its own takes one place more: by it a second
derivative is zero, as it is where inputs are kept, and not an error.

They are further outputs of the function, so that what reads them may be differentiated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from derivc.codegen.masks import dependencies
from derivc.codegen.straight import is_truth
from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.passes.dce import dce

_ROUNDED = frozenset({"round", "floor", "ceil", "trunc", "floor_divide"})
_FLOAT = 8
"""Bytes of a number, those of a truth being one."""


@final
@dataclass(frozen=True)
class Cut:
    """Values between the inputs and all derivatives.

    Args:
        made: over the inputs; its outputs are kept. slots: per output the input in whose place.
        reads: the inputs that are kept themselves.
    """

    made: Program
    slots: tuple[int, ...]
    reads: frozenset[int]

    @property
    def places(self) -> Mapping[int, Value]:
        """Per slot the value of `made`."""
        return dict(zip(self.slots, self.made.outputs, strict=True))

    def is_truth(self, output: int) -> bool:
        """Whether an output of `made` is a truth."""
        return is_truth(self.made, self.made.outputs[output])

    @property
    def like(self) -> int:
        """An input whose place holds a number."""
        truths = {slot for k, slot in enumerate(self.slots) if self.is_truth(k)}
        return next(i for i in range(len(self.made.inputs)) if i not in truths)

    def row(self, output: int) -> tuple[float | None, ...] | None:
        """The partials of an output of `made` by every input; None for a truth."""
        if self.is_truth(output):
            return None
        step = self.made.instruction(self.made.outputs[output])
        if step is None or step.op == "const" or step.op in _ROUNDED:
            return (0.0,) * len(self.made.inputs)
        one, other = step.args
        sign = -1.0 if step.op == "sub" else 1.0
        given = {one: 1.0, other: sign}
        return tuple(given.get(i, 0.0) for i in range(len(self.made.inputs)))

    def through(self, program: Program) -> Program:
        """A program over the inputs, and maybe cotangents, that reads what is kept instead."""
        plain, b = _split(program), SmartBuilder(program.inputs)
        inputs = range(len(program.inputs))
        made = b.inline(self.made, inputs)
        given = {value: slot for slot, value in self.places.items()}
        seats = {made[v]: slot for v, slot in given.items() if self.made.constant(v) is None}
        placed = b.inline(plain, inputs)
        whole = b.finish(placed[out] for out in plain.outputs)
        fresh, found = SmartBuilder(program.inputs), dict(enumerate(inputs))
        turned = {_turned(whole.instruction(v)): slot for v, slot in seats.items()}
        for index, step in enumerate(whole.instructions, len(inputs)):
            if index in seats:
                found[index] = seats[index]
            elif _key(step) in turned:
                found[index] = fresh.emit("neg", turned[_key(step)])
            else:
                found[index] = fresh.copy(step, found)
        return dce(fresh.finish(found[out] for out in whole.outputs))


def cut(programs: Sequence[Program], count: int) -> Cut | None:
    """What to keep where that is less than the inputs which these programs read.

    Args:
        programs: all derivatives, over the function's inputs and maybe cotangents.
        count: of the function's inputs.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x", "t"])
        >>> slope = b.finish([b.emit("sin", b.emit("sub", 0, 1))])
        >>> found = cut([slope], 2)
        >>> found.slots, found.row(0)
        ((0,), (1.0, -1.0))
        >>> print(found.through(slope))
        inputs x t
        _2 = sin x
        outputs _2
    """
    whole = _joined([_split(p) for p in programs])
    masks = dependencies(whole)
    own = [v for v in range(count, len(masks)) if masks[v] and not masks[v] >> count]
    truths = {v for v in own if is_truth(whole, v)}
    leaves = {v for v in truths if not truths.intersection(_args(whole, v))}
    sums = {v for v in own if _is_sum(whole.instruction(v), count)}
    sums |= {v for v in own if _is_rounded(whole, v)}
    fronts = [_front(whole, sums | chosen) for chosen in (truths, leaves)]
    front = min(fronts, key=lambda f: _bytes(whole, f, count))
    if _bytes(whole, front, count) >= _FLOAT * len([i for i in whole.reads if i < count]):
        return None
    return _placed(whole, front, count)


def _joined(programs: Iterable[Program]) -> Program:
    """All programs as one, equal instructions once."""
    given = sorted(programs, key=lambda p: -len(p.inputs))
    b, outputs = SmartBuilder(given[0].inputs), []
    for program in given:
        places = b.inline(program, range(len(program.inputs)))
        outputs += [places[out] for out in program.outputs]
    return dce(b.finish(outputs))


def _split(program: Program) -> Program:
    """The truths from fewer: isfinite(u) = not (isnan(u) or isinf(u))."""

    def rule(place: Place) -> Value | None:
        if place.step.op != "isfinite":
            return None
        b, u = place.builder, place.places[place.step.args[0]]
        return b.emit("logical_not", b.emit("logical_or", b.emit("isnan", u), b.emit("isinf", u)))

    return rewritten(program, rule)


def _args(program: Program, value: Value) -> tuple[Value, ...]:
    step = program.instruction(value)
    return step.args if step else ()


def _is_sum(step: Instruction | None, count: int) -> bool:
    """Whether it adds or subtracts two inputs of the function."""
    return step is not None and step.op in ("add", "sub") and all(a < count for a in step.args)


def _is_rounded(program: Program, value: Value) -> bool:
    step = program.instruction(value)
    return step is not None and step.op in _ROUNDED


def _key(step: Instruction | None) -> object:
    return (step.op, step.args) if step else None


def _turned(step: Instruction | None) -> object:
    """The key of y - x for x - y."""
    return (step.op, step.args[::-1]) if step and step.op == "sub" else None


def _front(program: Program, stops: set[Value]) -> set[Value]:
    """The inputs and the stops at which every way from an output ends; no stop for nothing."""
    front = _ends(program, program.outputs, stops)
    useless = {v for v in front & stops if _is_useless(program, v, stops, front)}
    return _front(program, stops - useless) if useless else front


def _ends(program: Program, outputs: Iterable[Value], stops: set[Value]) -> set[Value]:
    found: set[Value] = set()
    seen: set[Value] = set()
    waiting = list(outputs)
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        if value in stops or value < len(program.inputs):
            found.add(value)
        waiting += [] if value in found else _args(program, value)
    return found


def _is_useless(program: Program, value: Value, stops: set[Value], front: set[Value]) -> bool:
    """Whether what else is kept gives what is flat, or one summand is kept anyway."""
    ends = _ends(program, _args(program, value), stops - {value})
    flat = is_truth(program, value) or _is_rounded(program, value)
    return ends <= front if flat else bool(ends & front)


def _distinct(program: Program, front: Iterable[Value]) -> list[Value]:
    """Without y - x where x - y is."""
    found: dict[object, Value] = {}
    for value in sorted(front, key=lambda v: (_args(program, v), v)):
        step = program.instruction(value)
        if _turned(step) not in found or step is None or step.op != "sub":
            found[_key(step) or value] = value
    return list(found.values())


def _bytes(program: Program, front: set[Value], count: int) -> int:
    """What it takes to keep an element of each."""
    kept = [v for v in _distinct(program, front) if v < count or v >= len(program.inputs)]
    return sum(1 if is_truth(program, v) else _FLOAT for v in kept)


def _placed(program: Program, front: set[Value], count: int) -> Cut | None:
    """A place for each, or None where there are too few."""
    kept = _distinct(program, front)
    reads = {v for v in kept if v < count}
    made = [v for v in kept if v >= len(program.inputs)]
    rounded = [v for v in made if _is_rounded(program, v)]
    sums = [v for v in made if not is_truth(program, v) and v not in rounded]
    slots = {v: _args(program, v)[0] for v in sums}
    free = [i for i in range(count) if i not in reads and i not in slots.values()]
    truths = [v for v in made if v not in slots]
    if len(set(slots.values())) < len(sums) or len(free) < len(truths) or len(truths) == count:
        return None
    slots |= dict(zip(truths, free, strict=False))
    b = SmartBuilder(program.inputs[:count])
    places = _inlined(b, program, count, made)
    outputs, taken = [places[v] for v in made], [slots[v] for v in made]
    if not (sums or reads or rounded):
        outputs.append(b.const(0))
        taken.append(next(i for i in free if i not in taken))
    return Cut(dce(b.finish(outputs)), tuple(taken), frozenset(reads))


def _inlined(
    b: SmartBuilder, program: Program, count: int, wanted: Sequence[Value]
) -> dict[Value, Value]:
    """What some values need, over the function's own inputs."""
    needed = Program(program.inputs, program.instructions, tuple(wanted))
    live = dce(needed)
    places: dict[Value, Value] = dict(enumerate(range(count)))
    start = len(live.inputs)
    for index, step in enumerate(live.instructions, start):
        places[index] = b.copy(step, places)
    return {v: places[out] for v, out in zip(wanted, live.outputs, strict=True)}
