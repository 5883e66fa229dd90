"""Products of powers and sums of them, as instructions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.passes.cancel.forms import Monomial, Term, halves

STEEP = frozenset({"exp", "pow", "exp2", "sinh", "cosh", "expm1", "gamma"})
"""Functions whose squares leave the range of doubles long before they do."""


@final
class Writer:
    """Emits terms over atoms into a builder.

    Args:
        builder: where instructions go.
        places: from the values of the old program to the new ones.
    """

    def __init__(self, builder: SmartBuilder, places: dict[Value, Value]):
        self.builder = builder
        self.places = places

    def term(self, coefficient: Fraction, monomial: Monomial) -> Value:
        """coefficient * product of powers, as one quotient.

        Steep factors above and below the line come in turn, one at a time: gamma(b)^2 alone may
        leave the range where its quotient with gamma(a + b) gamma(b) does not.
        """
        steep = tuple(p for p in monomial if self._is_steep(*p))
        if any(e > 0 for _, e in steep) and any(e < 0 for _, e in steep):
            return self._by_turns(coefficient, monomial, steep)
        b = self.builder
        above, below = map(self._product, halves(monomial))
        scale = b.const(coefficient)
        found = scale if above is None else b.emit("mul", scale, above)
        return found if below is None else b.emit("div", found, below)

    def _is_steep(self, atom: Value, exponent: Fraction) -> bool:
        return exponent.denominator == 1 and self.builder.at(self.places[atom]).op in STEEP

    def _by_turns(self, coefficient: Fraction, monomial: Monomial, steep: Monomial) -> Value:
        found = self.term(coefficient, tuple(p for p in monomial if p not in steep))
        above = [self.places[a] for a, e in steep for _ in range(int(e))]
        below = [self.places[a] for a, e in steep for _ in range(int(-e))]
        for over, under in zip_longest(above, below):
            found = found if over is None else self.builder.emit("mul", found, over)
            found = found if under is None else self.builder.emit("div", found, under)
        return found

    def _product(self, powers: Sequence[tuple[Value, Fraction]]) -> Value | None:
        found: Value | None = None
        for atom, exponent in powers:
            factor = self.power(self.places[atom], exponent)
            found = factor if found is None else self.builder.emit("mul", found, factor)
        return found

    def power(self, base: Value, exponent: Fraction) -> Value:
        """base**exponent."""
        if exponent == 1:
            return base
        if exponent == Fraction(1, 2):
            return self.builder.emit("sqrt", base)
        return self.builder.emit("pow", base, self.builder.const(exponent))

    def total(self, parts: Sequence[tuple[Fraction, Value]]) -> Value:
        """The sum of multiples of values; what is added stands before what is taken away."""
        b = self.builder
        ordered = sorted(parts, key=lambda part: part[0] < 0)
        sign, found = 1, b.const(0)
        for i, (coefficient, value) in enumerate(ordered):
            size = b.emit("mul", b.const(abs(coefficient)), value)
            if i == 0:
                sign, found = (1 if coefficient > 0 else -1), size
            else:
                same = (coefficient > 0) == (sign > 0)
                found = b.emit("add" if same else "sub", found, size)
        return found if sign > 0 else b.emit("neg", found)

    def terms(self, terms: Sequence[Term]) -> Value:
        """The sum of terms as it stands."""
        return self.total([(c, self.term(Fraction(1), m)) for c, m in terms])
