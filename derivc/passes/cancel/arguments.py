"""A sum written as a common factor times a function of one value, where it is one.

With u = h w/(k T), the derivative of w/(exp(u) - 1) by w is

    1/(exp(u) - 1) - h w/(k T) exp(u)/(exp(u) - 1)^2,

and u can stand for the product in it. What is a function of u alone can be replaced by a series
where it loses digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivc.ir.program import Value
from derivc.passes.cancel.forms import Forms, Monomial, Term, times

_POWERS = range(-4, 5)
_ONE = Fraction(1)


def gathered(forms: Forms, terms: Sequence[Term]) -> tuple[Monomial, list[Term]] | None:
    """A factor and the terms of a function of one value; None where the sum is no such product."""
    for argument in _arguments(forms, terms):
        found = _over(forms, terms, argument)
        if found is not None:
            return found
    return None


def _arguments(forms: Forms, terms: Sequence[Term]) -> list[Value]:
    """What functions in the terms are applied to, where that is a product."""
    steps = [forms.program.instruction(a) for _, m in terms for a, _ in m]
    inner = {s.args[0] for s in steps if s is not None and len(s.args) == 1}
    return [u for u in sorted(inner) if len(forms.products[u][1]) > 1]


def _over(
    forms: Forms, terms: Sequence[Term], argument: Value
) -> tuple[Monomial, list[Term]] | None:
    size, product = forms.products[argument]
    split = [_split(forms, monomial, argument) for _, monomial in terms]
    first = split[0][1]
    found = [_power(times(others, first, -_ONE), product) for _, others in split]
    powers = [power for power in found if power is not None]
    if len(powers) < len(found) or not any(powers) or not any(f for f, _ in split):
        return None
    least = min(powers)  # so that none is negative: the argument may be zero
    factor = times(first, product, Fraction(least))
    gathered = []
    for (coefficient, _), (functions, _), power in zip(terms, split, powers, strict=True):
        own = times(functions, ((argument, _ONE),), Fraction(power - least))
        gathered.append((coefficient / size ** (power - least), own))
    return factor, gathered


def _split(forms: Forms, monomial: Monomial, argument: Value) -> tuple[Monomial, Monomial]:
    """The functions of the argument in a monomial, and the rest."""
    functions = tuple(p for p in monomial if _depends_only(forms, p[0], argument))
    return functions, tuple(p for p in monomial if p not in functions)


def _depends_only(forms: Forms, atom: Value, argument: Value) -> bool:
    step = forms.program.instruction(atom)
    return step is not None and step.args == (argument,)


def _power(monomial: Monomial, product: Monomial) -> int | None:
    """The k of monomial = product^k."""
    return next((k for k in _POWERS if times((), product, Fraction(k)) == monomial), None)
