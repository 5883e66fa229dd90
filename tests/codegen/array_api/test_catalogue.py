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
ULPS = 64
"""Errors beyond what rounded arguments make of a value or a slope."""

OPS = [
    pytest.param(op, id=op.name, marks=[] if op.name in SAMPLE else [pytest.mark.slow])
    for op in catalogue()
]


def _agrees(op: Op, backend: str, convert: Any, limit: float = ULPS) -> None:
    found = case(op)
    assert found is not None
    module = load(found.kernel.source_for(backend))
    inputs = [convert(c) for c in found.columns()]
    with np.errstate(all="ignore"):
        value, slopes = module["value_and_grad"](*inputs)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    for k, (expected, partials, moved, bends) in enumerate(found.truths()):
        assert error(float(value[k]), expected, moved) <= limit, (k, value[k], expected)
        for got, wanted, bend in zip(slopes, partials, bends, strict=True):
            assert error(float(got[k]), wanted, bend) <= limit, (k, got[k], wanted)


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
    _agrees(op, "cupy", np.asarray, SCIPY.get(op.name, 200))


SCIPY = {"zeta": 500, "polygamma": 500, "gammainc": 500, "ive": 600}
"""Functions of SciPy that lose more digits than ours."""
