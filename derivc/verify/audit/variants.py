"""The same function over arrays of other shapes: wrong sums and views show there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from derivc.verify.audit.compare import UNSTABLE, WRONG, judged
from derivc.verify.audit.failures import explained
from derivc.verify.audit.gather import gather
from derivc.verify.audit.points import points
from derivc.verify.audit.subject import CallError, Case, Finding, Subject

_ROWS = 3
_POINTS = 3


def variants(subject: Subject, case: Case, known: Sequence[Finding]) -> list[Finding]:
    """What is found over arrays of other shapes and was not found before."""
    if not case.guessed:
        return []
    if any(np.ndim(a) == 2 and len(set(np.shape(a))) == 1 for a in case.arrays):
        return _uneven(subject, case)
    if any(np.ndim(a) != 1 for a in case.arrays):
        return []
    other = _matrices(case)
    try:
        outputs = subject.forward(other, other.arrays)
    except CallError:
        return []  # it is a function of vectors
    return _compared(subject, case, other, outputs, {f.code for f in known})


def _compared(
    subject: Subject, case: Case, other: Case, outputs: Sequence[Any], codes: set[str]
) -> list[Finding]:
    tried = list(islice(points(other, outputs), _POINTS))
    found = gather(subject, other, tried)
    shape = list(np.shape(other.arrays[0]))
    if found.failures:
        if _wants_vectors(subject, case, other):
            return []
        what = f"for inputs of shape {shape} backward fails"
        return [explained(found.failures[0][1], "shape", what)]
    bad = [s for s in judged(found.samples, case.single) if s.outcome in (WRONG, UNSTABLE)]
    if bad and not codes:
        name = other.moving_names[bad[0].array]
        return [Finding(
            "shape",
            f"the gradient of {name} is right for vectors, and wrong for inputs of shape"
            f" {shape}: a sum or a broadcast along the wrong dimension",
            input=name,
        )]  # fmt: skip
    return [f for f in subject.probes(other, tried[0].cotangents) if f.code not in codes]


def _wants_vectors(subject: Subject, case: Case, other: Case) -> bool:
    """Whether all is well for one matrix and vectors: a weight, a bias, coefficients.

    Only the guess was wrong then that all arguments have the same shape.
    """
    if len(case.moving) < 2:
        return False
    for place, matrix in enumerate(other.arrays):
        arrays = [matrix if i == place else vector for i, vector in enumerate(case.arrays)]
        if _works(subject, replace(case, args=case.with_arrays(arrays))):
            return True
    return False


def _works(subject: Subject, case: Case) -> bool:
    try:
        outputs = subject.forward(case, case.arrays)
        seeds = [np.ones(np.shape(y)) for y in outputs]
        subject.backward(case, case.arrays, seeds)
    except CallError:
        return False
    return subject.fits(case, seeds)


def _uneven(subject: Subject, case: Case) -> list[Finding]:
    """Square matrices were guessed: with a row less, do the gradients still have their shapes?"""
    cut = [a[:-1] if np.ndim(a) == 2 else a for a in case.arrays]
    other = replace(case, args=case.with_arrays(cut))
    try:
        outputs = subject.forward(other, other.arrays)
        subject.backward(other, other.arrays, [np.ones(np.shape(y)) for y in outputs])
    except CallError as problem:
        if problem.stage == "backward":
            shape = list(np.shape(cut[0]))
            return [explained(problem, "shape", f"for inputs of shape {shape} backward fails")]
    return []


def _matrices(case: Case) -> Case:
    source = random.Random(5)
    made = [
        np.array([source.gauss(0, 1) for _ in range(_ROWS * a.size)]).reshape(_ROWS, a.size)
        for a in case.arrays
    ]
    positive = [np.abs(m) if np.all(a > 0) else m for m, a in zip(made, case.arrays, strict=True)]
    return replace(case, args=case.with_arrays(positive))
