"""The shortest of a budgeted set of equal forms.

SymPy's own `simplify` can run for minutes, or make things worse. Here every rewrite is one that is
known to be quick at the size it is given; their number is bounded by a budget that counts nodes,
not seconds, so that the result is the same on every machine; and a rewritten form is kept only when
it costs less to read and has the same values at sampled points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import sympy as sp

from derivc.symbolic.agreement import agree
from derivc.symbolic.canonical import canonical
from derivc.symbolic.cost import cost, shortest
from derivc.symbolic.evaluated import evaluated
from derivc.symbolic.gates import expandable, rational
from derivc.symbolic.identities import proposals
from derivc.symbolic.walk import rebuild, size

Form = Callable[[Any], Any]
BUDGET = 6_000
_LARGEST = 500
_ROUNDS = 3


def simplify(expr: Any, budget: int = BUDGET) -> Any:
    """The shortest equal form that is found within the budget.

    Args:
        expr: an expression over real symbols.
        budget: nodes that may be given to rewrites, all together.

    Returns:
        An expression that costs at most as much; the evaluated input when it is too large.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> simplify(sp.sin(x) ** 2 + sp.cos(x) ** 2)
        1
    """
    start = canonical(expr)
    if size(start) > _LARGEST:
        return start
    return _search(start, _Budget(budget))


@final
class _Budget:
    """Nodes that may still be given to rewrites."""

    def __init__(self, nodes: int):
        self.left = float(nodes)

    def take(self, expr: Any, weight: float = 1.0) -> bool:
        """Charge one rewrite of the expression; False when it is not affordable."""
        price = weight * size(expr)
        if price > self.left:
            return False
        self.left -= price
        return True


def _search(start: Any, budget: _Budget) -> Any:
    """Greedy rounds: from the best form so far, every rewrite; until nothing gets shorter."""
    best = start
    for _ in range(_ROUNDS):
        forms = [best, *_forms(best, budget)]
        found = _best_equal(start, best, forms)
        if found is best:
            break
        best = found
    return best


def _best_equal(start: Any, best: Any, forms: list[Any]) -> Any:
    """The cheapest of the forms that agrees with the start."""
    cheaper = [form for form in dict.fromkeys(forms) if cost(form) < cost(best)]
    while cheaper:
        found = shortest(*cheaper)
        if agree(start, found):
            return found
        cheaper.remove(found)
    return best


def _forms(expr: Any, budget: _Budget) -> list[Any]:
    """Rewritten forms of an expression, each also after the rules for single nodes."""
    forms = []
    for rewrite, gate, weight in _REWRITES:
        if gate(expr) and budget.take(expr, weight):
            forms.append(_attempt(rewrite, expr))
    return [form for f in dict.fromkeys(forms) for form in (f, _local(f, budget))]


def _attempt(rewrite: Form, expr: Any) -> Any:
    """The rewritten form; the same expression when SymPy fails at it."""
    try:
        return rewrite(expr)
    except (
        ArithmeticError,
        ValueError,
        TypeError,
        RecursionError,
        NotImplementedError,
        sp.PolynomialError,
    ):
        return expr


def _local(expr: Any, budget: _Budget) -> Any:
    """The expression with each node in the cheapest form that the identities give it."""

    def make(node: Any, args: list[Any]) -> Any:
        found = evaluated(node, args)
        if not budget.take(found, 0.1):
            return found
        return shortest(found, *proposals(found))

    return rebuild(expr, make)


def _cancelled(expr: Any) -> Any:
    return sp.cancel(sp.together(expr))


def _factored(expr: Any) -> Any:
    return sp.factor(sp.together(expr))


def _expanded(expr: Any) -> Any:
    return sp.expand(expr, deep=False, power_exp=False, power_base=False, log=False)


def _in_parts(rewrite: Form, gate: Callable[[Any], bool]) -> Form:
    """The rewrite, applied to every sum and product, where it makes that shorter."""

    def make(node: Any, args: list[Any]) -> Any:
        found = evaluated(node, args)
        if not (found.is_Add or found.is_Mul) or not gate(found):
            return found
        return shortest(found, _attempt(rewrite, found))

    return lambda expr: rebuild(expr, make)


def _always(expr: Any) -> bool:
    return True


_REWRITES: tuple[tuple[Form, Callable[[Any], bool], float], ...] = (
    (lambda expr: expr, _always, 1),
    (sp.factor_terms, _always, 2),
    (_in_parts(sp.factor_terms, _always), _always, 2),
    (_expanded, expandable, 3),
    (_in_parts(_expanded, expandable), expandable, 3),
    (sp.together, rational, 3),
    (_cancelled, rational, 6),
    (_factored, rational, 8),
    (_in_parts(_cancelled, rational), rational, 8),
)
