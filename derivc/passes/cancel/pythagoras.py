"""Squares of sine and cosine in a sum, put in terms of one another where terms vanish by it.

Identities:
    sin(u)^2 + cos(u)^2 = 1
    cosh(u)^2 - sinh(u)^2 = 1, and both divided by the second square
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from fractions import Fraction

from derivc.ir.program import Value
from derivc.passes.cancel.forms import Expansion, Forms, Monomial, Term, times

_PARTNERS = {
    "sin": ("cos", 1, -1, 2),
    "cos": ("sin", 1, -1, 2),
    "tan": ("cos", -1, 1, -2),
    "sinh": ("cosh", -1, 1, 2),
    "cosh": ("sinh", 1, 1, 2),
    "tanh": ("cosh", 1, -1, -2),
}
"""f: (g, a, b, p) with f^2 = a + b g^p."""

_TWO = Fraction(2)


def shortened(forms: Forms, terms: Sequence[Term], known: Container[Value]) -> Expansion | None:
    """The sum with fewer terms, by one of the identities; None where none makes it shorter.

    Args:
        forms: of the program. terms: multiplied out. known: the values that may stand in it.
    """
    for atom, identity in _pairs(forms, terms):
        if identity[0] not in known:
            continue
        found = forms.expand(_replaced(terms, atom, *identity))
        if found is not None and len(found.terms) < len(terms):
            return shortened(forms, found.terms, known) or found
    return None


def _pairs(
    forms: Forms, terms: Sequence[Term]
) -> Iterator[tuple[Value, tuple[Value, int, int, int]]]:
    squared = sorted({a for _, m in terms for a, e in m if e >= 2})
    start = len(forms.program.inputs)
    for atom in squared:
        step = forms.program.instruction(atom)
        if step is None or step.op not in _PARTNERS:
            continue
        op, constant, factor, power = _PARTNERS[step.op]
        for index, other in enumerate(forms.program.instructions, start):
            if other.op == op and other.args == step.args:
                yield atom, (index, constant, factor, power)


def _replaced(
    terms: Sequence[Term], atom: Value, partner: Value, constant: int, factor: int, power: int
) -> list[Term]:
    """Every atom^2 as constant + factor*partner^power."""
    found, work = [], list(terms)
    while work:
        coefficient, monomial = work.pop()
        if dict(monomial).get(atom, Fraction(0)) < 2:
            found.append((coefficient, monomial))
            continue
        rest: Monomial = times(monomial, ((atom, -_TWO),))
        work.append((coefficient * constant, rest))
        work.append((coefficient * factor, times(rest, ((partner, Fraction(power)),))))
    return found
