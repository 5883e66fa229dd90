"""The same function over matrices, where vectors were guessed: broadcasts and views show there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from derivc.verify.audit.compare import UNSTABLE, WRONG, judged
from derivc.verify.audit.failures import explained
from derivc.verify.audit.gather import gather
from derivc.verify.audit.points import points
from derivc.verify.audit.subject import CallError, Case, Finding, Subject

_ROWS = 3
_POINTS = 3


def variants(subject: Subject, case: Case, known: Sequence[Finding]) -> list[Finding]:
    """What is found over matrices and was not found before."""
    if not case.guessed or any(np.ndim(a) != 1 for a in case.arrays):
        return []
    other = _matrices(case)
    try:
        outputs = subject.forward(other, other.arrays)
    except CallError:
        return []  # it is a function of vectors
    tried = list(islice(points(other, outputs), _POINTS))
    found = gather(subject, other, tried)
    codes, shape = {f.code for f in known}, list(np.shape(other.arrays[0]))
    if found.failures:
        what = f"for inputs of shape {shape} backward fails"
        return [explained(found.failures[0][1], "shape", what)]
    bad = [s for s in judged(found.samples) if s.outcome in (WRONG, UNSTABLE)]
    if bad and not codes:
        name = other.moving_names[bad[0].array]
        return [Finding(
            "shape",
            f"the gradient of {name} is right for vectors, and wrong for inputs of shape"
            f" {shape}: a sum or a broadcast along the wrong dimension",
            input=name,
        )]  # fmt: skip
    return [f for f in subject.probes(other, tried[0].cotangents) if f.code not in codes]


def _matrices(case: Case) -> Case:
    source = random.Random(5)
    made = [
        np.array([source.gauss(0, 1) for _ in range(_ROWS * a.size)]).reshape(_ROWS, a.size)
        for a in case.arrays
    ]
    positive = [np.abs(m) if np.all(a > 0) else m for m, a in zip(made, case.arrays, strict=True)]
    return replace(case, args=case.with_arrays(positive))
