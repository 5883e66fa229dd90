"""Rules that rewrite one node into an equal one: each with its identity and where it holds.

A rule proposes; the caller keeps the proposal only when it costs less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp
from sympy import Abs, cos, cosh, cot, exp, sign, sin, sinh, tan, tanh

from derivc.ops import registry
from derivc.symbolic.evaluated import choice

Rule = Callable[[Any], Iterator[Any]]
_sigmoid = registry.get("sigmoid").symbol
_SQUARES: dict[Any, Callable[[Any], list[Any]]] = {
    sin: lambda u: [1 - cos(u) ** 2, (1 - cos(2 * u)) / 2],
    cos: lambda u: [1 - sin(u) ** 2, (1 + cos(2 * u)) / 2],
    cosh: lambda u: [1 + sinh(u) ** 2],
    sinh: lambda u: [cosh(u) ** 2 - 1],
}
_QUOTIENTS = ((sin, cos, tan), (sinh, cosh, tanh))
_DOUBLED = ((sin, cos, sin), (sinh, cosh, sinh))


def proposals(node: Any) -> Iterator[tuple[Any, str]]:
    """Equal forms of a node, by every rule for its kind, each with the identity it uses."""
    for rule in _RULES.get(type(node), ()):
        for form in rule(node):
            yield form, _identity(rule, node)


def _identity(rule: Rule, node: Any) -> str:
    """The identity behind a rule, in a few words."""
    if rule is squares and not node.has(sin, cos):
        return _HYPERBOLIC[0]
    return _IDENTITIES[rule][0]


def squares(node: Any) -> Iterator[Any]:
    """sin^2 + cos^2 = 1, cos^2 - sin^2 = cos(2u) and cosh^2 - sinh^2 = 1, everywhere."""
    for factor in _factors(node):
        if factor.is_Pow and factor.exp == 2 and type(factor.base) in _SQUARES:
            for other in _SQUARES[type(factor.base)](factor.base.args[0]):
                yield _replaced(node, factor, other)


def complements(node: Any) -> Iterator[Any]:
    """sigmoid(u) + sigmoid(-u) = 1, everywhere."""
    for factor in _factors(node):
        if isinstance(factor, _sigmoid):
            yield _replaced(node, factor, 1 - _sigmoid(-factor.args[0]))


def _factors(node: Any) -> list[Any]:
    """The factors of the terms of a sum, each once, in the order of the sum."""
    return list(dict.fromkeys(f for term in node.args for f in sp.Mul.make_args(term)))


def _replaced(node: Any, factor: Any, sum_: Any) -> Any:
    """The sum with a factor replaced by another sum in every term, multiplied out."""
    return sp.Add(*(_distributed(term, factor, sp.expand_mul(sum_)) for term in node.args))


def _distributed(term: Any, factor: Any, sum_: Any) -> Any:
    """The term with a factor replaced by a sum, multiplied out."""
    if factor not in sp.Mul.make_args(term):
        return term
    rest = term / factor
    return sp.Add(*(rest * part for part in sum_.args))


def merged(node: Any) -> Iterator[Any]:
    """b^p b^q = b^(p+q), where both powers are real."""
    if any(factor.is_Pow and not factor.exp.is_Number for factor in node.args):
        yield sp.powsimp(node, combine="exp")


def quotients(node: Any) -> Iterator[Any]:
    """sin/cos = tan and sinh/cosh = tanh, and back: tan cos = sin."""
    for over, under, ratio in _QUOTIENTS:
        for u in _arguments(node, over) & _arguments(node, under):
            yield _swapped(node, over(u) / under(u), ratio(u))
        for u in _arguments(node, ratio) & _arguments(node, under):
            yield _swapped(node, ratio(u) * under(u), over(u))
    for u in _arguments(node, cot) & _arguments(node, sin):
        yield _swapped(node, cot(u) * sin(u), cos(u))


def doubled(node: Any) -> Iterator[Any]:
    """2 sin(u) cos(u) = sin(2u) and 2 sinh(u) cosh(u) = sinh(2u), everywhere."""
    for first, second, both in _DOUBLED:
        for u in _arguments(node, first) & _arguments(node, second):
            yield _swapped(node, first(u) * second(u), both(2 * u) / 2)


def logistic(node: Any) -> Iterator[Any]:
    """sigmoid(u) exp(-u) = sigmoid(-u), everywhere."""
    for u in _arguments(node, _sigmoid):
        if exp(-u) in node.args:
            yield _swapped(node, _sigmoid(u) * exp(-u), _sigmoid(-u))


def signs(node: Any) -> Iterator[Any]:
    """x sign(x) = |x| and |x| sign(x) = x, everywhere; |x|/x = sign(x) where x is not 0."""
    for u in _arguments(node, sign):
        if u in node.args:
            yield _swapped(node, u * sign(u), Abs(u))
        if Abs(u) in node.args:
            yield _swapped(node, Abs(u) * sign(u), u)
    for u in _arguments(node, Abs):
        if u**-1 in node.args:
            yield _swapped(node, Abs(u) / u, sign(u))


def _arguments(node: Any, kind: Any) -> set[Any]:
    """The arguments of the factors, or powers of factors, that are this function."""
    bases = (f.base if f.is_Pow else f for f in node.args)
    return {base.args[0] for base in bases if isinstance(base, kind)}


def _swapped(node: Any, old: Any, new: Any) -> Any:
    return node / old * new


def gathered(node: Any) -> Iterator[Any]:
    """a where(c, p, q) = where(c, a p, a q), and alike for sums; everywhere."""
    pieces = [arg for arg in node.args if arg.is_Piecewise]
    conditions = {tuple(pair.cond for pair in piece.args) for piece in pieces}
    if len(conditions) != 1:
        return
    rest = [arg for arg in node.args if not arg.is_Piecewise]
    columns = zip(*([pair.expr for pair in piece.args] for piece in pieces), strict=True)
    values = [node.func(*rest, *column) for column in columns]
    yield choice(list(zip(values, conditions.pop(), strict=True)))


_RULES: dict[Any, tuple[Rule, ...]] = {
    sp.Add: (squares, complements, gathered),
    sp.Mul: (merged, quotients, doubled, logistic, signs, gathered),
}

_HYPERBOLIC = ("cosh(u)^2 - sinh(u)^2 = 1", r"\cosh^2 u - \sinh^2 u = 1")
_IDENTITIES: dict[Rule, tuple[str, str]] = {
    squares: (
        "sin(u)^2 + cos(u)^2 = 1 and cos(u)^2 - sin(u)^2 = cos(2 u)",
        r"\sin^2 u + \cos^2 u = 1,\; \cos^2 u - \sin^2 u = \cos 2u",
    ),
    complements: ("sigmoid(u) + sigmoid(-u) = 1", r"\sigma(u) + \sigma(-u) = 1"),
    merged: ("b^p b^q = b^(p + q)", r"b^p\,b^q = b^{p + q}"),
    quotients: (
        "sin(u)/cos(u) = tan(u), and alike for sinh and cosh",
        r"\frac{\sin u}{\cos u} = \tan u,\; \frac{\sinh u}{\cosh u} = \tanh u",
    ),
    doubled: (
        "2 sin(u) cos(u) = sin(2 u), and alike for sinh and cosh",
        r"2 \sin u \cos u = \sin 2u,\; 2 \sinh u \cosh u = \sinh 2u",
    ),
    logistic: ("sigmoid(u) exp(-u) = sigmoid(-u)", r"\sigma(u)\,e^{-u} = \sigma(-u)"),
    signs: ("u sign(u) = |u|", r"u \operatorname{sign} u = |u|"),
    gathered: (
        "what is done to a choice is done in each branch",
        r"\text{what is done to a choice is done in each branch}",
    ),
}
_TEX = dict([*_IDENTITIES.values(), _HYPERBOLIC])


def identity_tex(text: str) -> str:
    r"""An identity that a rewrite names, as LaTeX.

    Example:
        >>> print(identity_tex("b^p b^q = b^(p + q)"))
        b^p\,b^q = b^{p + q}
    """
    return _TEX[text]
