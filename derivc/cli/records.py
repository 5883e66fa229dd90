"""The parts of the JSON documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivc.cli.formula import Formula
from derivc.cli.notation import as_written, label, tex_of, text_of
from derivc.symbolic.validity import validity


def described(formula: Formula) -> dict[str, Any]:
    """What was read; `valid_where` is null when the formula is too large for a list."""
    valid = validity(formula.tree)
    return {
        "input": formula.text,
        "parsed": as_written(formula.tree, formula.text),
        "latex": tex_of(formula.tree),
        "variables": formula.names,
        "valid_where": None if valid.note else valid.conditions,
        "kinks": valid.kinks,
    }


def derivative(names: Sequence[str], expr: Any) -> dict[str, Any]:
    """One derivative: `label`, `wrt`, `order`, `expression` and `latex`."""
    return {
        "label": label(names) if names else "f",
        "wrt": tuple(names),
        "order": len(names),
        "expression": text_of(expr),
        "latex": tex_of(expr),
    }
