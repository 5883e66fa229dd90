"""Only dask arrays are handed on, and generated text knows nothing of them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import derivc as dc
from derivc.scale.hook import has_lazy


def test_only_arrays_with_blocks_are_lazy() -> None:
    assert not has_lazy({np.ndarray, float, int, np.float64})
    da = pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")
    delayed = pytest.importorskip("dask.delayed", reason="needs dask: pip install 'derivc[dask]'")
    assert has_lazy({float, da.Array})
    assert not has_lazy({delayed.Delayed, dict, np.float16})


def test_dask_is_not_imported_without_need() -> None:
    code = (
        "import sys, numpy, derivc as dc; k = dc.compile('x**2'); k.grad(numpy.ones(3));"
        " print([m for m in sys.modules if m.split('.')[0] in ('dask', 'distributed')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_saved_text_stands_alone() -> None:
    assert "dask" not in dc.compile("x**2").source
