"""A backward is linear in the cotangents: twice the cotangent, twice the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.verify.audit.points import Point
from derivc.verify.audit.subject import CallError, Case, Finding, Subject


def linearity(subject: Subject, case: Case, point: Point) -> list[Finding]:
    """What is found when the cotangents are scaled, or zero."""
    try:
        first, third, none = (
            subject.backward(case, point.arrays, [c * k for c in point.cotangents])
            for k in (1.0, -3.0, 0.0)
        )
    except CallError:
        return []
    found = []
    for name, a, b, zero in zip(case.moving_names, first, third, none, strict=True):
        if a is None or b is None or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            continue
        finding = _judged(name, a, b, zero, 1e-3 if case.single else 1e-6)
        if finding:
            found.append(finding)
    return found


def _judged(name: str, a: Any, b: Any, zero: Any, limit: float) -> Finding | None:
    size = float(np.max(np.abs(a), initial=0.0))
    if size == 0 or np.allclose(b, -3 * a, rtol=limit, atol=1e-3 * limit * size):
        return None
    if np.allclose(a, b, rtol=1e-9, atol=0):
        return Finding(
            "missing-grad-output",
            f"the gradient of {name} is not multiplied by grad_output: it is the same whatever"
            " comes in",
            input=name,
        )
    rest = (
        " (for a grad_output of zero it is not zero)" if zero is not None and np.any(zero) else ""
    )
    return Finding(
        "not-linear",
        f"backward is not linear in grad_output: three times as much comes in, and the gradient"
        f" of {name} is not three times as large{rest}",
        input=name,
    )
