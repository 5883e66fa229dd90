"""Gradients that are meant to be others: of steps, and of the identity.

A function that is constant between its steps (rounding, signs, thresholds) has the derivative zero
wherever it has one, and one that hands its input on needs no backward of its own. Whoever writes
another gradient for such a function wants it so: straight-through estimators, gradient reversal,
clipping. That is reported, but it is no mistake unless the user says that he expects the truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy as sp

from derivc.errors import DerivcError
from derivc.symbolic.tracing import nodes
from derivc.symbolic.walk import postorder, symbols
from derivc.verify.audit import truth as truths
from derivc.verify.audit.causes.edits import everywhere
from derivc.verify.audit.compare import WRONG, Sample
from derivc.verify.audit.points import GIVEN, MODERATE
from derivc.verify.audit.subject import Case, Finding

_STEPS = frozenset(["floor", "ceiling", "ceil", "round", "trunc", "sign"])
_MOST, _FEWEST, _SHARE = 20, 4, 0.9
EXPECTED = ("auto", "exact", "surrogate")


def surrogate(case: Case, samples: Sequence[Sample], expect: str) -> Finding | None:
    """The finding that takes the place of all others about numbers, or None."""
    wrong = [s for s in samples if s.outcome == WRONG]
    if not wrong or expect == "exact":
        return None
    if expect == "surrogate":
        return Finding("surrogate", "the gradient is not the derivative, as expected", "surrogate")
    arrays = {s.array for s in wrong}
    if all(_steps(samples, a) for a in arrays):
        names = ", ".join(case.moving_names[a] for a in sorted(arrays))
        return Finding(
            "straight-through",
            f"a surrogate gradient: the forward is constant between steps: its derivative by"
            f" {names} is zero, and backward gives something else (a straight-through estimator?);"
            ' expect="exact" counts that as wrong',
            "surrogate",
        )
    if all(_hands_through(samples, a) for a in arrays):
        names = ", ".join(case.moving_names[a] for a in sorted(arrays))
        return Finding(
            "straight-through",
            f"a surrogate gradient: by {names} it is the derivative with rounding and signs handed"
            ' through as if they were not there (a straight-through estimator); expect="exact"'
            " counts that as wrong",
            "surrogate",
        )
    if all(_hands_on(samples, a) for a in arrays):
        return Finding(
            "identity",
            "a surrogate gradient: the forward hands its input on, backward changes the gradient"
            ' on purpose (reversal, scaling, clipping?); expect="exact" counts that as wrong',
            "surrogate",
        )
    return None


def _steps(samples: Sequence[Sample], array: int) -> bool:
    """Whether the derivative is zero everywhere though the function is not constant."""
    own = [s for s in samples if s.array == array and s.is_usable]
    own = [s for s in own if s.point.kind in (GIVEN, MODERATE)]
    trace = next((s.trace for s in own if s.trace), None)
    if trace is None or not own or any(s.true for s in own):
        return False
    names = set(trace.inputs[array])
    return any(
        str(symbol.name) in names
        for group in trace.outputs for symbol in symbols(*group)
    ) or trace.follows_values  # fmt: skip


def _hands_through(samples: Sequence[Sample], array: int) -> bool:
    """Whether the gradient is what differentiating makes of it when each step has the slope 1."""
    own = [s for s in samples if s.array == array and s.outcome == WRONG and s.trace is not None]
    own = [s for s in own if s.point.kind in (GIVEN, MODERATE) and s.written is not None]
    matches = [_is_through(s) for s in own[:_MOST]]
    return len(matches) >= _FEWEST and sum(matches) >= _SHARE * len(matches)


def _is_through(sample: Sample) -> bool:
    """At one point: S(u) counts as u + c, with c = S(u) - u held constant."""
    trace, at = sample.trace, truths.place(sample.trace, sample.point)  # type: ignore[arg-type]
    name = trace.inputs[sample.array][sample.element]  # type: ignore[union-attr]
    tree = truths.loss(trace, name)  # type: ignore[arg-type]
    steps = [n for n in postorder(tree) if type(n).__name__ in _STEPS]
    if not steps:
        return False
    try:
        for step in steps:
            inner = step.args[0]
            apart = truths.value(step, at) - truths.value(inner, at)
            tree = everywhere(tree, step, nodes.node(sp.Add, inner, sp.Float(apart, 30)))
        found = truths.slope(tree, at, name)
    except (DerivcError, ArithmeticError, ValueError, TypeError, KeyError):
        return False
    return abs(found - (sample.written or 0.0)) <= 1e-6 * max(abs(found), 1e-3)


def _hands_on(samples: Sequence[Sample], array: int) -> bool:
    """Whether the one output is the input."""
    trace = next((s.trace for s in samples if s.array == array and s.trace), None)
    if trace is None or len(trace.outputs) != 1:
        return False
    return tuple(map(str, trace.outputs[0])) == trace.inputs[array] and bool(
        np.size(trace.inputs[array])
    )
