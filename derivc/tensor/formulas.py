"""The backward formula of a compiled node, for people: a closed form in TeX."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import sympy as sp

from derivc.errors import DerivcError
from derivc.lowering.lift import lift

if TYPE_CHECKING:
    from derivc.tensor.compiled import Compiled

_LONGEST = 2000


@cache
def of_kernel(function: Compiled) -> str:
    r"""The cotangents of all arguments, `\bar{y}` times the simplified partials.

    Example:
        >>> from derivc.ops import registry
        >>> from derivc.tensor.compiled import of_op
        >>> print(of_kernel(of_op(registry.get("sin"))))
        \bar{x} = \bar{y}\,\cos{\left(x \right)}
    """
    partials = _partials(function)
    found = [
        rf"\bar{{{_tex(name)}}} = {_term(partial)}"
        for name, partial in zip(function.specs.definition.elements, partials, strict=True)
    ]
    return r", \quad ".join(found)


@cache
def partials_text(function: Compiled) -> list[str]:
    """The partials by every argument in plain text; "" where there is none.

    Example:
        >>> from derivc.ops import registry
        >>> from derivc.tensor.compiled import of_op
        >>> partials_text(of_op(registry.get("mul")))
        ['b', 'a']
    """
    return ["" if p is None else str(p) for p in _partials(function)]


def _tex(name: str) -> str:
    return str(sp.latex(sp.Symbol(name)))


def _term(partial: sp.Expr | None) -> str:
    if partial is None:
        return r"\text{none}"
    if partial == 0:
        return "0"
    if partial in (1, -1):
        return r"\bar{y}" if partial == 1 else r"-\bar{y}"
    if partial.could_extract_minus_sign() and not partial.is_Add:
        return "-" + _term(-partial)
    inner = str(sp.latex(partial))
    if partial.is_Add:
        inner = rf"\left({inner}\right)"
    return rf"\bar{{y}}\,{inner}" if len(inner) < _LONGEST else r"\bar{y}\,\dots"


def _partials(function: Compiled) -> list[sp.Expr | None]:
    """The simplified partials of the first result, by every argument; None where there is none."""
    from derivc.symbolic import differentiate
    from derivc.symbolic.canonical import plain
    from derivc.symbolic.simplify import simplify

    names = function.specs.definition.elements
    try:
        (tree, *_) = lift(function.specs.value_program)
    except _UNKNOWN:
        return [None] * len(names)
    found: list[sp.Expr | None] = []
    for name in names:
        try:
            found.append(plain(simplify(differentiate.diff(tree, name))))
        except _UNKNOWN:
            found.append(None)
    return found


_UNKNOWN = (DerivcError, TypeError, ValueError, NotImplementedError)
"""What lifting, differentiating and simplifying raise where they know no formula."""
