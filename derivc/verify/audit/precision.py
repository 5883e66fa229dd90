"""Double precision that is lost on the way: constants and casts of a smaller dtype."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derivc.errors import DerivcError
from derivc.verify.audit import truth as truths
from derivc.verify.audit.compare import RIGHT, UNSTABLE, Sample, typical
from derivc.verify.audit.points import GIVEN, MODERATE, Point
from derivc.verify.audit.subject import Array, CallError, Case, Finding, Subject

_LOW = frozenset(["torch.float32", "torch.float16", "torch.bfloat16", "float32", "float16"])
_SEEN, _SMALL, _MOST = 1e-10, 1e-2, 150


def precision(case: Case, samples: Sequence[Sample], known: bool) -> list[Finding]:
    """A finding for each input whose gradient has no more digits than a smaller dtype gives."""
    found: list[Finding] = []
    if case.single:
        return found
    for array, name in enumerate(case.moving_names):
        own = [s for s in samples if s.array == array and s.point.kind in (GIVEN, MODERATE)]
        met = {d for s in own if s.trace for d in s.trace.dtypes} & _LOW
        usual = typical(own)
        off = [s for s in own if s.outcome in (RIGHT, UNSTABLE) and s.error > _SEEN * usual]
        if met and len(off) > len(own) / 3 and not known:
            worst = max(s.error / max(abs(s.true), usual) for s in off)
            found.append(Finding(
                "dtype",
                f"a constant or a cast of dtype {min(met).removeprefix('torch.')}: the gradient of"
                f" {name} in float64 is right to {worst:.0e} only",
                "wrong", name,
            ))  # fmt: skip
    return found


def computes_in_single(subject: Subject, case: Case, outputs: Sequence[Array]) -> bool:
    """Whether the forward's own value is computed in a smaller dtype: then it is meant so."""
    if case.single or case.size > _MOST:
        return False
    seeds = [np.ones(np.shape(y)) for y in outputs]
    try:
        trace = subject.trace(case, case.arrays, seeds)
        if trace is None or trace.lost or not trace.dtypes & _LOW:
            return False
        at = truths.place(trace, Point(GIVEN, case.arrays, tuple(seeds)))
        exact = [truths.value(tree, at) for group in trace.outputs for tree in group]
    except (CallError, DerivcError, ArithmeticError, ValueError, TypeError):
        return False
    given = np.concatenate([np.ravel(y) for y in outputs])
    off = [abs(a - b) / max(abs(a), 1e-3) for a, b in zip(exact, given, strict=True)]
    return any(_SEEN < o < _SMALL for o in off)
