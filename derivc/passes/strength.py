"""Strength reduction: the same values by fewer and cheaper instructions.

    x^n         = a product chain, shared by all powers of x in the program    1 <= n <= 32
    x^-n        = 1/x^n
    x^(n+1/2)   = x^n sqrt(x)             x >= 0; both sides are NaN below
    2^x         = exp2(x)
    -(c x)      = (-c) x, -(c/x) = (-c)/x    c constant; no rounding changes
    (c x)(d y)  = (c d)(x y)              c, d constant, one of the factors not used elsewhere
    x/c         = (1/c) x                 c irrational: rounded once either way
    f(c)        = a constant              f real and finite at c

A cube by `np.power` costs about ten times what two products cost.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import lru_cache
from math import nan
from typing import Any, final

import sympy as sp

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.ops import registry
from derivc.passes.dce import dce
from derivc.symbolic.evaluated import explodes

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
    rewrite = _Rewrite(program)
    for index, step in enumerate(program.instructions, len(program.inputs)):
        rewrite.places[index] = rewrite.instruction(step)
    return dce(rewrite.builder.finish(rewrite.places[out] for out in program.outputs))


@final
class _Rewrite:
    """One pass over a program: `places` says where its values stand in the new one."""

    def __init__(self, program: Program):
        self.program = program
        self.builder = SmartBuilder(program.inputs)
        self.chains = Chains(self.builder, _wanted(program))
        self.places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
        self.uses = Counter(arg for step in program.instructions for arg in step.args)
        self.uses.update(program.outputs)
        self.rules = {
            "pow": self._pow, "square": self._square, "neg": self._neg, "mul": self._mul,
            "div": self._div,
        }  # fmt: skip

    def instruction(self, step: Instruction) -> Value:
        """Emit one instruction, by the first rule that applies."""
        rule = self.rules.get(step.op)
        found = rule(step) if rule else None
        return self._constant_or_copy(step) if found is None else found

    def _constant_or_copy(self, step: Instruction) -> Value:
        if step.args and all(self.program.constant(a) is not None for a in step.args):
            folded = _folded(step.op, tuple(self.program.constant(a) for a in step.args))
            if folded is not None:
                return self.builder.const(folded)
        return self.builder.copy(step, self.places)

    def _pow(self, step: Instruction) -> Value | None:
        base, exponent = step.args
        constant = self.program.constant(exponent)
        if _is_short(constant):
            return self.chains.power(base, self.places[base], Fraction(constant))
        if _is_thirds(constant):
            return self._thirds(self.places[base], Fraction(constant))
        if _is_two(self.program.constant(base)):
            return self.builder.emit("exp2", self.places[exponent])
        return None

    def _thirds(self, base: Value, exponent: Fraction) -> Value:
        """x^(p/3) = cbrt(x)^p for x >= 0: no double is 1/3, which costs digits far from 1."""
        b = self.builder
        root = b.emit("where", b.emit("ge", base, b.const(0)), b.emit("cbrt", base), b.const(nan))
        power = abs(exponent.numerator)
        if root not in self.chains.plans:
            self.chains.plans[root] = {}
        _reach(power, self.chains.plans[root])
        return self.chains.power(root, root, Fraction(exponent.numerator))

    def _square(self, step: Instruction) -> Value:
        return self.builder.emit("mul", self.places[step.args[0]], self.places[step.args[0]])

    def _neg(self, step: Instruction) -> Value | None:
        """-(c x) = (-c) x, -(c/x) = (-c)/x."""
        inner = self.builder.at(self.places[step.args[0]])
        if inner.op not in ("mul", "div") or not exact.is_plain(
            constant := self.builder.constant(inner.args[0])
        ):
            return None
        return self.builder.emit(inner.op, self.builder.const(-constant), inner.args[1])

    def _div(self, step: Instruction) -> Value | None:
        """x/c = (1/c) x for an irrational c."""
        constant = self.builder.constant(self.places[step.args[1]])
        if not isinstance(constant, sp.Basic) or self.program.constant(step.args[0]) is not None:
            return None
        return self.builder.emit("mul", self.builder.const(1 / constant), self.places[step.args[0]])

    def _mul(self, step: Instruction) -> Value | None:
        """(c x)(d y) = (c d)(x y), when that saves an instruction."""
        if all(self.uses[a] > 1 for a in step.args):
            return None
        one, other = (self.builder.at(self.places[a]) for a in step.args)
        if one.op != "mul" or other.op != "mul":
            return None
        c, d = (self.builder.constant(s.args[0]) for s in (one, other))
        if not (exact.is_plain(c) and exact.is_plain(d)):
            return None
        product = self.builder.emit("mul", one.args[1], other.args[1])
        return self.builder.emit("mul", self.builder.const(c * d), product)


@lru_cache(maxsize=1024)
def _folded(op: str, constants: tuple[Any, ...]) -> Any:
    """An op of constants as an exact constant, where SymPy knows it to be real and finite."""
    if any(isinstance(c, bool | float) for c in constants):
        return None
    args = list(map(exact.to_sympy, constants))
    if explodes(registry.get(op), args):
        return None
    value = registry.get(op).symbol(*args)
    is_number = getattr(value, "is_number", False) and not value.has(sp.Float)
    if not (is_number and value.is_real and value.is_finite):
        return None
    rounded = value.evalf(20)  # ops are declared real, so that sqrt(-2) claims to be so
    return value if rounded.is_Float and rounded.is_finite else None


def _is_short(exponent: Any) -> bool:
    """True for whole and half exponents within the longest chain."""
    if not exact.is_plain(exponent):
        return False
    return Fraction(exponent).denominator <= 2 and abs(exponent) <= LONGEST


def _is_thirds(exponent: Any) -> bool:
    """True for whole multiples of 1/3 whose power of the root stays short."""
    return exact.is_plain(exponent) and Fraction(exponent).denominator == 3 and abs(exponent) <= 3


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
