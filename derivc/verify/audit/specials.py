"""Numbers at which a function may be pieced together: the constants that stand in its formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.errors import DerivcError
from derivc.symbolic.walk import postorder
from derivc.verify.audit.subject import CallError, Case, Subject

_MOST = 10
_LARGEST = 1e4


def specials(subject: Subject, case: Case, outputs: Sequence[Any]) -> list[float]:
    """The constants of the forward's formula and of the arguments that are numbers, both signs."""
    own = [float(a) for a in case.args if isinstance(a, int | float)]
    seeds = [np.ones(np.shape(y)) for y in outputs]
    try:
        trace = subject.trace(case, case.arrays, seeds) if case.size <= 150 else None
    except (CallError, DerivcError):
        trace = None
    if trace is not None:
        trees = [tree for group in trace.outputs for tree in group][:2]
        own += [float(p) for tree in trees for p in postorder(tree) if p.is_Number]
    sized = {v for v in own if 0 < abs(v) <= _LARGEST}
    return [s * v for v in sorted(sized)[:_MOST] for s in (1, -1)]
