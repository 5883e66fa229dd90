"""The function that should stand there, generated from the forward's formula."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.compiler import compile as compiled
from derivc.errors import DerivcError
from derivc.symbolic.canonical import renamed
from derivc.symbolic.names import check_name
from derivc.symbolic.walk import symbols
from derivc.verify.audit.compact import compact
from derivc.verify.audit.subject import Case, Subject, Trace

_LIBRARIES = {"torch": "torch", "jax": "jax"}


def replacement(subject: Subject, case: Case, trace: Trace | None) -> str:
    """A module with a function of the same name; "" where the forward is not elementwise."""
    if trace is None or trace.follows_values or subject.library not in _LIBRARIES:
        return ""
    tree = elementwise(case, trace)
    if tree is None:
        return ""
    try:
        kernel = compiled(tree, inputs=list(case.moving_names))
        module = str(kernel.source_for(_LIBRARIES[subject.library], name=subject.name))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return ""
    return _short(module, subject, case)


def _short(module: str, subject: Subject, case: Case) -> str:
    """What a person would write, followed by how to get the rest; the module where that fails."""
    if subject.library != "torch":
        return module
    try:
        return compact(module, subject.name, case.moving_names)
    except (ValueError, AssertionError, KeyError, SyntaxError):
        return module


def elementwise(case: Case, trace: Trace) -> Any:
    """The formula of one element over the names of the arguments, where all elements are alike."""
    if len(trace.outputs) != 1 or len({a.shape for a in case.arrays}) != 1:
        return None
    found = []
    for index, tree in enumerate(trace.outputs[0]):
        rows = zip(trace.inputs, case.moving_names, strict=True)
        own = {names[index]: name for names, name in rows if index < len(names)}
        if not {str(s.name) for s in symbols(tree)} <= set(own):
            return None
        swaps = {sp.Symbol(a, real=True): sp.Symbol(b, real=True) for a, b in own.items()}
        found.append(renamed(tree, swaps))
    for name in case.moving_names:
        check_name(name)
    return found[0] if found and all(tree == found[0] for tree in found) else None
