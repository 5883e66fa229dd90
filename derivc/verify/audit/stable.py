"""Where digits are lost: does a stable form of the true derivative keep them?"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from derivc.compiler import compile as compiled
from derivc.errors import DerivcError
from derivc.verify.audit.compare import UNSTABLE, WRONG, Sample, worst
from derivc.verify.audit.replacement import elementwise
from derivc.verify.audit.subject import Case, Finding

_LIMIT = 1e-4


def unstable(case: Case, samples: Sequence[Sample]) -> list[Finding]:
    """Where a formula that is right loses its digits: a note where derivc's own form does too."""
    found = []
    for array, name in enumerate(case.moving_names):
        own = [s for s in samples if s.array == array]
        bad = [s for s in own if s.outcome == UNSTABLE]
        if not bad or any(s.outcome == WRONG for s in own):
            continue
        avoidable = [s for s in bad if _does_better(case, s)]
        at = worst(avoidable or bad)
        assert at is not None
        found.append(_told(name, at, bool(avoidable)))
    return found


def _told(name: str, at: Sample, avoidable: bool) -> Finding:
    message = (
        f"the gradient of {name} is right at moderate points, but at {name} = {at.at:g} it gives"
        f" {at.written:.6g} where the truth is {at.true:.6g}: {_manner(at)}"
    )
    return Finding("unstable", message, "unstable" if avoidable else "note", name)


def _manner(sample: Sample) -> str:
    written = sample.written or 0.0
    if written != written:
        return "an overflow inside makes inf - inf, inf/inf or 0*inf"
    return "an overflow inside" if abs(written) == math.inf else "digits cancel"


def _does_better(case: Case, sample: Sample) -> bool:
    """Whether derivc's compiled gradient has the digits; taken for granted where there is none."""
    tree = None if sample.trace is None else elementwise(case, sample.trace)
    if tree is None:
        return True
    numbers = [float(np.ravel(a)[sample.element]) for a in sample.point.arrays]
    g = float(np.ravel(sample.point.cotangents[0])[sample.element])
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = g * float(_kernel(tree, case.moving_names).grad(*numbers)[sample.array])
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return True
    return abs(found - sample.true) <= _LIMIT * abs(sample.true) + 1e-300


@lru_cache(maxsize=100)
def _kernel(tree: Any, names: tuple[str, ...]) -> Any:
    return compiled(tree, inputs=list(names))
