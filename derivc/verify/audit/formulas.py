"""The true formula of a gradient and the written one, in the user's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import sympy as sp

from derivc.errors import DerivcError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff
from derivc.symbolic.evaluate import evaluate
from derivc.symbolic.simplify import simplify
from derivc.symbolic.walk import rebuild, size, symbols
from derivc.verify.audit.points import Point
from derivc.verify.audit.subject import Trace
from derivc.verify.audit.truth import loss, place

_LARGEST = 60
READABLE = 600
"""Formulas with more nodes, as printed, are neither shown nor searched for slips."""

_INDEXED = re.compile(r"(.*)(\[[^\]]*\])$")


@final
@dataclass(frozen=True)
class Formula:
    """The gradient of one element, as text.

    Args:
        forward: the output. true: of the true gradient. written: of the written one, "" when it
            could not be read. element: which element they are of, "" when they are alike.
    """

    forward: str
    true: str
    written: str
    element: str = ""


@lru_cache(maxsize=500)
def true_tree(trace: Trace, array: int, element: int) -> Any:
    """The derivative of the outputs times their cotangents, by the rules; None without one."""
    name = trace.inputs[array][element]
    try:
        return diff(loss(trace, name), name)
    except (DerivcError, ArithmeticError, ValueError, TypeError, RecursionError):
        return None


def convention(trace: Trace, point: Point, array: int, element: int) -> float | None:
    """The gradient by the rules at a point, where kinks have the slopes that ops declare.

    None where the rules give no number.
    """
    tree: Any = true_tree(trace, array, element)
    if tree is None:
        return None
    try:
        found = evaluate(tree, place(trace, point))
    except (DerivcError, ArithmeticError, ValueError, TypeError, NotImplementedError):
        return None
    return float(found) if mpmath().isfinite(found) else None


def formula(trace: Trace, array: int, element: int = 0) -> Formula | None:
    """The formulas of one element's gradient; None where the true one is not known."""
    true = true_tree(trace, array, element)
    rows = trace.written[array]
    own = [true, *trace_outputs(trace)[:1], *([] if rows is None else [rows[element]])]
    if true is None or any(size(tree) > READABLE for tree in own):
        return None
    written = None if rows is None else canonical(rows[element])
    name = trace.inputs[array][element]
    outputs = [t for group in trace.outputs for t in group if _holds(t, name)]
    swaps = _plain_names([true, *outputs, *([] if written is None else [written])])
    shown = [_text(simplify(true), swaps), "" if written is None else _text(written, swaps)]
    first = _text(canonical(outputs[0]), swaps) if outputs else ""
    return Formula(first, shown[0], shown[1], "" if swaps else name)


def trace_outputs(trace: Trace) -> list[Any]:
    """All outputs' trees in one list."""
    return [tree for group in trace.outputs for tree in group]


def _holds(tree: Any, name: str) -> bool:
    return any(str(s.name) == name for s in symbols(tree))


def _plain_names(trees: Sequence[Any]) -> dict[Any, Any]:
    """Names without indices, where all elements have the same: an elementwise function."""
    found = symbols(*trees)
    parts = {s: _INDEXED.match(str(s.name)) for s in found}
    if len({m[2] if m else "" for m in parts.values()}) > 1:
        return {}
    return {s: sp.Symbol(m[1] if m else str(s.name), real=True) for s, m in parts.items()}


def _text(tree: Any, swaps: dict[Any, Any]) -> str:
    renamed = rebuild(
        tree, lambda node, args: swaps.get(node, node) if not args else _again(node, args)
    )
    shown = str(renamed)
    if size(tree) > _LARGEST * 4 or len(shown) > 400:
        return shown[:397] + "..."
    return shown


def _again(node: Any, args: list[Any]) -> Any:
    same = all(a is b for a, b in zip(node.args, args, strict=True))
    return node if same else node.func(*args, evaluate=False) if _lazy(node) else node.func(*args)


def _lazy(node: Any) -> bool:
    return bool(node.is_Add or node.is_Mul or node.is_Pow)


def shown(tree: Any) -> str:
    """A part of a formula in the user's names."""
    found = canonical(tree)
    return _text(found, _plain_names([found]))
