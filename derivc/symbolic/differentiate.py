"""Derivatives of trees, as trees: rules over the DAG, each shared node differentiated once.

Forward mode: the derivative of every node is written over its parts and their derivatives. Small
trees are built with SymPy's evaluation, so that they read well; those beyond SymPy's recursive
algorithms are built as written, in which nothing is copied and everything shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from derivc.errors import DomainError
from derivc.symbolic.builder import EVALUATED, WRITTEN, Builder
from derivc.symbolic.canonical import canonical, fits
from derivc.symbolic.cost import cost
from derivc.symbolic.rules import derivative
from derivc.symbolic.simplify import simplify
from derivc.symbolic.trail import Rewrite, Turn
from derivc.symbolic.walk import postorder, size

_EVALUATE = 3_000
_TIDY = 15
_BUDGET = 2_000
_GAIN = 0.7


def diff(tree: Any, *wrt: Any, order: int = 1, trail: list[Turn] | None = None) -> Any:
    """The derivative by each named variable in turn, the whole turn `order` times.

    Args:
        tree: an expression over real symbols.
        wrt: variables, by name or as symbols; mixed derivatives name several.
        order: how often.
        trail: a list that is given what was done: one record for every turn.

    Returns:
        An expression over real symbols; at kinks it has the slope that the ops declare.

    Raises:
        NotDifferentiableError: a derivative is not known in closed form.
        UnsupportedError: the tree has parts that are no functions of real numbers.
        DomainError: the tree divides by zero everywhere.

    Example:
        >>> diff(sp.Symbol("x", real=True) ** 3, "x", order=2)
        6*x
    """
    found = canonical(tree)
    _check(found)
    turns = wrt * order
    for place, variable in enumerate(turns, 1):
        start, rewrites = found, list[Rewrite]()
        slopes = _slopes(start, {str(variable): sp.S.One})
        found = slopes[id(start)]
        if place < len(turns):
            found = _shortened(found, rewrites)
        if trail is not None:
            trail.append(Turn(start, str(variable), _builder(start), slopes, tuple(rewrites)))
    return found


def _shortened(tree: Any, trail: list[Rewrite]) -> Any:
    """A much shorter equal form, where one is found, so that higher orders do not swell."""
    before = cost(tree)
    if not _TIDY < before < _EVALUATE:
        return tree
    rewrites: list[Rewrite] = []
    found = simplify(tree, _BUDGET, rewrites)
    if not cost(found) < _GAIN * before:
        return tree
    trail += rewrites
    return found


def gradient(tree: Any, wrt: Sequence[Any]) -> list[Any]:
    """The derivative by each variable.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> gradient(x**2 * y, "xy")
        [2*x*y, x**2]
    """
    base = canonical(tree)
    return [diff(base, variable) for variable in wrt]


def jacobian(trees: Sequence[Any], wrt: Sequence[Any]) -> list[list[Any]]:
    """One row of partials for each tree."""
    return [gradient(tree, wrt) for tree in trees]


def hessian(tree: Any, wrt: Sequence[Any]) -> list[list[Any]]:
    """The symmetric matrix of second partials, each computed once.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> hessian(x**2 * y, "xy")
        [[2*y, 2*x], [2*x, 0]]
    """
    first = gradient(tree, wrt)
    upper = {(i, j): diff(first[i], wrt[j]) for i in range(len(wrt)) for j in range(i, len(wrt))}
    places = range(len(wrt))
    return [[upper[min(i, j), max(i, j)] for j in places] for i in places]


def jvp(trees: Sequence[Any], tangents: Mapping[str, Any]) -> list[Any]:
    """The derivative of each tree along one direction: tangents by variable name.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> jvp([x * y], {"x": 1, "y": 2})
        [2*x + y]
    """
    seeds = {str(name): canonical(sp.sympify(t)) for name, t in tangents.items()}
    return [_once(canonical(tree), seeds) for tree in trees]


def vjp(trees: Sequence[Any], cotangents: Sequence[Any], wrt: Sequence[Any]) -> list[Any]:
    """The cotangent of each variable, for one cotangent of each tree.

    Example:
        >>> x, y, a = sp.symbols("x y a", real=True)
        >>> vjp([x * y], [a], "xy")
        [a*y, a*x]
    """
    build = EVALUATED if all(fits(tree) for tree in trees) else WRITTEN
    rows = jacobian(trees, wrt)
    seeds = [canonical(sp.sympify(c)) for c in cotangents]
    return [
        build.add([build.mul([c, row[j]]) for c, row in zip(seeds, rows, strict=True)])
        for j in range(len(wrt))
    ]


def _once(tree: Any, seeds: Mapping[str, Any]) -> Any:
    """The derivative along the seeds."""
    return _slopes(tree, seeds)[id(tree)]


def _slopes(tree: Any, seeds: Mapping[str, Any]) -> dict[int, Any]:
    """The derivative of every node, by its id; each node's is made when its parts' are."""
    build = _builder(tree)
    found: dict[int, Any] = {}
    for node in postorder(tree):
        if not node.args:
            found[id(node)] = seeds.get(node.name, sp.S.Zero) if node.is_Symbol else sp.S.Zero
        else:
            found[id(node)] = derivative(build, node, [found[id(arg)] for arg in node.args])
    return found


def _builder(tree: Any) -> Builder:
    return EVALUATED if fits(tree) and size(tree) <= _EVALUATE else WRITTEN


def _check(tree: Any) -> None:
    if tree in (sp.nan, sp.zoo):
        raise DomainError("the expression divides by zero, or is 0/0, wherever it is evaluated")
