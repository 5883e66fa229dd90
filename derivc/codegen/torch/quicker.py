"""Forms for what is not differentiated any more: their own derivatives may fail at a point.

    sigmoid(u) sigmoid(-u) = s - s^2, s = sigmoid(-|u|)      all u
    a b + c, c - a b                                         one pass for two; a may be a number

There s <= 1/2, so that the difference keeps its digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from derivc.codegen.masks import dependencies
from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.ir import exact
from derivc.ir.program import Program, Value


def quicker(program: Program) -> Program:
    """A program over what PyTorch spells, to be evaluated only.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> sides = [b.emit("sigmoid", v) for v in (0, b.emit("neg", 0))]
        >>> print(quicker(b.finish([b.emit("mul", *sides)])))
        inputs x
        _1 = abs x
        _2 = neg _1
        _3 = sigmoid _2
        _5 = addcmul _3 _3 _3 -1
        outputs _5
    """
    uses = Counter(arg for step in program.instructions for arg in step.args)
    uses.update(program.outputs)
    masks = dependencies(program)

    def rule(place: Place) -> Value | None:
        if place.step.op == "mul" and all(uses[a] == 1 for a in place.step.args):
            return _slope_of_sigmoid(place)
        return _fused(place, uses, masks) if place.step.op in ("add", "sub") else None

    return rewritten(program, rule)


def _slope_of_sigmoid(place: Place) -> Value | None:
    """s - s^2 for sigmoid(u) sigmoid(-u)."""
    sides = [place.program.instruction(a) for a in place.step.args]
    if any(s is None or s.op != "sigmoid" for s in sides):
        return None
    u, v = (s.args[0] for s in sides if s is not None)
    if not _opposite(place.program, u, v):
        return None
    b = place.builder
    s = b.emit("sigmoid", _below(place, u))
    return b.emit("addcmul", s, s, s, b.const(-1))


def _below(place: Place, value: Value) -> Value:
    """-|u|, of a multiple at once."""
    b, scaled = place.builder, _scale(place.program, value)
    if scaled is None:
        return b.emit("neg", b.emit("abs", place.places[value]))
    factor, rest = scaled
    return b.emit("mul", b.const(-abs(factor)), b.emit("abs", place.places[rest]))


def _fused(place: Place, uses: Mapping[Value, int], masks: list[int]) -> Value | None:
    """a b + c or c - a b in one step, where that saves a pass and no memory is lost."""
    b, sides = place.builder, place.step.args
    for c, product in ((sides[0], sides[1]), (sides[1], sides[0])):
        step = place.program.instruction(product)
        if step is None or step.op != "mul" or uses[product] > 1 or c == product:
            continue
        number, *others = [place.program.constant(a) for a in (step.args[0], step.args[1], c)]
        if others != [None, None] or not _saves(place, c, product, uses, masks):
            continue
        given = [place.places[a] for a in step.args]
        if place.step.op == "add":
            return b.emit("fma", *given, place.places[c])
        if product == sides[1] and exact.is_plain(number):
            return b.emit("fma", b.const(-number), given[1], place.places[c])
        if product == sides[1] and number is None:
            return b.emit("addcmul", place.places[c], *given, b.const(-1))
    return None


def _saves(
    place: Place, c: Value, product: Value, uses: Mapping[Value, int], masks: list[int]
) -> bool:
    """Whether c is overwritten by the sum, or no factor could be by the product."""
    step = place.program.instruction(product)
    assert step is not None

    def dies(value: Value, whole: Value) -> bool:
        made = place.program.instruction(value) is not None
        return made and uses[value] == 1 and masks[value] == masks[whole]

    return (masks[c] == masks[c] | masks[product] and dies(c, c)) or not any(
        dies(a, product) for a in step.args
    )


def _opposite(program: Program, u: Value, v: Value) -> bool:
    """Whether two values are each other's negative: -w and w, or -c w and c w."""
    for one, other in ((u, v), (v, u)):
        step = program.instruction(one)
        if step is not None and step.op == "neg" and step.args[0] == other:
            return True
    return _scale(program, u) == _scale(program, v, -1) is not None


def _scale(program: Program, value: Value, sign: int = 1) -> tuple[Any, Value] | None:
    """The factor and the rest of a multiple."""
    step = program.instruction(value)
    if step is None or step.op != "mul":
        return None
    factor = program.constant(step.args[0])
    return (sign * factor, step.args[1]) if exact.is_plain(factor) else None
