"""One exponential in place of several whose exponents differ by little.

    exp(u) = exp(v) exp(u - v),  exp(a log(w)) = w^a

In the price of an option the densities of two normal distributions stand side by side; their
exponents, both squares, differ by log(S/K) + r T, and nearly all of every sensitivity vanishes once
one density is written by the other.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.symbolic.cost import cost, shortest
from derivc.symbolic.gates import expandable
from derivc.symbolic.walk import postorder

_MOST = 4
_PLAIN = {"log": False, "power_exp": False, "power_base": False}
"""Products and powers are multiplied out, functions left as they are."""


def several(expr: Any) -> bool:
    """Whether the expression holds a few exponentials, and all is quick to multiply out."""
    found = _exponentials(expr) if expandable(expr) else []
    return 2 <= len(found) <= _MOST and all(expandable(e.args[0]) for e in found)


def by_one(expr: Any) -> Any:
    """The expression with an exponential written by another, sums of such products multiplied out.

    Args:
        expr: an expression over real symbols, for which `several` holds.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> by_one(y * sp.exp(-((x - 1) ** 2)) - y * sp.exp(-(x**2 + 1)) * sp.exp(2 * x))
        0
    """
    found = _exponentials(expr)
    forms = [_written(expr, u, v) for u in found for v in found if u != v and _is_near(u, v)]
    return shortest(expr, *forms)


def _exponentials(expr: Any) -> list[Any]:
    return [node for node in dict.fromkeys(postorder(expr)) if isinstance(node, sp.exp)]


def _is_near(u: Any, v: Any) -> bool:
    """Whether the quotient of two exponentials costs less than the one that it replaces."""
    return cost(_quotient(u, v)) < cost(u)


def _quotient(u: Any, v: Any) -> Any:
    """exp(u)/exp(v), with logarithms in the exponent as powers."""
    terms = sp.Add.make_args(_opened(u.args[0]) - _opened(v.args[0]))
    powers = [_power(term) for term in terms]
    rest = sp.Add(*(t for t, p in zip(terms, powers, strict=True) if p is None))
    return sp.Mul(sp.exp(rest), *(p for p in powers if p is not None))


def _opened(exponent: Any) -> Any:
    """An exponent as a sum of products."""
    return sp.expand(exponent, **_PLAIN)


def _power(term: Any) -> Any:
    """w^a for a log(w) with a whole number a; None for other terms."""
    size, factor = term.as_coeff_Mul()
    return factor.args[0] ** size if isinstance(factor, sp.log) and size.is_Integer else None


def _written(expr: Any, u: Any, v: Any) -> Any:
    """The expression with u written by v, and what v is multiplied by as one sum."""
    found = expr.xreplace({u: v * _quotient(u, v)})
    parts = sp.collect(sp.expand(found, deep=False, **_PLAIN), v, evaluate=False)
    factor = sp.factor_terms(sp.expand(parts.pop(v, sp.S.Zero), **_PLAIN))
    return shortest(found, sp.Add(v * factor, *(part * of for of, part in parts.items())))
