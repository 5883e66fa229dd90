"""What an expression costs to read: the measure by which rewritten forms are compared."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.symbolic.walk import totals

_FUNCTION = 3.0
_CHOICE = 3.0


def cost(expr: Any) -> float:
    """The cost: about one for each symbol, number and operation, three for a function.

    Shared parts count at each use, as they are printed at each.

    Example:
        >>> x = sp.Symbol("x")
        >>> cost(2 * x + 1) < cost(x + x**2 + 1) < cost(sp.sin(2 * x) ** 2)
        True
    """
    return totals(expr, _own)


def shortest(*forms: Any) -> Any:
    """The cheapest of several forms; between equals the shorter text, then by alphabet."""
    forms = tuple(dict.fromkeys(forms))
    if len(forms) == 1:
        return forms[0]
    least = min(cost(form) for form in forms)
    best = [form for form in forms if cost(form) <= least]
    return best[0] if len(best) == 1 else min(best, key=lambda f: (len(str(f)), str(f)))


def _own(node: Any) -> float:
    if node.is_Number:
        return _number(node)
    if node.is_Add or node.is_Mul:
        return len(node.args) - 1.0 - _signs(node)
    if node.is_Pow:
        return _power(node)
    if node.is_Piecewise:
        return _CHOICE
    return _FUNCTION if node.args and node.is_Function else 1.0


def _number(node: Any) -> float:
    if not node.is_Rational:
        return 2.0
    digits = len(str(abs(node.p))) + (len(str(node.q)) if node.q > 1 else 0)
    return 1.0 + 0.3 * (digits - 1) + (0.5 if node.q > 1 else 0.0)


def _signs(node: Any) -> float:
    """What a leading -1 was charged beyond a minus sign, when it is printed as one."""
    return 1.5 if node.is_Mul and node.args[0] is sp.S.NegativeOne else 0.0


def _power(node: Any) -> float:
    """A division is one operation; a root is a function."""
    if node.exp is sp.S.NegativeOne:
        return 0.0
    return 1.0 if node.exp.is_Integer else 1.5
