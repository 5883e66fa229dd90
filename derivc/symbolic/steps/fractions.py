"""Products with denominators, told as quotients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from derivc.symbolic.agreement import agree
from derivc.symbolic.steps.job import Draft, Job
from derivc.symbolic.steps.written import filled, minus, over, settled, times, total
from derivc.symbolic.walk import size

_CHECKED = 1_000
"""Larger quotients are told as products: comparing both forms would take long."""


def split(job: Job, factors: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The factors above and those below the line, the latter inverted."""
    above = [factor for factor in factors if not _is_below(job, factor)]
    below = [_inverted(job, factor) for factor in factors if _is_below(job, factor)]
    return above, below


def _is_below(job: Job, factor: Any) -> bool:
    if factor.is_Pow and factor.exp.is_Number:
        return bool(factor.exp.is_negative)
    return job.fits and factor in job.below


def _inverted(job: Job, factor: Any) -> Any:
    """The denominator that a factor stands for: the base itself for base^-1."""
    if factor.is_Pow and factor.exp is sp.S.NegativeOne:
        return factor.base
    if factor.is_Pow:
        return job.build.pow(factor.base, -factor.exp)
    return 1 / factor


def quotient(job: Job, node: Any, above: Sequence[Any], below: Sequence[Any]) -> Draft | None:
    """(u/v)' = (u' v - u v')/v^2; None where that is not found equal to what was computed."""
    bottom = job.product(below)
    if not above:
        return reciprocal(job, node, bottom)
    top = job.product(above)
    pending = [times(job.pending(top), bottom), minus(times(top, job.pending(bottom)))]
    applied = over(total(pending), _square(job, bottom))
    if not _is_equal(job, node, applied, (top, bottom)):
        return None
    u, v = job.letters.several(2)
    found = job.draft(
        "quotient", "Quotient rule", node, general=job.letters.named("quotient"),
        let=((u, top), (v, bottom)), applied=applied, wanted=(top, bottom),
    )  # fmt: skip
    hidden = job.fits and any(factor in job.below for factor in node.args)
    return replace(found, display=settled(over(top, bottom))) if hidden else found


def reciprocal(job: Job, node: Any, base: Any) -> Draft:
    """(1/u)' = -u'/u^2."""
    u = job.letters.functions[0]
    applied = minus(over(job.pending(base), _square(job, base)))
    if not _is_equal(job, node, applied, (base,)):
        applied = None
    return job.draft(
        "reciprocal", "Reciprocal rule", node, general=job.letters.named("reciprocal"),
        let=((u, base),), applied=applied, wanted=(base,),
    )  # fmt: skip


def _square(job: Job, base: Any) -> Any:
    return job.build.pow(base, sp.Integer(2))


def _is_equal(job: Job, node: Any, applied: Any, parts: Sequence[Any]) -> bool:
    """Whether the form has the values of what was computed, the derivatives put in."""
    if size(node) > _CHECKED:
        return False
    found = {(id(part), job.variable): job.slope(part) for part in parts}
    return agree(job.slope(node), settled(filled(applied, found)))
