"""Derivatives of one function remembered as those of another, in terms of the output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from derivc.ops import registry
from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff
from derivc.symbolic.walk import postorder
from derivc.verify.audit.causes.edits import occurrences
from derivc.verify.audit.causes.evidence import Evidence
from derivc.verify.audit.formulas import shown
from derivc.verify.audit.subject import Finding

_Y = sp.Symbol("y", real=True)
_BY_OUTPUT = {
    "tanh": 1 - _Y**2, "sigmoid": _Y * (1 - _Y), "tan": 1 + _Y**2, "log": sp.exp(-_Y),
}  # fmt: skip


def confusion(evidence: Evidence) -> Finding | None:
    """A part of the written formula that is the derivative of another function; else the terms."""
    written, true = evidence.written_tree, evidence.true_tree
    if written is None or true is None or not evidence.is_readable:
        return None
    for inner in _functions(evidence):
        for name, formula in _BY_OUTPUT.items():
            stands = canonical(formula.xreplace({_Y: inner}))
            own = type(inner) is registry.get(name).symbol
            if own or not _contains(written, stands):
                continue
            due = canonical(diff(inner, str(next(iter(inner.free_symbols)))))
            return Finding(
                "wrong-derivative",
                f"a wrong derivative: {shown(stands)} is how {name} is differentiated; the"
                f" derivative of {shown(inner)} is {shown(due)}",
                input=evidence.input,
            )
    return None


def _functions(evidence: Evidence) -> Iterator[Any]:
    assert evidence.trace is not None
    for group in evidence.trace.outputs:
        for tree in group:
            for part in postorder(tree):
                if isinstance(part, sp.Function) and len(part.free_symbols) == 1:
                    yield part


def _contains(tree: Any, part: Any) -> bool:
    """Whether a part stands in a tree, perhaps among further factors."""
    factors = set(sp.Mul.make_args(part))
    return any(
        node == part or (node.is_Mul and len(factors) > 1 and factors <= set(node.args))
        for _, node in occurrences(canonical(tree))
    )
