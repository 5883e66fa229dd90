"""Expressions as a hand writes them: derivatives still to be taken, terms in the order of the rule.

SymPy has no quotient and sorts what it adds; these nodes keep what they are given, so that a step
reads like the rule that it follows. They are never evaluated: `settled` gives SymPy's expression.
"""

from __future__ import annotations

from typing import Any, final

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from derivc.symbolic.evaluated import kept
from derivc.symbolic.walk import rebuild


def _new(cls: Any, *args: Any, **_: Any) -> Any:
    return sp.Basic.__new__(cls, *args)


@final
class Pending(sp.Expr):
    """A derivative that is still to be taken: d/dx[expression]; args: expression, variable."""

    __slots__ = ()
    precedence = PRECEDENCE["Atom"]
    __new__ = _new


@final
class WrittenSum(sp.Expr):
    """Terms in this order."""

    __slots__ = ()
    precedence = PRECEDENCE["Add"]
    __new__ = _new


@final
class WrittenMinus(sp.Expr):
    """A term that is subtracted; one argument."""

    __slots__ = ()
    precedence = PRECEDENCE["Add"]
    __new__ = _new


@final
class WrittenProduct(sp.Expr):
    """Factors in this order."""

    __slots__ = ()
    precedence = PRECEDENCE["Mul"]
    __new__ = _new


@final
class WrittenQuotient(sp.Expr):
    """A fraction: numerator, denominator."""

    __slots__ = ()
    precedence = PRECEDENCE["Mul"]
    __new__ = _new


def pending(expression: Any, variable: str) -> Any:
    """The derivative of an expression by a variable, still to be taken."""
    return Pending(expression, sp.Symbol(variable, real=True))


def total(terms: list[Any]) -> Any:
    """The sum as written; a single term is itself."""
    return terms[0] if len(terms) == 1 else WrittenSum(*terms)


def times(*factors: Any) -> Any:
    """The product as written."""
    return WrittenProduct(*factors)


def over(numerator: Any, denominator: Any) -> Any:
    """The fraction as written."""
    return WrittenQuotient(numerator, denominator)


def minus(term: Any) -> Any:
    """The term, subtracted."""
    return WrittenMinus(term)


_SETTLED: dict[Any, Any] = {
    WrittenSum: lambda *a: sp.Add(*a, evaluate=False),
    WrittenMinus: lambda a: sp.Mul(sp.S.NegativeOne, a, evaluate=False),
    WrittenProduct: lambda *a: sp.Mul(*a, evaluate=False),
    WrittenQuotient: lambda a, b: sp.Mul(a, sp.Pow(b, -1, evaluate=False), evaluate=False),
}


def settled(tree: Any) -> Any:
    """The expression in SymPy's own nodes, as written.

    Example:
        >>> x = sp.Symbol("x")
        >>> settled(over(x, total([x, sp.S.One])))
        x/(x + 1)
    """

    def make(node: Any, args: list[Any]) -> Any:
        rule = _SETTLED.get(type(node))
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return rule(*args) if rule else node if same else kept(node, args)

    return rebuild(tree, make)


def filled(tree: Any, found: dict[tuple[Any, str], Any]) -> Any:
    """The expression with derivatives put in: by the id of what is differentiated, and variable."""

    def make(node: Any, args: list[Any]) -> Any:
        if isinstance(node, Pending):
            return found.get((id(node.args[0]), node.args[1].name), node)
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if same else kept(node, args)

    return rebuild(tree, make)
