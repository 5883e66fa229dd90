"""The places where a tree may fail to be smooth: read from its structure, as equations.

Declared kinks, boundaries of declared domains, denominators, roots, boundaries of choices, and the
same of the meanings of composite ops. What the equations say is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import sympy as sp
from sympy.core.relational import Relational

from derivc.ops import registry
from derivc.symbolic.canonical import canonical
from derivc.symbolic.text import text_of
from derivc.symbolic.walk import postorder, size

_MEANINGS = 3


@final
@dataclass(frozen=True)
class Candidate:
    """An expression that is zero where something may happen.

    Args:
        zero: the expression. because: what stands there, in words. part: the sub-expression.
    """

    zero: Any
    because: str
    part: Any


def candidates(*trees: Any) -> list[Candidate]:
    """All candidates of the trees, each equation once, the short ones first.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> [str(c.zero) for c in candidates(sp.log(x) / (x - 1) + sp.Abs(x))]
        ['x', 'x - 1']
    """
    found: dict[Any, Candidate] = {}
    for tree in trees:
        for candidate in _of_tree(tree, _MEANINGS):
            for factor in _factors(candidate.zero):
                if factor.free_symbols and factor not in found and -factor not in found:
                    found[factor] = Candidate(factor, candidate.because, candidate.part)
    return sorted(found.values(), key=lambda candidate: (size(candidate.zero), str(candidate.zero)))


def _factors(zero: Any) -> list[Any]:
    """The factors whose zeros are the expression's."""
    return [
        factor.base if factor.is_Pow and factor.exp.is_positive else factor
        for factor in sp.Mul.make_args(canonical(zero))
    ]


def _of_tree(tree: Any, levels: int) -> Iterator[Candidate]:
    for node in postorder(tree):
        if node.args:
            yield from _of_node(node, levels)


def _of_node(node: Any, levels: int) -> Iterator[Candidate]:
    if isinstance(node, Relational):
        yield Candidate(node.lhs - node.rhs, f"the condition {text_of(node)} changes", node)
    elif node.is_Pow:
        yield from _of_power(node)
    elif isinstance(node, sp.Max | sp.Min):
        yield from _of_extreme(node)
    else:
        yield from _of_op(node, levels)


def _of_power(node: Any) -> Iterator[Candidate]:
    base, exponent = node.args
    if exponent.is_negative:
        yield Candidate(base, "a division by zero", node)
    elif not exponent.is_Integer:
        yield Candidate(base, "the base of a root or of a power with a fractional exponent", node)


def _of_extreme(node: Any) -> Iterator[Candidate]:
    name = "max" if isinstance(node, sp.Max) else "min"
    for i, a in enumerate(node.args):
        for b in node.args[i + 1 :]:
            yield Candidate(a - b, f"a tie in {name}", node)


def _of_op(node: Any, levels: int) -> Iterator[Candidate]:
    op = registry.of_symbol(type(node))
    if op is None or len(node.args) != op.arity:
        yield from _of_poles(node, type(node).__name__)
        return
    for kink in op.kinks:
        yield Candidate(sp.sympify(kink.place(*node.args)), f"{op.name}: {kink.because}", node)
    yield from _of_poles(node, op.name)
    if op.domain is not None:
        domain = sp.sympify(op.domain(*node.args))
        for part in sorted(domain.atoms(Relational), key=str):
            for zero in _boundary(part):
                yield Candidate(zero, f"the edge of the domain of {op.name}", node)
    if op.meaning is not None and levels and op.name not in _ELEMENTARY:
        yield from _of_tree(sp.sympify(op.meaning(*node.args)), levels - 1)


def _boundary(part: Any) -> list[Any]:
    """Where a comparison changes; |u| < c at u = c and at u = -c."""
    if isinstance(part.lhs, sp.Abs):
        return [part.lhs.args[0] - part.rhs, part.lhs.args[0] + part.rhs]
    return [part.lhs - part.rhs]


def _of_poles(node: Any, name: str) -> Iterator[Candidate]:
    zero = _POLES.get(name)
    if zero is not None:
        yield Candidate(
            zero(*node.args), f"a {'cut' if name == 'atan2' else 'pole'} of {name}", node
        )


def _whole(u: Any) -> Any:
    """Zero at the integers; of those only the ones at which something happens will count."""
    return u - sp.floor(u)


_ELEMENTARY = frozenset("add sub mul neg square sqrt exp log abs".split())
_POLES: dict[str, Callable[..., Any]] = {
    "tan": sp.cos,
    "sec": sp.cos,
    "cot": sp.sin,
    "csc": sp.sin,
    "gamma": _whole,
    "lgamma": _whole,
    "loggamma": _whole,
    "digamma": _whole,
    "trigamma": _whole,
    "factorial": _whole,
    "polygamma": lambda n, u: _whole(u),
    "atan2": lambda a, b: a,
}
"""Poles (of atan2 the cut) that lie outside the declared domains, or that no domain tells of."""
