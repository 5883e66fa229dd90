"""The elementwise catalogue over the strict array namespace, and as CuPy modules."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import pytest

from derivc.codegen.load import load
from derivc.ops.declaration import Op
from tests.codegen.catalogue import case, catalogue, error

SAMPLE = {"tanh", "lgamma", "Si", "erfinv", "i1e", "betainc", "jv", "nan_to_num"}
LOOSE = {"sinc": 2e4, "beta": 1e4, "betaln": 1e4, "binomial": 1e4, "factorial": 512,
         "fresnels": 512, "fresnelc": 512}  # fmt: skip
"""Errors in ulp of slopes that are ill-conditioned at a place, or differences of digammas."""

OPS = [
    pytest.param(op, id=op.name, marks=[] if op.name in SAMPLE else [pytest.mark.slow])
    for op in catalogue()
]


def _agrees(op: Op, backend: str, convert: Any) -> None:
    found = case(op)
    assert found is not None
    module = load(found.kernel.source_for(backend))
    inputs = [convert(c) for c in found.columns()]
    with np.errstate(all="ignore"):
        value, slopes = module["value_and_grad"](*inputs)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    limit = LOOSE.get(op.name, 200)
    for k, (expected, partials, moved) in enumerate(found.truths()):
        assert error(float(value[k]), expected, moved) <= limit, (k, value[k], expected)
        for got, wanted in zip(slopes, partials, strict=True):
            assert error(float(got[k]), wanted, abs(wanted)) <= limit, (k, got[k], wanted)


@pytest.mark.parametrize("op", OPS)
def test_the_strict_namespace(op: Op) -> None:
    strict = pytest.importorskip("array_api_strict")
    _agrees(op, "array_api", lambda c: strict.asarray(c, dtype=strict.float64))


@pytest.mark.parametrize("op", OPS)
def test_cupy_by_numpy_and_scipy_in_its_place(op: Op, monkeypatch: Any) -> None:
    scipy = pytest.importorskip("scipy")
    stand_in = types.ModuleType("cupyx.scipy")
    stand_in.special = scipy.special
    modules = {"cupy": np, "cupyx": types.ModuleType("cupyx"), "cupyx.scipy": stand_in}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(LOOSE, op.name, SCIPY.get(op.name, LOOSE.get(op.name, 200)))
    _agrees(op, "cupy", np.asarray)


SCIPY = {"zeta": 500, "polygamma": 500, "gammainc": 500, "ive": 600, "betaln": 1e4}
"""Functions of SciPy that lose more digits than ours."""
