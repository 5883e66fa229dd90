"""Walks over expression DAGs without recursion: every shared node is visited once.

Trees may be 10,000 levels deep and share their parts, so that a recursive walk would overflow the
stack, or visit one node more often than there are atoms. All walks here key by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[[Any, list[Any]], Any]


def postorder(*trees: Any) -> list[Any]:
    """Every node once, parts before wholes.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x")
        >>> postorder(sp.sin(x) ** x)[-1]
        sin(x)**x
    """
    done: set[int] = set()
    order: list[Any] = []
    stack = [(tree, False) for tree in reversed(trees)]
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
            continue
        stack.append((node, True))
        stack.extend((arg, False) for arg in reversed(node.args) if id(arg) not in done)
    return order


def rebuild(tree: Any, make: Make) -> Any:
    """The tree with every node replaced by `make(node, new parts)`; sharing is kept."""
    done: dict[int, Any] = {}
    for node in postorder(tree):
        done[id(node)] = make(node, [done[id(arg)] for arg in node.args])
    return done[id(tree)]


def totals(tree: Any, own: Callable[[Any], float], join: Callable[..., float] = sum) -> float:
    """A number for the tree: own(node) plus the join (sum, or max) of its parts' numbers.

    With `sum`, shared parts count at each use, as they would when the tree is printed.
    """
    found: dict[int, float] = {}
    for node in postorder(tree):
        parts = [found[id(arg)] for arg in node.args]
        found[id(node)] = own(node) + (join(parts) if parts else 0)
    return found[id(tree)]


def size(tree: Any) -> float:
    """The number of nodes of the tree as it would be printed."""
    return totals(tree, lambda node: 1)


def depth(tree: Any) -> float:
    """The number of levels."""
    return totals(tree, lambda node: 1, max)


def symbols(*trees: Any) -> list[Any]:
    """The symbols of trees, sorted by name."""
    return sorted({node for node in postorder(*trees) if node.is_Symbol}, key=lambda s: str(s.name))
