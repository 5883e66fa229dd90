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
from derivc.symbolic.exponentials import by_one, several
from derivc.symbolic.gates import expandable, rational
from derivc.symbolic.identities import proposals
from derivc.symbolic.trail import Rewrite, Way
from derivc.symbolic.walk import rebuild, size

Form = Callable[[Any], Any]
BUDGET = 6_000
_LARGEST = 500
_ROUNDS = 3


def simplify(expr: Any, budget: int = BUDGET, trail: list[Rewrite] | None = None) -> Any:
    """The shortest equal form that is found within the budget.

    Args:
        expr: an expression over real symbols.
        budget: nodes that may be given to rewrites, all together.
        trail: a list that is given the rewrites that led to the result, in order.

    Returns:
        An expression that costs at most as much; the evaluated input when it is too large.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> simplify(sp.sin(x) ** 2 + sp.cos(x) ** 2)
        1
    """
    start = canonical(expr)
    done = [] if start == expr else [Rewrite(COLLECTED, expr, start)]
    found = start if size(start) > _LARGEST else _search(start, _Budget(budget), done)
    if trail is not None:
        trail += done
    return found


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


def _search(start: Any, budget: _Budget, done: list[Rewrite]) -> Any:
    """Greedy rounds: from the best form so far, every rewrite; until nothing gets shorter."""
    best = start
    for _ in range(_ROUNDS):
        ways = _ways(best, budget)
        found = _best_equal(start, best, [best, *(way.form for way in ways)])
        if found is best:
            break
        done += next(way for way in ways if way.form == found).rewrites(best, agree)
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


def _ways(expr: Any, budget: _Budget) -> list[Way]:
    """Rewritten forms of an expression, each also after the rules for single nodes."""
    names: dict[Any, str] = {}
    for name, rewrite, gate, weight in _REWRITES:
        if gate(expr) and budget.take(expr, weight):
            names.setdefault(_attempt(rewrite, expr), name)
    ways: list[Way] = []
    for form, name in names.items():
        ways += [Way(form, form, name), _local(form, name, budget)]
    return ways


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


def _local(expr: Any, name: str, budget: _Budget) -> Way:
    """The expression with each node in the cheapest form that the identities give it."""
    used: dict[str, None] = {}

    def make(node: Any, args: list[Any]) -> Any:
        found = evaluated(node, args)
        if not budget.take(found, 0.1):
            return found
        forms = dict(proposals(found))
        best = shortest(found, *forms)
        if best != found:
            used[forms[best]] = None
        return best

    return Way(rebuild(expr, make), expr, name, tuple(used))


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


COLLECTED = "collect like terms"
_REWRITES: tuple[tuple[str, Form, Callable[[Any], bool], float], ...] = (
    (COLLECTED, lambda expr: expr, _always, 1),
    ("take out common factors", sp.factor_terms, _always, 2),
    ("take out common factors", _in_parts(sp.factor_terms, _always), _always, 2),
    ("multiply out", _expanded, expandable, 3),
    ("multiply out", _in_parts(_expanded, expandable), expandable, 3),
    ("bring to a common denominator and cancel", sp.together, rational, 3),
    ("bring to a common denominator and cancel", _cancelled, rational, 6),
    ("bring to a common denominator and factor", _factored, rational, 8),
    ("bring to a common denominator and cancel", _in_parts(_cancelled, rational), rational, 8),
    ("write one exponential by another", by_one, several, 8),
)
