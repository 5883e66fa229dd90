"""A sum written as a common factor times a function of one value, where it is one.

With u = h w/(k T), the derivative of w/(exp(u) - 1) by w is

    1/(exp(u) - 1) - h w/(k T) exp(u)/(exp(u) - 1)^2,

and u can stand for the product in it. What is a function of u alone can be replaced by a series
where it loses digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from derivc.ir.program import Value
from derivc.passes.cancel.forms import Forms, Monomial, Term, times

_POWERS = range(-4, 5)
_ONE = Fraction(1)
_DEEPEST = 6
Function = tuple[Value, Monomial, list[Term]]
"""An argument, a factor, and the terms of a function of the argument that the factor multiplies."""


def gathered(forms: Forms, terms: Sequence[Term]) -> Function | None:
    """A factor and the terms of a function of one value; None where the sum is no such product."""
    for argument in arguments_of(forms, terms):
        found = over(forms, terms, argument)
        if found is not None:
            return argument, *found
    return None


def parted(forms: Forms, terms: Sequence[Term]) -> list[Function] | None:
    """The sum in parts, each an argument with what `gathered` finds over it.

    With u = a t and v = b t, the derivative by t of t (f(u) + g(v)) is the sum of f(u) + u f'(u)
    and g(v) + v g'(v). None where the terms are not shared out among two or more such functions.
    """
    parts, left = [], list(terms)
    for argument in arguments_of(forms, terms):
        own = [t for t in left if _moves(forms, t, argument)]
        found = over(forms, own, argument) if 1 < len(own) < len(terms) else None
        if found is not None:
            parts.append((argument, *found))
            left = [t for t in left if t not in own]
    return parts if len(parts) > 1 and not left else None


def _moves(forms: Forms, term: Term, argument: Value) -> bool:
    """Whether a term has functions of an argument in it."""
    functions, _ = _split(forms, term[1], argument)
    return any(not _is_fixed(forms, atom) for atom, _ in functions)


def arguments_of(forms: Forms, terms: Sequence[Term]) -> list[Value]:
    """What functions in the terms are applied to: the product u in 1/sqrt(1 - u) - 1 too."""
    atoms = {a for _, m in terms for a, _ in m}
    steps = [forms.program.instruction(a) for a in atoms]
    inner = {_positive(forms, s.args[0]) for s in steps if s is not None and len(s.args) == 1}
    inner |= {u for a in atoms if (u := _product_in(forms, a)) is not None}
    return [u for u in sorted(inner) if forms.products[u][1]]


def _product_in(forms: Forms, atom: Value) -> Value | None:
    """The first multiple r/12, or product of several values, that an atom is a function of."""
    for _ in range(_DEEPEST):
        step = forms.program.instruction(atom)
        moving = {a for a in step.args if not _is_fixed(forms, a)} if step is not None else ()
        if len(moving) != 1:
            return None
        (atom,) = moving
        size, product = forms.products[atom]
        multiple = abs(size) != 1 and [e for _, e in product] == [1]
        if multiple or len(product) > 1:
            return _positive(forms, atom)
    return None


def _positive(forms: Forms, argument: Value) -> Value:
    """u for -u: what depends on the one depends on the other."""
    step = forms.program.instruction(argument)
    return step.args[0] if step is not None and step.op == "neg" else argument


def over(
    forms: Forms, terms: Sequence[Term], argument: Value
) -> tuple[Monomial, list[Term]] | None:
    """The factor and the terms with one value as the argument; None where the sum is no product."""
    size, product = forms.products[argument]
    split = [_split(forms, monomial, argument) for _, monomial in terms]
    first = split[0][1]
    found = [_power(times(others, first, -_ONE), product) for _, others in split]
    powers = [power for power in found if power is not None]
    moving = any(not _is_fixed(forms, a) for functions, _ in split for a, _ in functions)
    if len(powers) < len(found) or not moving:
        return None
    shift = _shift(first, product)
    factor = times(first, product, Fraction(shift))
    if not factor and (product == ((argument, _ONE),) or not any(powers)):
        return None
    gathered = []
    for (coefficient, _), (functions, _), power in zip(terms, split, powers, strict=True):
        own = times(functions, ((argument, _ONE),), Fraction(power - shift))
        gathered.append((coefficient / size ** (power - shift), own))
    return factor, gathered


def _shift(first: Monomial, product: Monomial) -> int:
    """The power of the argument that leaves none of its parts below the line of the factor.

    What is left of them stands in the function, whose series covers the place where it is zero.
    """
    exponents = dict(first)
    return max(math.ceil(-exponents.get(atom, Fraction(0)) / e) for atom, e in product)


def _split(forms: Forms, monomial: Monomial, argument: Value) -> tuple[Monomial, Monomial]:
    """The functions of the argument in a monomial, numbers such as sqrt(pi) too, and the rest."""
    own = {atom for atom, _ in forms.products[argument][1]}
    functions = tuple(
        p
        for p in monomial
        if p[0] != argument
        and (_is_of(forms, p[0], argument) or (p[0] not in own and _is_fixed(forms, p[0])))
    )
    return functions, tuple(p for p in monomial if p not in functions)


def _is_fixed(forms: Forms, atom: Value, depth: int = 4) -> bool:
    """True for a number, and for what is computed from numbers alone."""
    step = forms.program.instruction(atom)
    if step is None or not depth:
        return False
    return step.op == "const" or all(_is_fixed(forms, a, depth - 1) for a in step.args)


def _is_of(forms: Forms, atom: Value, argument: Value, depth: int = 8) -> bool:
    """True when a value depends on the argument and on nothing else."""
    step = forms.program.instruction(atom)
    if atom == argument:
        return True
    if step is None or step.op == "const" or not depth:
        return False
    moving = [a for a in step.args if forms.program.constant(a) is None]
    return bool(moving) and all(_is_of(forms, a, argument, depth - 1) for a in moving)


def _power(monomial: Monomial, product: Monomial) -> int | None:
    """The k of monomial = product^k."""
    return next((k for k in _POWERS if times((), product, Fraction(k)) == monomial), None)
