"""Functions and the chain rule: outer derivative times inner derivative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derivc.ops import registry
from derivc.symbolic.evaluated import kept
from derivc.symbolic.rules import derivative
from derivc.symbolic.steps import notes
from derivc.symbolic.steps.forms import General
from derivc.symbolic.steps.job import Draft, Job
from derivc.symbolic.steps.written import pending, times, total

Let = tuple[tuple[str, Any], ...]
_ZERO, _ONE = sp.S.Zero, sp.S.One


def functions(job: Job, node: Any) -> Draft:
    """A function by its own partials: a single fact, or the chain rule."""
    moving = [i for i, arg in enumerate(node.args) if not job.still(arg)]
    title = f"Derivative of {_name(node)}"
    if len(moving) > 1:
        return _several(job, node, moving, title)
    return simple(job, node, moving[0] if moving else 0, "function", title)


def simple(
    job: Job,
    node: Any,
    index: int,
    rule: str,
    title: str,
    general: General | None = None,
    let: Let = (),
) -> Draft:
    """One argument moves: a single fact when it is the variable itself, else the chain rule."""
    inner = node.args[index]
    said = (*notes.meaning(node), *notes.kinks(node)) if rule == "function" else ()
    if job.is_variable(inner) or job.still(inner):
        return job.draft(rule, title, node, general=general, let=let, notes=said)
    u = job.letters.functions[0]
    outer = _outer(job, node, {index: u}, index, rule, title, general, let, said)
    applied = times(pending(outer.expression, u), job.pending(inner))
    return job.draft(
        "chain", "Chain rule", node, general=job.letters.named("chain"), let=((u, inner),),
        applied=applied, outer=(outer,), wanted=(inner,),
    )  # fmt: skip


def _several(job: Job, node: Any, moving: Sequence[int], title: str) -> Draft:
    """Several arguments move: one term for each."""
    letters = dict(zip(moving, job.letters.several(len(moving)), strict=True))
    said = (*notes.meaning(node), *notes.kinks(node))
    outer = []
    for place, index in enumerate(moving):
        more = said if place == 0 else ()
        outer.append(_outer(job, node, letters, index, "function", title, None, (), more))
    terms = [
        times(pending(draft.expression, letters[i]), job.pending(node.args[i]))
        for draft, i in zip(outer, moving, strict=True)
    ]
    inner = tuple(node.args[i] for i in moving)
    return job.draft(
        "chain", "Chain rule, by each argument in turn", node,
        general=job.letters.named("chain of two") if len(moving) == 2 else None,
        let=tuple((letters[i], node.args[i]) for i in moving),
        applied=total(terms), outer=tuple(outer), wanted=inner,
    )  # fmt: skip


def _outer(
    job: Job, node: Any, letters: dict[int, str], index: int,
    rule: str, title: str, general: General | None, let: Let, said: tuple[str, ...],
) -> Draft:  # fmt: skip
    """The derivative of the function by one letter that stands for an argument."""
    args = [
        sp.Symbol(letters[i], real=True) if i in letters else arg for i, arg in enumerate(node.args)
    ]
    places = [_ONE if i == index else _ZERO for i in range(len(args))]
    expression = kept(node, args)
    result = derivative(job.build, expression, places)
    slope = derivative(job.build, node, places)
    given = tuple((letters[i], node.args[i]) for i in letters)
    return Draft(
        rule, title, letters[index], expression, result, node, slope, general, (*let, *given),
        notes=said,
    )  # fmt: skip


def _name(node: Any) -> str:
    op = registry.of_symbol(type(node))
    return op.name if op else str(type(node).__name__)
