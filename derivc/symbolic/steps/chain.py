"""A derivation as one chain of equalities: in every line one rule is applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.symbolic.evaluated import kept
from derivc.symbolic.steps.step import Section, Step
from derivc.symbolic.steps.written import Pending, WrittenMinus, WrittenProduct
from derivc.symbolic.walk import rebuild, size

COLLECT = "collect"
_LONGEST = 30
_LARGEST = 160


@final
@dataclass(frozen=True, eq=False)
class Link:
    """One line: the expression that all lines equal, and what led to it (the first: nothing)."""

    tree: Any
    why: str
    identities: tuple[str, ...] = ()


def chain(section: Section) -> list[Link] | None:
    """The lines from d/dx[f] to the result; None where they would be too long to read.

    Example:
        >>> from derivc.symbolic.steps.derive import derive
        >>> from derivc.symbolic.text import text_of
        >>> x = sp.Symbol("x", real=True)
        >>> [text_of(link.tree) for link in chain(derive(3 * x**2, ["x"]).sections[0])]
        ['d/dx[3*x**2]', '3*d/dx[x**2]', '3*2*x', '6*x']
    """
    steps = [step for step in section.step.walk() if not step.same_as]
    if len(steps) > _LONGEST or section.left_out or size(section.expression) > _LARGEST:
        return None
    tree = _asked(section.step)
    lines = [Link(Pending(section.step.shown, tree.args[1]), "")]
    for step in steps:
        tree = _put(tree, step)
        if size(tree) > _LARGEST:
            return None
        lines.append(Link(tree, step.title))
    return [*lines, *_ending(section)]


def _ending(section: Section) -> list[Link]:
    """The result as it is collected, and simplified."""
    rewritten = [Link(r.after, r.name, r.identities) for r in section.rewrites]
    return [Link(section.raw, COLLECT), *rewritten]


def _asked(step: Step) -> Any:
    return Pending(step.expression, sp.Symbol(step.variable))


def _put(tree: Any, step: Step) -> Any:
    """The expression with one derivative replaced, wherever it stands."""
    old = _asked(step)
    new = step.applied
    if new is None:
        new = step.result if step.expanded is None else step.expanded

    def make(node: Any, args: list[Any]) -> Any:
        if node == old:
            return new
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        return node if same else kept(node, args)

    return _folded(rebuild(tree, make))


def _folded(tree: Any) -> Any:
    """The expression with d/dx[x] = 1 put in, and factors 1 left out."""
    return rebuild(tree, _fold)


def _fold(node: Any, args: list[Any]) -> Any:
    if isinstance(node, Pending):
        return sp.S.One if node.args[0] == node.args[1] else node
    if isinstance(node, WrittenProduct):
        left = [arg for arg in args if arg is not sp.S.One]
        return WrittenProduct(*left) if len(left) > 1 else (left or [sp.S.One])[0]
    if isinstance(node, WrittenMinus):
        return WrittenMinus(*args)
    same = all(a is b for a, b in zip(args, node.args, strict=True))
    return node if same else kept(node, args)
