"""What a backward returns where the function has no derivative: told, not judged.

Any number between the one-sided slopes is a subgradient (or supergradient). PyTorch's documented
choice stands beside it; only a NaN is a fault, since it destroys a training run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from derivc.errors import DerivcError
from derivc.verify.audit import truth as truths
from derivc.verify.audit.compare import Sample
from derivc.verify.audit.formulas import convention
from derivc.verify.audit.points import KINK
from derivc.verify.audit.subject import Case, Finding

_MOST = 8
_STEP = 1e-6


def kinks(case: Case, samples: Sequence[Sample]) -> list[Finding]:
    """One finding for an input whose gradient at a kink is a NaN, or not PyTorch's."""
    found = []
    for array, name in enumerate(case.moving_names):
        own = [s for s in samples if s.array == array and _is_kink(s)][:_MOST]
        told = [f for s in own if (f := _told(s, name))]
        found += sorted(told, key=lambda f: f.grade == "note")[:1]
    return found


def _is_kink(sample: Sample) -> bool:
    known = sample.trace is not None and not sample.trace.follows_values
    return known and sample.point.kind == KINK and sample.finite and math.isnan(sample.true)


def _told(sample: Sample, name: str) -> Finding | None:
    assert sample.trace is not None
    at = truths.place(sample.trace, sample.point)
    element = sample.trace.inputs[sample.array][sample.element]
    tree = truths.loss(sample.trace, element)
    try:
        left, right = (truths.slope(tree, _beside(at, element, s), element) for s in (-1, 1))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return None
    both = math.isfinite(left) and math.isfinite(right)
    if not both or math.isclose(left, right, rel_tol=1e-4, abs_tol=100 * _STEP):
        return None
    written = 0.0 if sample.written is None else sample.written
    where = f"at the kink {name} = {sample.at:g} (slopes {left:.4g}, {right:.4g})"
    if not math.isfinite(written):
        return Finding("kink", f"{where} the gradient is {written}", "unstable", name)
    torch = convention(sample.trace, sample.point, sample.array, sample.element)
    if torch is None or abs(written - torch) <= 1e-6 * max(1, abs(left), abs(right)):
        return None
    message = f"{where} backward returns {written:.4g}; PyTorch's own would be {torch:.4g}"
    return Finding("kink", message, "note", name)


def _beside(at: Mapping[str, float], name: str, side: int) -> dict[str, float]:
    return {**at, name: at[name] + side * _STEP * max(1.0, abs(at[name]))}
