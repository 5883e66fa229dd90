"""The derivation of one derivative: differentiate with records, and tell the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff
from derivc.symbolic.simplify import simplify
from derivc.symbolic.steps.build import Numbering, drafted
from derivc.symbolic.steps.job import Job
from derivc.symbolic.steps.plainly import Plainly
from derivc.symbolic.steps.step import Derivation, Section
from derivc.symbolic.steps.values import Values
from derivc.symbolic.trail import Rewrite, Turn
from derivc.symbolic.walk import postorder, symbols

LIMIT = 60
"""Steps of one section; more are left out, innermost first."""


def derive(
    tree: Any,
    wrt: Sequence[str],
    at: Mapping[str, Any] | None = None,
    own: Any = (),
    shortest: bool = True,
    limit: int = LIMIT,
) -> Derivation:
    """How the derivative by each of these variables in turn is found.

    Args:
        tree: an expression over real symbols. wrt: names, at least one.
        at: a number for every variable of the expression.
        own: the user's symbols, to be given back in the answer.
        shortest: whether the answer is simplified.
        limit: the most steps for one section.

    Raises:
        NotDifferentiableError: the derivative does not exist or is not known.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> [step.title for step in derive(x**2 * sp.sin(x), ["x"]).steps]
        ['Product rule', 'Power rule', 'Derivative of sin']
    """
    turns: list[Turn] = []
    found = diff(tree, *wrt, trail=turns)
    last: list[Rewrite] = []
    if shortest:
        found = simplify(found, trail=last)
    values, plain = Values(at), Plainly(own)
    sections = _sections(turns, tuple(last), _written_below(tree), values, plain, limit)
    names = tuple(str(symbol.name) for symbol in symbols(tree))
    return Derivation(
        tuple(wrt), names, plain(tree), plain(turns[0].tree), sections, plain(found),
        tuple((at or {}).items()), values.of(turns[0].tree), values.of(found),
    )  # fmt: skip


def _sections(
    turns: Sequence[Turn], last: tuple[Rewrite, ...], below: frozenset[Any],
    values: Values, plain: Plainly, limit: int,
) -> tuple[Section, ...]:  # fmt: skip
    sections, first = [], 1
    for order, turn in enumerate(turns, 1):
        rewrites = (*turn.rewrites, *(last if order == len(turns) else ()))
        job = Job(turn, below)
        numbering = Numbering(job, drafted(job, limit), values, plain, first)
        sections.append(_section(order, turn, rewrites, numbering))
        first = sections[-1].number + len(rewrites)
    return tuple(sections)


def _section(
    order: int, turn: Turn, rewrites: tuple[Rewrite, ...], numbering: Numbering
) -> Section:
    plain, values = numbering.plain, numbering.values
    step = numbering.step(turn.tree)
    assert step is not None  # the root is drafted first
    result = rewrites[-1].after if rewrites else turn.raw
    return Section(
        order, turn.variable, plain(turn.tree), step, plain(turn.raw),
        tuple(plain.rewrite(rewrite) for rewrite in rewrites), numbering.last + 1, plain(result),
        len(numbering.missing), values.of(turn.tree), values.of(result),
    )  # fmt: skip


def _written_below(tree: Any) -> frozenset[Any]:
    """What the user divided by, as factors of SymPy's: in x/exp(x) the factor exp(-x)."""
    found: set[Any] = set()
    for node in postorder(tree):
        if node.is_Pow and node.exp is sp.S.NegativeOne:
            factor = canonical(node)
            if not factor.is_Pow and not factor.is_Number and factor.args:
                found.update(sp.Mul.make_args(factor))
    return frozenset(f for f in found if isinstance(f, sp.exp))
