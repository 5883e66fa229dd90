"""Small changes of a formula: another quantity in one place, another number, a sign, a factor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from derivc.symbolic.tracing import nodes
from derivc.symbolic.walk import postorder, size

Path = tuple[int, ...]


def occurrences(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a tree with the way to it, the whole first."""
    yield path, tree
    for index, part in enumerate(tree.args):
        yield from occurrences(part, (*path, index))


def replaced(tree: Any, path: Path, part: Any) -> Any:
    """The tree with another part at the end of a path."""
    if not path:
        return part
    args = list(tree.args)
    args[path[0]] = replaced(args[path[0]], path[1:], part)
    return again(tree, args)


def part_at(tree: Any, path: Path) -> Any:
    """The part at the end of a path."""
    for step in path:
        tree = tree.args[step]
    return tree


def again(node: Any, args: list[Any]) -> Any:
    """A node like this one over other parts, evaluated no further."""
    if isinstance(node, sp.Tuple):
        return node.func(*args)
    return nodes.node(node.func, *args)


def everywhere(tree: Any, old: Any, new: Any) -> Any:
    """The tree with every occurrence of one part replaced."""
    if tree == old:
        return new
    if not tree.args:
        return tree
    return again(tree, [everywhere(part, old, new) for part in tree.args])


def parts(tree: Any, most: int = 40) -> list[Any]:
    """The different parts that are numbers or functions of the inputs, small ones first."""
    found = {part for part in postorder(tree) if isinstance(part, sp.Expr)}
    return sorted(found, key=lambda part: (size(part), str(part)))[:most]


def is_number(part: Any) -> bool:
    """Whether a part is a number, computed or plain."""
    return isinstance(part, sp.Expr) and not part.free_symbols


def is_value(part: Any) -> bool:
    """Whether a part stands for a number that varies."""
    return isinstance(part, sp.Expr) and bool(part.free_symbols)
