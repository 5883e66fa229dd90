"""A derivation as JSON: a tree of steps, expressions as text and as LaTeX."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derivc.reference.explain.tex import TexPrinter
from derivc.symbolic.steps.abridge import abridged
from derivc.symbolic.steps.step import Derivation, Number, Section, Step
from derivc.symbolic.text import label, text_of
from derivc.symbolic.trail import Rewrite

_NODES = 400
_LEVELS = 60


def record(derivation: Derivation) -> dict[str, Any]:
    """The derivation; numbers that JSON lacks are null."""
    at = {name: float(value) for name, value in derivation.at}
    return {
        "label": label(derivation.wrt),
        "wrt": list(derivation.wrt),
        "variables": list(derivation.variables),
        "given": derivation.written or _text(derivation.given),
        "expression": _both(derivation.start),
        "answer": _both(derivation.answer),
        **({"at": at, **_numbers(derivation.value, derivation.slope)} if at else {}),
        "orders": [_section(section) for section in derivation.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    rewrites = enumerate(section.rewrites, section.number)
    return {
        "order": section.order,
        "variable": section.variable,
        "expression": _both(section.expression),
        "derivative": _both(section.raw),
        "step": _step(section.step),
        "simplifications": [_rewrite(number, rewrite) for number, rewrite in rewrites],
        "result": _both(section.result),
        "left_out": section.left_out,
        **_numbers(section.value, section.slope),
    }


def _step(step: Step) -> dict[str, Any]:
    """The step; what it does not have is left out."""
    found: dict[str, Any] = {
        "number": step.number or None,
        "same_as": step.same_as or None,
        "rule": step.rule,
        "title": step.title,
        "general": step.general and {"text": step.general.text, "latex": step.general.tex},
        "variable": step.variable,
        "expression": _both(step.shown),
        "let": {name: _both(part) for name, part in step.let},
        "applied": _optional(step.applied),
        "together": _optional(step.together),
        "derivative": _both(step.result),
        "expanded": _optional(step.expanded),
        "notes": list(step.notes),
        "left_out": step.left_out,
        "steps": [_step(part) for part in step.parts],
        "values": {name: _plain(number) for name, number in step.parts_at},
        **_numbers(step.value, step.slope),
    }
    return {key: value for key, value in found.items() if value not in (None, [], {}, False)}


def _rewrite(number: int, rewrite: Rewrite) -> dict[str, Any]:
    return {
        "number": number,
        "rule": "simplify",
        "title": rewrite.name,
        "identities": list(rewrite.identities),
        "before": _both(rewrite.before),
        "after": _both(rewrite.after),
    }


def _numbers(value: Number | None, slope: Number | None) -> dict[str, Any]:
    if value is None or slope is None:
        return {}
    return {
        "value": _plain(value),
        "slope": _plain(slope),
        "finite": value.finite and slope.finite,
    }


def _plain(number: Number) -> float | None:
    return number.value if math.isfinite(number.value) else None


def _optional(tree: Any) -> dict[str, str] | None:
    return None if tree is None else _both(tree)


def _both(tree: Any) -> dict[str, str]:
    short = abridged(tree, _NODES, _LEVELS)
    return {"text": text_of(short), "latex": str(TexPrinter().doprint(short))}


def _text(tree: Any) -> str:
    return text_of(abridged(tree, _NODES, _LEVELS))


def records(
    derivations: Sequence[Derivation], left_out: Sequence[str], remark: str
) -> dict[str, Any]:
    """All derivations of one explanation."""
    shown = [record(derivation) for derivation in derivations]
    return {"derivations": shown, "left_out": list(left_out), "remark": remark or None}
