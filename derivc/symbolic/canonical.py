"""The evaluated SymPy form of a tree, and the passage between plain and real symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from derivc.errors import InputTypeError
from derivc.symbolic.evaluated import evaluated, kept
from derivc.symbolic.walk import depth, postorder, rebuild, size

NODES = 20_000
"""Trees with more nodes (as printed) stay as they are."""
LEVELS = 60
"""Deeper trees stay as they are: SymPy's evaluation is recursive."""


def canonical(tree: Any) -> Any:
    """The tree rebuilt with SymPy's evaluation: like terms collected, in SymPy's order.

    Ops that are plain arithmetic (`square`, `reciprocal`, ...) become arithmetic; functions stay.
    A tree too large or too deep for SymPy's own recursive algorithms comes back unchanged.

    Args:
        tree: a SymPy tree over real symbols, of any size.

    Returns:
        An equal expression, evaluated; or the same object beyond the bounds.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> canonical(sp.Add(x, x, evaluate=False))
        2*x
    """
    if not tree.args:
        return evaluated(tree, [])
    flat = flattened(tree)
    if not fits(flat):
        return tree
    known: dict[Any, Any] = {}

    def make(node: Any, args: list[Any]) -> Any:
        found = evaluated(node, args)
        return known.setdefault(found, found)

    return rebuild(flat, make)


def fits(tree: Any) -> bool:
    """Whether the tree is small enough for SymPy's recursive algorithms."""
    return depth(tree) <= LEVELS and size(tree) <= NODES


def flattened(tree: Any) -> Any:
    """The tree with sums in sums and products in products written as one, evaluating nothing."""
    order = postorder(tree)
    outer = {id(tree)}
    for node in order:
        outer.update(id(arg) for arg in node.args if not _nests(node, arg))
    built: dict[int, Any] = {}
    for node in order:
        if id(node) in outer:
            terms = _terms(node, outer)
            if len(terms) > NODES:
                return tree
            built[id(node)] = _same(node, [built[id(term)] for term in terms])
    return built[id(tree)]


def _nests(node: Any, arg: Any) -> bool:
    """Whether a sum stands in a sum, or a product in a product."""
    return bool((node.is_Add and arg.is_Add) or (node.is_Mul and arg.is_Mul))


def _terms(node: Any, outer: set[int]) -> list[Any]:
    """The arguments, those that stand only within sums like this one replaced by their own."""
    terms: list[Any] = []
    stack = list(reversed(node.args))
    while stack and len(terms) <= NODES:
        arg = stack.pop()
        if id(arg) in outer:
            terms.append(arg)
        else:
            stack.extend(reversed(arg.args))
    return terms


def _same(node: Any, args: list[Any]) -> Any:
    """The node itself when its parts are the same objects, else its unevaluated copy."""
    same = len(args) == len(node.args) and all(a is b for a, b in zip(node.args, args, strict=True))
    return node if same else kept(node, args)


def realize(expr: Any) -> Any:
    """The expression over real symbols of the same names.

    Raises:
        InputTypeError: two different symbols have one name.
    """
    found = {node for node in postorder(expr) if node.is_Symbol}
    names = {str(symbol.name) for symbol in found}
    if len(names) < len(found):
        twice = sorted(n for n in names if sum(s.name == n for s in found) > 1)
        raise InputTypeError(f"different symbols share the name {twice[0]!r}; rename one of them")
    return renamed(expr, {s: sp.Symbol(s.name, real=True) for s in found})


def plain(expr: Any, own: Any = ()) -> Any:
    """The expression over symbols without assumptions, as users type them.

    Args:
        expr: an expression over real symbols.
        own: symbols of the user's, to be given back where the names agree.
    """
    given = {str(symbol.name): symbol for symbol in own}
    found = {node for node in postorder(expr) if node.is_Symbol}
    return renamed(expr, {s: given.get(s.name, sp.Symbol(s.name)) for s in found})


def renamed(expr: Any, swaps: Mapping[Any, Any]) -> Any:
    """The expression over other symbols; everything else is as it was."""
    return rebuild(
        expr, lambda node, args: swaps.get(node, node) if not args else _same(node, args)
    )
