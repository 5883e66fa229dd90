"""Polynomials over atoms: factors of a numerator, cancelled against the sums in a denominator."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, final

from sympy import QQ
from sympy.polys.rings import ring

from derivc.ir.program import Value
from derivc.passes.cancel.forms import Forms, Monomial, Term

Terms = tuple[Term, ...]
Factor = tuple[Terms, int]
"""A polynomial and its whole exponent."""

_MOST_TERMS = 24
_MOST_ATOMS = 7
_HIGHEST = 12


def factors(forms: Forms, numerator: Terms, denominator: Monomial) -> list[Factor] | None:
    """The irreducible factors of numerator/denominator, common ones cancelled.

    Args:
        numerator: terms with exponents from 0.
        denominator: atoms with the (positive) exponents they are divided by.

    Returns:
        Polynomials with their exponents; None when the polynomials are too large to factor.
    """
    below = [(a, e, _polynomial_of(forms, a)) for a, e in denominator]
    parts = [numerator, *(p for _, _, p in below if p)]
    atoms = sorted({a for terms in parts for _, m in terms for a, _ in m})
    if not _small(parts, atoms) or not forms.spend(_effort(parts, atoms)):
        return None
    space = _Ring(atoms, parts)
    whole, found = space.read(numerator).factor_list()
    exponents: dict[Any, int] = dict(found)
    result: list[Factor] = [((((_fraction(whole)), ()),), 1)]
    for atom, exponent, terms in below:
        left = space.divided(exponents, space.read(terms), exponent) if terms else None
        if left is None:
            result.append((((Fraction(1), ((atom, exponent),)),), -1))
        else:
            result += [(space.write(p), -k) for p, k in left]
    return result + [(space.write(p), k) for p, k in exponents.items() if k]


def common(forms: Forms, numerator: Terms, denominator: Monomial) -> list[Factor] | None:
    """The factors of a quotient, as `factors` finds them, when something cancels; else None."""
    found = factors(forms, numerator, denominator)
    if found is None:
        return None
    kept = [terms for terms, exponent in found if exponent < 0]
    same = [(((Fraction(1), ((atom, exponent),)),)) for atom, exponent in denominator]
    return None if kept == same else found


def _polynomial_of(forms: Forms, atom: Value) -> Terms | None:
    """The expanded terms of a sum, when it is a polynomial of its atoms."""
    if forms.sums[atom] is None:
        return None
    expansion = forms.expand(forms.sums[atom] or ())
    if expansion is None or any(e < 0 for _, m in expansion.terms for _, e in m):
        return None
    return expansion.terms


def _small(parts: Sequence[Terms], atoms: list[Value]) -> bool:
    degrees = [sum(e for _, e in m) for terms in parts for _, m in terms]
    short = all(len(terms) <= _MOST_TERMS for terms in parts)
    return short and 0 < len(atoms) <= _MOST_ATOMS and max(degrees) <= _HIGHEST


def _effort(parts: Sequence[Terms], atoms: list[Value]) -> int:
    """How long it takes to factor the first part, in steps of about ten microseconds."""
    degree = max(sum(e for _, e in m) for _, m in parts[0])
    return int(len(parts[0]) * len(atoms) * (degree + 1))


@final
class _Ring:
    """Polynomials in the atoms, or in the root of an atom that has half powers."""

    def __init__(self, atoms: list[Value], parts: Sequence[Terms]):
        powers = [power for terms in parts for _, m in terms for power in m]
        halves = {atom for atom, exponent in powers if exponent.denominator == 2}
        self.atoms = atoms
        self.scales = {atom: 2 if atom in halves else 1 for atom in atoms}
        self.ring = ring([f"a{i}" for i in range(len(atoms))], QQ)[0]

    def read(self, terms: Terms) -> Any:
        """Terms as a polynomial."""
        place = {atom: i for i, atom in enumerate(self.atoms)}
        found = {}
        for coefficient, monomial in terms:
            powers = [0] * len(self.atoms)
            for atom, exponent in monomial:
                powers[place[atom]] = int(exponent * self.scales[atom])
            found[tuple(powers)] = QQ(coefficient.numerator, coefficient.denominator)
        return self.ring.from_dict(found)

    def write(self, polynomial: Any) -> Terms:
        """A polynomial as terms."""
        return tuple((_fraction(c), self._monomial(m)) for m, c in sorted(polynomial.items()))

    def _monomial(self, powers: Sequence[int]) -> Monomial:
        given = zip(self.atoms, powers, strict=True)
        return tuple((a, Fraction(power, self.scales[a])) for a, power in given if power)

    def divided(self, exponents: dict[Any, int], below: Any, power: Fraction) -> Any:
        """Cancel the factors that a denominator shares; what is left of it, or None if nothing."""
        if power.denominator != 1:
            return None
        left, shared = below, []
        for factor in exponents:
            if len(factor) < 2:
                continue
            quotient, rest = divmod(left, factor)
            if rest == 0:
                left = quotient
                shared.append(factor)
        for factor in shared:
            exponents[factor] -= int(power)
        return [(left, int(power))] if shared else None


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.numerator), int(number.denominator))
