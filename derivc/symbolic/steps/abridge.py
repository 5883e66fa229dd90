"""Expressions cut to a length that can be read (and printed: printers are recursive)."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from derivc.symbolic.evaluated import kept
from derivc.symbolic.walk import size

NODES = 120
LEVELS = 30
DOTS = sp.Symbol("...")


def abridged(tree: Any, nodes: int = NODES, levels: int = LEVELS) -> Any:
    """The expression, with `...` for what lies deeper or further right than can be shown.

    Args:
        tree: any expression. nodes: about how many nodes are kept. levels: how deep.

    Example:
        >>> x = sp.Symbol("x")
        >>> abridged(sp.sin(sp.sin(sp.sin(x))), nodes=3)
        sin(sin(...))
    """
    if not tree.args or _fits(tree, nodes, levels):
        return tree
    return _rebuilt(tree, _shown(tree, nodes, levels))


def _fits(tree: Any, nodes: int, levels: int) -> bool:
    from derivc.symbolic.walk import depth

    return size(tree) <= nodes and depth(tree) <= levels


Shown = dict[tuple[int, ...], Any]
"""The nodes that are shown, by their place: the path of argument numbers from the root."""


def _shown(tree: Any, nodes: int, levels: int) -> Shown:
    """The outermost nodes, level by level; a node that is a condition or choice is whole or out."""
    found: Shown = {(): tree}
    level: list[tuple[tuple[int, ...], Any]] = [((), tree)]
    while level:
        ahead: list[tuple[tuple[int, ...], Any]] = []
        for path, node in level:
            for place, arg in enumerate(node.args):
                if _is_whole(node) or (len(found) < nodes and len(path) < levels):
                    found[(*path, place)] = arg
                    ahead.append(((*path, place), arg))
        level = ahead if len(found) < 2 * nodes else []
    return found


def _is_whole(node: Any) -> bool:
    """Whether all arguments of a node are shown if it is."""
    return bool(node.is_Piecewise or isinstance(node, ExprCondPair | Boolean))


def _rebuilt(tree: Any, shown: Shown) -> Any:
    """The shown nodes put together again, the deepest first."""
    done: dict[tuple[int, ...], Any] = {}
    for path in sorted(shown, key=len, reverse=True):
        done[path] = _node(path, shown, done)
    return done[()]


def _node(path: tuple[int, ...], shown: Shown, done: dict[tuple[int, ...], Any]) -> Any:
    node = shown[path]
    if not node.args:
        return node
    args = [done[(*path, i)] for i in range(len(node.args)) if (*path, i) in shown]
    if len(args) == len(node.args):
        return (
            node if all(a is b for a, b in zip(args, node.args, strict=True)) else _kept(node, args)
        )
    if isinstance(node, Boolean):
        return sp.Symbol("...")
    if (node.is_Add or node.is_Mul) and args:
        return node.func(*args, DOTS, evaluate=False)
    return DOTS if not _callable(node) else sp.Function(str(node.func))(DOTS)


def _callable(node: Any) -> bool:
    return bool(node.is_Function and not node.is_Piecewise)


def _kept(node: Any, args: list[Any]) -> Any:
    """The node over abridged parts; dots where it does not take them."""
    try:
        return kept(node, args)
    except (TypeError, ValueError, AttributeError):
        return DOTS
