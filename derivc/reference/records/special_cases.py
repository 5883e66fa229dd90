"""Structural ops where they have no derivative, or where a formula may fail: ties, zeros, repeats.

What derivc and PyTorch return there is asked of them when the records are made.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from derivc.ops.structure import StructuralOp
from derivc.reference.records import structural_measure as measure

_INF = math.inf
_TIE, _ZERO = [2.0, 2.0, 1.0], [0.0, 0.0, 0.0]
_TAKEN = "a tie: the cotangent goes to the number that was returned"
_SHARED = "a tie: the cotangent is shared evenly"
_TIP = "the tip of a cone: 0 is the subgradient of least norm"

CASES: dict[str, list[tuple[str, list[Any], str]]] = {
    "amax": [("F.amax(a)", _TIE, _SHARED)], "amin": [("F.amin(a)", [1.0, 1.0, 2.0], _SHARED)],
    "max_along": [("F.max_along(a, 0)[0]", _TIE, _TAKEN)],
    "min_along": [("F.min_along(a, 0)[0]", [1.0, 1.0, 2.0], _TAKEN)],
    "median_along": [("F.median_along(a, 0)[0]", [2.0, 2.0, 2.0], _TAKEN)],
    "kthvalue": [("F.kthvalue(a, 2)[0]", [2.0, 2.0, 2.0], _TAKEN)],
    "topk": [("F.topk(a, 1)[0]", _TIE, _TAKEN)],
    "cummax": [("F.cummax(a, 0)[0]", _TIE, "a tie: the latest one counts")],
    "cummin": [("F.cummin(a, 0)[0]", [1.0, 1.0, 2.0], "a tie: the latest one counts")],
    "max_pool1d": [("F.max_pool1d(a, 2)", [[[2.0, 2.0, 1.0, 0.0]]], _TAKEN)],
    "prod": [("F.prod(a)", [2.0, 0.0, 3.0], "a zero: the product of the others, no division"),
             ("F.prod(a)", [0.0, 0.0, 3.0], "two zeros: every product of the others is 0")],
    "cumprod": [("F.cumprod(a, 0)", [2.0, 0.0, 3.0], "a zero: no division by it")],
    "nansum": [("F.nansum(a)", [1.0, math.nan, 2.0], "NaN counts as 0 and gets no cotangent")],
    "vector_norm": [("F.vector_norm(a)", _ZERO, _TIP), ("F.vector_norm(a, 1)", _ZERO, _TIP),
                    ("F.vector_norm(a, float('inf'))", _TIE, _SHARED)],
    "norm": [("F.norm(a)", _ZERO, _TIP), ("F.norm(a, 1)", _ZERO, _TIP)],
    "std": [("F.std(a)", [2.0, 2.0, 2.0], "equal numbers: " + _TIP)],
    "dist": [("F.dist(a, F.flip(a, (0,)))", [2.0, 1.0, 2.0], "no distance: " + _TIP)],
    "normalize": [("F.normalize(a, 2.0, 0)", _ZERO, "a vector of zeros is divided by eps")],
    "cosine_similarity": [("F.cosine_similarity(a, a + 1, 0)", _ZERO,
                           "a vector of zeros is divided by eps")],
    "logsumexp": [("F.logsumexp(a, 0)", [-_INF, 0.0, 1.0], "a number that counts for nothing"),
                  ("F.logsumexp(a, 0)", [-_INF, -_INF], "nothing counts: no slope is defined")],
    "softmax": [("F.softmax(a, 0)[0]", [0.0, -_INF, 1.0], "a number that counts for nothing")],
    "log_softmax": [("F.log_softmax(a, 0)[0]", [0.0, -_INF, 1.0],
                     "a number that counts for nothing")],
    "aminmax": [("F.aminmax(a)[1]", _TIE, _SHARED)],
    "mode": [("F.mode(a, 0)[0]", _TIE, _TAKEN)],
    "nanmean": [("F.nanmean(a)", [1.0, math.nan, 2.0], "NaN is not counted: no cotangent")],
    "nanmedian": [("F.nanmedian(a)", [1.0, math.nan, 2.0], "NaN is not counted: no cotangent")],
    "quantile": [("F.quantile(a, 0.5)", [2.0, 2.0, 2.0], _TAKEN)],
    "adaptive_max_pool1d": [("F.adaptive_max_pool1d(a, 2)", [[[2.0, 2.0, 1.0, 0.0]]], _TAKEN)],
    "renorm": [("F.renorm(a, 2, 0, 1.0)", [[0.0, 0.0], [3.0, 4.0]],
                "a row of zeros is short enough: it stays")],
    "cdist": [("F.cdist(a, a)", [[1.0, 2.0], [1.0, 2.0]], "no distance: " + _TIP)],
    "pdist": [("F.pdist(a)", [[1.0, 2.0], [1.0, 2.0]], "no distance: " + _TIP)],
    "matrix_norm": [("F.matrix_norm(a)", [[0.0, 0.0], [0.0, 0.0]], _TIP),
                    ("F.matrix_norm(a, 'nuc')", [[1.0, 2.0], [2.0, 4.0]],
                     "a singular value of 0: one of many subgradients")],
    "scatter_reduce": [("F.scatter_reduce(a, 0, I([0, 0, 2]), a, 'prod')", [2.0, 0.0, 3.0],
                        "a zero: the product of the others, no division"),
                       ("F.scatter_reduce(a, 0, I([0, 0, 0]), a, 'amax')", _TIE, _SHARED)],
    "det": [("F.det(a)", [[1.0, 2.0], [2.0, 4.0]], "a singular matrix: cofactors, no inverse"),
            ("F.det(a)", [[0.0, 0.0], [0.0, 0.0]], "the matrix of zeros")],
    "eigh": [("F.eigh(a)[0]", [[2.0, 0.0], [0.0, 2.0]],
              "a repeated eigenvalue: their sum has a slope, each alone has none")],
    "svdvals": [("F.svdvals(a)", [[2.0, 0.0], [0.0, 2.0]],
                 "a repeated singular value: their sum has a slope, each alone has none")],
}  # fmt: skip
"""By op: the call, the numbers, and what is there."""


def kinks(op: StructuralOp) -> list[dict[str, Any]]:
    """The op's special cases: the call, the numbers, and what comes back to them.

    Returns:
        Records: `call`, `at`, `because`, and the cotangents `derivc` and `torch` for a cotangent
        of ones, flat; None where there is nobody to ask.
    """
    found = []
    for text, numbers, because in CASES.get(op.name, []):
        given = [np.array(numbers)]
        with np.errstate(all="ignore"):
            sides = {
                "derivc": measure.attempt(
                    lambda g=given, t=text: measure.by_derivc(t, g, ones=True)
                ),
                "torch": measure.attempt(lambda g=given, t=text: measure.by_torch(t, g, ones=True)),
            }
        slopes = {who: None if s is None else _numbers(s) for who, s in sides.items()}
        found.append({"call": text, "at": numbers, "because": because, **slopes})
    return found


def _numbers(side: dict[str, Any]) -> list[float]:
    return [float(x) for x in side["cotangent of a"]]
