"""Sums of two products of sines and cosines, as one function of the sum of their arguments.

    cosh(a) cosh(b) + sinh(a) sinh(b) = cosh(a + b),  cos(a) cos(b) - sin(a) sin(b) = cos(a + b)
    sinh(a) cosh(b) + cosh(a) sinh(b) = sinh(a + b),  sin(a) cos(b) + cos(a) sin(b) = sin(a + b)

and the same for -b. The derivative of cosh(k (h + z))/sinh(k h) by h holds the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivc.ir.program import Value
from derivc.passes.cancel.forms import Forms, Monomial, Term
from derivc.passes.cancel.writer import Writer

_EVEN = {"cosh": ("sinh", 1), "cos": ("sin", -1)}
"""f: (g, s) with f(a + b) = f(a) f(b) + s g(a) g(b)."""

Functions = dict[Value, str]
"""By argument, the function of it in a product."""


def by_addition(forms: Forms, writer: Writer, terms: Sequence[Term]) -> Value | None:
    """The sum of two such products; None for any other.

    Args:
        forms: of the program. writer: into the new one. terms: without what they share.
    """
    if len(terms) != 2 or abs(terms[0][0]) != abs(terms[1][0]):
        return None
    for (size, one), (other_size, other) in (terms, terms[::-1]):
        sign = 1 if size == other_size else -1
        first, second = _functions(forms, one), _functions(forms, other)
        if first is None or second is None or first.keys() != second.keys():
            continue
        found = _even(first, second, sign) or _odd(first, second, sign)
        if found is not None:
            op, a, b, sign = found
            whole = writer.builder.emit(op, _sum(forms, writer, a, b, sign))
            return writer.builder.emit("mul", writer.builder.const(size), whole)
    return None


def _functions(forms: Forms, monomial: Monomial) -> Functions | None:
    """The functions of two arguments; None for other products."""
    found: Functions = {}
    for atom, exponent in monomial:
        step = forms.program.instruction(atom)
        if step is None or exponent != 1 or step.op not in ("sin", "cos", "sinh", "cosh"):
            return None
        found[step.args[0]] = step.op
    return found if len(found) == len(monomial) == 2 else None


Found = tuple[str, Value, Value, int]
"""A function, and of what it is: the sum of a value and another one times 1 or -1."""


def _even(first: Functions, second: Functions, sign: int) -> Found | None:
    """f(a + b) or f(a - b) from f(a) f(b) and g(a) g(b)."""
    (a, op), (b, _) = first.items()
    partner, factor = _EVEN.get(op, ("", 0))
    same = set(first.values()) == {op} and set(second.values()) == {partner}
    return (op, a, b, sign * factor) if same else None


def _odd(first: Functions, second: Functions, sign: int) -> Found | None:
    """g(a + b) or g(a - b) from g(a) f(b) and f(a) g(b)."""
    for a, b in (tuple(first), tuple(first)[::-1]):
        for even, (odd, _) in _EVEN.items():
            if (first[a], first[b], second[a], second[b]) == (odd, even, even, odd):
                return odd, a, b, sign
    return None


def _sum(forms: Forms, writer: Writer, a: Value, b: Value, sign: int) -> Value:
    """a + b or a - b, without the terms that both have."""
    found = forms.expand((*forms.parts(a), *((sign * c, m) for c, m in forms.parts(b))))
    if found is not None and found.terms:
        return writer.terms(found.terms)
    places = writer.places
    return writer.builder.emit("add" if sign > 0 else "sub", places[a], places[b])
