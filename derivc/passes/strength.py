"""Strength reduction: constant powers become products, square roots and quotients.

    x^n      = a product chain, shared by all powers of x in the program    1 <= n <= 32
    x^-n     = 1/x^n
    x^(n+1/2) = x^n sqrt(x)             x >= 0; both sides are NaN below
    2^x      = exp2(x)

A cube by `np.power` costs about ten times what two products cost.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, final

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.ops import registry
from derivc.passes.dce import dce

LONGEST = 32
"""Powers up to this become products; a longer chain would lose digits that `pow` keeps."""


def strength(program: Program) -> Program:
    """The same program with constant powers written as products.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> print(strength(b.finish([b.emit("pow", 0, b.const(3))])))
        inputs x
        _1 = mul x x
        _2 = mul _1 x
        outputs _2
    """
    builder = SmartBuilder(program.inputs)
    chains = Chains(builder, _wanted(program))
    places = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        exponent = program.constant(step.args[1]) if step.op == "pow" else None
        if _is_short(exponent):
            places[index] = chains.power(step.args[0], places[step.args[0]], Fraction(exponent))
        elif step.op == "pow" and _is_two(program.constant(step.args[0])):
            places[index] = builder.emit("exp2", places[step.args[1]])
        elif step.op == "square":
            places[index] = builder.emit("mul", places[step.args[0]], places[step.args[0]])
        else:
            places[index] = builder.copy(step, places)
    return dce(builder.finish(places[out] for out in program.outputs))


def _is_short(exponent: Any) -> bool:
    """True for whole and half exponents within the longest chain."""
    if not exact.is_plain(exponent):
        return False
    return Fraction(exponent).denominator <= 2 and abs(exponent) <= LONGEST


def _is_two(base: Any) -> bool:
    return exact.is_plain(base) and base == 2 and registry.resolve("exp2") is not None


def _wanted(program: Program) -> dict[Value, set[int]]:
    """Per base, the whole powers of it that the program asks for."""
    found: dict[Value, set[int]] = {}
    for step in program.instructions:
        if step.op == "pow" and _is_short(exponent := program.constant(step.args[1])):
            found.setdefault(step.args[0], set()).add(int(abs(Fraction(exponent))))
    return found


@final
class Chains:
    """Powers of each base as products, the smaller ones reused for the larger.

    Args:
        builder: where the products go.
        wanted: per base (a value of the old program), the whole powers that will be asked for.
    """

    def __init__(self, builder: SmartBuilder, wanted: dict[Value, set[int]]):
        self.builder = builder
        self.plans = {base: plan(powers) for base, powers in wanted.items()}

    def power(self, base: Value, place: Value, exponent: Fraction) -> Value:
        """base**exponent, for a base that stands at `place` in the builder."""
        size = abs(exponent)
        found = self._whole(base, place, int(size))
        if size.denominator == 2:
            found = self.builder.emit("mul", found, self.builder.emit("sqrt", place))
        return found if exponent > 0 else self.builder.emit("div", self.builder.const(1), found)

    def _whole(self, base: Value, place: Value, power: int) -> Value:
        if power == 0:
            return self.builder.const(1)
        if power == 1:
            return place
        one, other = self.plans[base][power]
        left, right = self._whole(base, place, one), self._whole(base, place, other)
        return self.builder.emit("mul", left, right)


def plan(powers: set[int]) -> dict[int, tuple[int, int]]:
    """For each power that is needed on the way, the two smaller powers it is the product of.

    Example:
        >>> plan({5, 6})
        {2: (1, 1), 4: (2, 2), 5: (4, 1), 6: (5, 1)}
    """
    steps: dict[int, tuple[int, int]] = {}
    for power in sorted(powers):
        _reach(power, steps)
    return steps


def _reach(power: int, steps: dict[int, tuple[int, int]]) -> None:
    if power <= 1 or power in steps:
        return
    known = [1, *steps]
    ready = [(a, power - a) for a in known if power - a in known and a >= power - a]
    parts = ready[-1] if ready else (power - power // 2, power // 2)
    if power % 2 and not ready:
        parts = (power - 1, 1)
    for part in parts:
        _reach(part, steps)
    steps[power] = parts
