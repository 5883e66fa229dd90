"""Expressions cut to a length that can be read (and printed: printers are recursive)."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.symbolic.evaluated import kept, written_choice
from derivc.symbolic.walk import depth, size

NODES = 120
LEVELS = 30
ANSWER = (3_000, 100)
"""Nodes and levels of an answer, which is given more room."""
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
    return size(tree) <= nodes and depth(tree) <= levels


Path = tuple[int, ...]
Shown = dict[Path, Any]
"""The nodes that are shown, by their place: the path of argument numbers from the root."""


def _shown(tree: Any, nodes: int, levels: int) -> Shown:
    """The outermost nodes, level by level; of a choice as many whole branches as there is room."""
    found: Shown = {(): tree}
    level: list[tuple[Path, Any]] = [((), tree)]
    while level and len(found) < nodes:
        ahead: list[tuple[Path, Any]] = []
        for path, node in level:
            if node.is_Piecewise:
                _add_branches(found, path, node, nodes)
                continue
            for place, arg in enumerate(node.args):
                if len(found) < nodes and len(path) < levels:
                    found[(*path, place)] = arg
                    ahead.append(((*path, place), arg))
        level = ahead
    return found


def _add_branches(found: Shown, path: Path, node: Any, nodes: int) -> None:
    """Put the first branches among the nodes that are shown, each with all that is in it."""
    for place, branch in enumerate(node.args):
        if len(found) + size(branch) > nodes:
            return
        stack = [((*path, place), branch)]
        while stack:
            at, part = stack.pop()
            found[at] = part
            stack += [((*at, i), arg) for i, arg in enumerate(part.args)]


def _rebuilt(tree: Any, shown: Shown) -> Any:
    """The shown nodes put together again, the deepest first."""
    done: dict[tuple[int, ...], Any] = {}
    for path in sorted(shown, key=len, reverse=True):
        done[path] = _node(path, shown, done)
    return done[()]


def _node(path: Path, shown: Shown, done: Shown) -> Any:
    node = shown[path]
    if not node.args:
        return node
    args = [done[(*path, i)] for i in range(len(node.args)) if (*path, i) in shown]
    if len(args) == len(node.args):
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if same else _kept(node, args)
    return _cut(node, args)


def _cut(node: Any, args: list[Any]) -> Any:
    """The node with its first arguments, and dots for the others."""
    if args and node.is_Piecewise:
        return written_choice([*((a.expr, a.cond) for a in args), (DOTS, sp.true)])
    if args and (node.is_Add or node.is_Mul):
        return node.func(*args, DOTS, evaluate=False)
    return sp.Function(str(node.func))(DOTS) if _callable(node) else DOTS


def _callable(node: Any) -> bool:
    return bool(node.is_Function and not node.is_Piecewise)


def _kept(node: Any, args: list[Any]) -> Any:
    """The node over abridged parts; dots where it does not take them."""
    try:
        return kept(node, args)
    except (TypeError, ValueError, AttributeError):
        return DOTS
