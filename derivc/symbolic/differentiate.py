"""Derivatives of trees, as trees."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.errors import NotDifferentiableError
from derivc.symbolic.canonical import canonical


def diff(tree: Any, *wrt: str) -> Any:
    """The derivative by each named variable in turn.

    Raises:
        NotDifferentiableError: a derivative does not exist or is not known.

    Example:
        >>> diff(sp.Symbol("x", real=True) ** 3, "x", "x")
        6*x
    """
    found = canonical(tree)
    for name in wrt:
        found = found.diff(sp.Symbol(name, real=True))
        found = found.replace(sp.DiracDelta, lambda *_: sp.Integer(0))
        if found.has(sp.Derivative, sp.Subs):
            raise NotDifferentiableError(f"the derivative by {name!r} is not known in closed form")
    return found
