"""Products whose factors leave the range of a double one by one, but not together.

Identities:
    exp(u)/(exp(u) - 1) = -1/(exp(-u) - 1)
    a^p / c^p = (a/c)^p for positive a and c
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, final

import sympy as sp

from derivc.ir.program import Value
from derivc.ops import registry
from derivc.passes.cancel.forms import Forms, Monomial, times
from derivc.passes.cancel.writer import STEEP, Writer

_ONE = Fraction(1)


@final
class Products:
    """Rewrites products of a program.

    Args:
        forms: of the program. writer: into the new one.
    """

    def __init__(self, forms: Forms, writer: Writer):
        self.forms = forms
        self.writer = writer

    def rewritten(self, value: Value) -> Value | None:
        """The product by the first identity that applies to it; None where none does."""
        coefficient, monomial = self.forms.products[value]
        if len(monomial) < 2:
            return None
        found = self._powers(coefficient, monomial) or self._exponentials(coefficient, monomial)
        return found or self._cancelled(value)

    def _cancelled(self, value: Value) -> Value | None:
        """The product without the factors that its two parts have against each other."""
        op, args = self._step(value)
        sign = 1 if op == "mul" else -1
        (_, one), (_, other) = (self.forms.products[a] for a in args)
        powers = dict(one)
        against = [a for a, e in other if e * sign * powers.get(a, 0) < 0]
        if not any(self._step(a)[0] in STEEP for a in against):
            return None
        return self.writer.term(*self.forms.products[value])

    def _step(self, atom: Value) -> tuple[str, tuple[Value, ...]]:
        step = self.forms.program.instruction(atom)
        return ("input", ()) if step is None else (step.op, step.args)

    def _exponentials(self, coefficient: Fraction, monomial: Monomial) -> Value | None:
        below = {self._step(a)[1]: (a, -e) for a, e in monomial if self._is(a, e, "expm1", -1)}
        for atom, exponent in monomial:
            found = below.get(self._step(atom)[1]) if self._is(atom, exponent, "exp", 1) else None
            if found is None:
                continue
            power = min(exponent, found[1])
            rest = times(monomial, ((atom, -power), (found[0], power)))
            b, argument = self.writer.builder, self.writer.places[self._step(atom)[1][0]]
            inverse = b.emit("expm1", b.emit("neg", argument))
            sign = -1 if power % 2 else 1
            factor = self.writer.power(inverse, power)
            return b.emit("div", self.writer.term(coefficient * sign, rest), factor)
        return None

    def _is(self, atom: Value, exponent: Fraction, op: str, sign: int) -> bool:
        whole = exponent.denominator == 1 and exponent * sign > 0
        return whole and self._step(atom)[0] == op

    def _powers(self, coefficient: Fraction, monomial: Monomial) -> Value | None:
        above: dict[Any, tuple[Value, Value]] = {}
        below: dict[Any, tuple[Value, Value]] = {}
        for atom, exponent in monomial:
            op, args = self._step(atom)
            if op == "pow" and abs(exponent) == 1 and self._positive(args[0]):
                (above if exponent > 0 else below)[args[1]] = (atom, args[0])
        shared = [power for power in above if power in below]
        if not shared:
            return None
        b, places = self.writer.builder, self.writer.places
        factors = []
        for power in shared:
            (one, base), (other, under) = above[power], below[power]
            monomial = times(monomial, ((one, -_ONE), (other, _ONE)))
            factors.append(b.emit("pow", b.emit("div", places[base], places[under]), places[power]))
        found = self.writer.term(coefficient, monomial)
        for factor in factors:
            found = b.emit("mul", found, factor)
        return found

    def _positive(self, value: Value) -> bool:
        """True for results of ops whose declared range is positive, and for sums of such."""
        terms = self.forms.sums[value]
        if terms is not None:
            return all(c > 0 and all(self._ranged(a) for a, _ in m) for c, m in terms)
        return self._ranged(value)

    def _ranged(self, value: Value) -> bool:
        op = self._step(value)[0]
        interval = None if op in ("input", "const") else registry.get(op).range
        return interval is not None and bool(sp.sympify(interval[0]) >= 0)
