"""Slips in how elements belong together: transposes, sums over outputs, parts held constant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy as sp

from derivc.errors import DerivcError
from derivc.symbolic.canonical import renamed
from derivc.symbolic.differentiate import diff
from derivc.symbolic.tracing import nodes
from derivc.verify.audit.causes.edits import everywhere
from derivc.verify.audit.causes.evidence import Evidence
from derivc.verify.audit.causes.repairs import ingredients
from derivc.verify.audit.formulas import shown
from derivc.verify.audit.subject import Finding
from derivc.verify.audit.truth import loss

_MOST = 12
_FAILURES = (DerivcError, ArithmeticError, ValueError, TypeError)


def structure(evidence: Evidence) -> Finding | None:
    """A transpose left out, a sum over the outputs left out, or a part taken for a constant."""
    if evidence.trace is None or not evidence.is_readable or not any(evidence.written):
        return None
    if (found := _operand(evidence)) is not None:
        return found
    for code, message, tree in _attempts(evidence):
        numbers = [evidence.number(tree, k) for k in range(len(evidence.samples))]
        if evidence.same(numbers, evidence.written):
            return Finding(code, message, input=evidence.input)
    return None


Attempt = tuple[str, str, Any]


def _attempts(evidence: Evidence) -> Iterator[Attempt]:
    """Formulas that are wrong in one way each, to be compared with what was written."""
    searches = (_own_output, _untransposed, _held)
    for search in searches:
        try:
            yield from search(evidence)
        except _FAILURES:
            continue


def _outputs(evidence: Evidence) -> Sequence[Any] | None:
    """The elements of the one output, where there are as many as of the input."""
    assert evidence.trace is not None
    if len(evidence.trace.outputs) != 1:
        return None
    found = evidence.trace.outputs[0]
    own = evidence.trace.inputs[evidence.array]
    return found if 1 < len(found) == len(own) <= _MOST else None


def _own_output(evidence: Evidence) -> Iterator[Attempt]:
    """g_i dy_i/dx_i in place of the sum of g_j dy_j/dx_i over j."""
    outputs = _outputs(evidence)
    if outputs is not None:
        assert evidence.trace is not None
        tree = _paired(evidence.trace.cotangents[0][evidence.element],
                       diff(outputs[evidence.element], evidence.name))  # fmt: skip
        message = (
            f"only the output's own element is differentiated: the other outputs depend on each"
            f" element of {evidence.input} too, and their cotangents are left out"
        )
        yield "diagonal-only", message, tree


def _untransposed(evidence: Evidence) -> Iterator[Attempt]:
    """J g in place of J^T g."""
    outputs = _outputs(evidence)
    if outputs is not None:
        assert evidence.trace is not None
        marks, names = evidence.trace.cotangents[0], evidence.trace.inputs[evidence.array]
        rows = zip(marks, names, strict=True)
        terms = [_paired(mark, diff(outputs[evidence.element], name)) for mark, name in rows]
        message = (
            f"the Jacobian is not transposed: for {evidence.input} each cotangent must go back the"
            " way its output came (a running sum from its end, a shift the other way)"
        )
        yield "not-transposed", message, nodes.node(sp.Add, *terms)


def _paired(mark: str, slope: Any) -> Any:
    return nodes.node(sp.Mul, sp.Symbol(mark, real=True), slope)


def _held(evidence: Evidence) -> Iterator[Attempt]:
    """A part of the forward whose own derivative is left out."""
    assert evidence.trace is not None
    whole = loss(evidence.trace, evidence.name)
    for part in reversed(ingredients(evidence)):  # the largest first
        if part.is_Symbol or part in evidence.trace.outputs[0]:
            continue
        constant = sp.Dummy(real=True)
        slope = diff(everywhere(whole, part, constant), evidence.name)
        message = (
            f"{shown(part)} is taken for a constant: its own derivative by {evidence.input} is"
            " left out"
        )
        yield "held-constant", message, everywhere(slope, constant, part)


def _operand(evidence: Evidence) -> Finding | None:
    """A square matrix stands in the written formula where its transpose is due."""
    assert evidence.trace is not None
    written = evidence.written_tree
    if written is None:
        return None
    trace, case = evidence.trace, evidence.case
    rows = [*zip(case.moving_names, trace.inputs, map(np.shape, case.arrays), strict=True)]
    cotangents = zip(trace.cotangents, map(np.shape, evidence.samples[0].point.cotangents),
                     strict=True)  # fmt: skip
    rows += [(group[0].partition("[")[0], group, shape) for group, shape in cotangents if group]
    for name, names, shape in rows:
        if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1:
            turned = np.array(names, object).reshape(shape).T.ravel()
            swaps = {sp.Symbol(a, real=True): sp.Symbol(b, real=True)
                     for a, b in zip(names, turned, strict=True)}  # fmt: skip
            if evidence.makes_right(renamed(written, swaps)):
                message = f"{name} stands where its transpose is due"
                return Finding("transposed-operand", message, input=evidence.input)
    return None
