"""Slips that numbers alone give away: sign, constant factor, order, cotangents left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from derivc.verify.audit.causes.edits import everywhere
from derivc.verify.audit.causes.evidence import Evidence
from derivc.verify.audit.compare import Sample
from derivc.verify.audit.subject import Finding

_CONSTANTS = {
    math.pi: "pi", math.log(2): "log(2)", math.log(10): "log(10)", math.sqrt(2): "sqrt(2)",
    math.sqrt(math.pi): "sqrt(pi)", 2 / math.sqrt(math.pi): "2/sqrt(pi)", math.e: "e",
    math.sqrt(2 * math.pi): "sqrt(2*pi)", math.sqrt(2 / math.pi): "sqrt(2/pi)",
    math.pi / 180: "pi/180", math.log(2) / math.log(10): "log(2)/log(10)",
}  # fmt: skip


def sign(evidence: Evidence) -> Finding | None:
    """The whole gradient has the wrong sign."""
    if not evidence.same([-w for w in evidence.written], evidence.true):
        return None
    return Finding(
        "sign",
        f"sign: the gradient of {evidence.input} is minus the true one",
        input=evidence.input,
    )


def constant(evidence: Evidence) -> Finding | None:
    """The whole gradient is too large or too small by one factor."""
    pairs = [(w, t) for w, t in zip(evidence.written, evidence.true, strict=True) if w and t]
    if len(pairs) < 3:
        return None
    ratios = [t / w for w, t in pairs]
    if not evidence.same(ratios, [ratios[0]] * len(ratios)) or evidence.close(ratios[0], 1):
        return None
    factor = _named(float(ratios[0]), evidence)
    return Finding(
        "constant-factor",
        f"a constant factor is missing: the gradient of {evidence.input} must be multiplied by"
        f" {factor}",
        input=evidence.input,
    )


def _named(ratio: float, evidence: Evidence) -> str:
    """A factor in words: a fraction, a known constant, an argument's value, a size."""
    for sign_, size in ((1, ratio), (-1, -ratio)):
        mark = "-" if sign_ < 0 else ""
        for known, name in _CONSTANTS.items():
            if math.isclose(size, known, rel_tol=1e-6):
                return mark + name
            if math.isclose(size, 1 / known, rel_tol=1e-6):
                return f"{mark}1/({name})"
    for place, value in enumerate(evidence.case.args):
        if place not in evidence.case.moving and _is_number(value) and value:
            if math.isclose(ratio, value, rel_tol=1e-6):
                return f"{evidence.case.names[place]} (= {value:g})"
            if math.isclose(ratio, 1 / value, rel_tol=1e-6):
                return f"1/{evidence.case.names[place]} (= {1 / value:g})"
    rational = sp.nsimplify(ratio, rational=True, tolerance=1e-9)
    shown = str(rational) if rational.q < 1000 else f"{ratio:.12g}"
    count = np.size(evidence.case.arrays[evidence.array])
    if count > 1 and rational.q == count and rational.p == 1:
        return f"{shown}, one over the number of elements: a mean's"
    return shown


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def order(evidence: Evidence) -> Finding | None:
    """The gradient of another input stands in this one's place."""
    for array in range(len(evidence.case.moving)):
        other = _at_same_points(evidence, array) if array != evidence.array else None
        if other and _roughly(evidence.written, [s.true for s in other]):
            name = evidence.case.moving_names[array]
            return Finding(
                "order",
                f"wrong order of the gradients: what is returned for {evidence.input} is the"
                f" gradient of {name}",
                input=evidence.input,
            )
    return None


def transposed(evidence: Evidence) -> Finding | None:
    """The gradient of a square matrix is transposed."""
    shape = np.shape(evidence.case.arrays[evidence.array])
    if len(shape) != 2 or shape[0] != shape[1]:
        return None
    own = [s for s in evidence.others if s.array == evidence.array and s.is_usable]
    true = {(id(s.point), s.element): s.true for s in own}
    pairs = []
    for sample in own:
        row, column = divmod(sample.element, shape[1])
        other = true.get((id(sample.point), column * shape[0] + row))
        if other is not None and row != column and sample.written is not None:
            pairs.append((sample.written, other))
    if not _roughly([w for w, _ in pairs], [t for _, t in pairs]):
        return None
    message = f"the gradient of {evidence.input} is the transpose of the true one"
    return Finding("transposed", message, input=evidence.input)


def _roughly(written: Sequence[Any], true: Sequence[float]) -> bool:
    """Whether numbers agree with those of another gradient, which are doubles."""
    return len(true) > 2 and all(
        math.isclose(float(w), t, rel_tol=1e-9) for w, t in zip(written, true, strict=True)
    )


def _at_same_points(evidence: Evidence, array: int) -> list[Sample] | None:
    """The samples of another array's same element at the same points."""
    by_point = {
        id(s.point): s
        for s in evidence.others
        if s.array == array and s.element == evidence.element
    }
    found = [by_point.get(id(s.point)) for s in evidence.samples]
    return found if all(s is not None for s in found) else None  # type: ignore[return-value]


def cotangent(evidence: Evidence) -> Finding | None:
    """The cotangents are left out, summed, averaged, or one output's is forgotten."""
    if evidence.trace is None or not evidence.is_readable:
        return None
    groups = evidence.trace.cotangents
    every = [sp.Symbol(n, real=True) for group in groups for n in group]
    for which, group in enumerate(groups):
        marks = [sp.Symbol(n, real=True) for n in group]
        if _is_written(evidence, marks, [0] * len(marks)) and len(groups) > 1:
            return Finding(
                "ignored-output",
                f"the cotangent of output {which} is left out of the gradient of {evidence.input}",
                input=evidence.input,
            )
    if _is_written(evidence, every, [1] * len(every)):
        return Finding(
            "missing-grad-output",
            f"the gradient of {evidence.input} is not multiplied by grad_output",
            input=evidence.input,
        )
    return _pooled(evidence, every)


def _pooled(evidence: Evidence, marks: Sequence[Any]) -> Finding | None:
    total = sp.Add(*marks)
    for value, word in ((total, "summed"), (total / len(marks), "averaged")):
        if len(marks) > 1 and _is_written(evidence, marks, [value] * len(marks)):
            return Finding(
                "wrong-quantity",
                f"grad_output is {word} over its elements before it is multiplied with the"
                f" derivative of {evidence.input}",
                input=evidence.input,
            )
    return None


def _is_written(evidence: Evidence, marks: Sequence[Any], values: Sequence[Any]) -> bool:
    """Whether the true formula with other cotangents gives the written numbers."""
    tree = evidence.true_tree
    fresh = {mark: sp.Dummy(real=True) for mark in marks}
    for mark, dummy in fresh.items():
        tree = everywhere(tree, mark, dummy)
    for mark, value in zip(marks, values, strict=True):
        tree = everywhere(tree, fresh[mark], sp.sympify(value))
    numbers = [evidence.number(tree, k) for k in range(len(evidence.samples))]
    return evidence.same(numbers, evidence.written)
