"""Which expressions are small enough for which of SymPy's algorithms.

Multiplying out and polynomial division grow with degrees and with the number of terms, not with the
length of the text: (x + 1)**1000 is short. The bounds here are on what the algorithms will meet.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.symbolic.walk import postorder

_TERMS = 60.0
_GENERATORS = 5
_DEGREE = 12
_ROOT = 4


def expandable(expr: Any) -> bool:
    """Whether the expression has few terms when multiplied out."""
    return _terms(expr) <= _TERMS


def rational(expr: Any) -> bool:
    """Whether it is a quotient of small polynomials in few functions."""
    if expr.has(sp.Piecewise, sp.Max, sp.Min) or not expr.is_commutative:
        return False
    return _exponents_are_small(expr) and len(_generators(expr)) <= _GENERATORS and expandable(expr)


def _terms(expr: Any) -> float:
    """A bound on the terms of numerator and denominator, multiplied out."""
    found: dict[int, float] = {}
    for node in postorder(expr):
        parts = [found[id(arg)] for arg in node.args]
        found[id(node)] = _own_terms(node, parts)
    return found[id(expr)]


def _own_terms(node: Any, parts: list[float]) -> float:
    if node.is_Add:
        return min(sum(parts), 1e9)
    if node.is_Mul:
        total = 1.0
        for part in parts:
            total = min(total * part, 1e9)
        return total
    if node.is_Pow and node.exp.is_Rational:
        power = min(abs(float(node.exp)), 30.0)
        return min(float(parts[0] ** max(power, 1.0)), 1e9)
    return max(parts, default=1.0) if not node.args else 1.0


def _exponents_are_small(expr: Any) -> bool:
    """Degrees at most 12 and roots at most fourth ones, in powers and in exponentials."""
    for node in postorder(expr):
        if node.is_Pow or isinstance(node, sp.exp):
            exponent = node.exp if node.is_Pow else node.args[0]
            numbers = [n for n in postorder(exponent) if n.is_Rational]
            if any(abs(n.p) > _DEGREE or n.q > _ROOT for n in numbers):
                return False
    return True


def _generators(expr: Any) -> set[Any]:
    """What the polynomials are in: symbols, functions and irrational powers outside functions."""
    found: set[Any] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if node.is_Add or node.is_Mul or (node.is_Pow and node.exp.is_Integer):
            stack.extend(node.args)
        elif not node.is_Number:
            found.add(node)
    return found
