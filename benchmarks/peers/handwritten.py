"""Value and gradient written by hand in C, as an expert would for this processor.

GCC's `-O3 -march=native -ffp-contract=fast` with glibc's vector functions, called through ctypes
with outputs that are there already.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase
from benchmarks.peers.base import GRADIENT, Bind, Thunk, on_arrays, require
from benchmarks.peers.ours import warm
from derivc.native import toolchain

FOLDER = Path(__file__).resolve().parent.parent / "handwritten"
NAMES = ("uv", "sigmoid", "banana", "bell", "black-scholes")
_FLAGS = "-shared -fPIC -O3 -march=native -fno-math-errno -fno-trapping-math".split()


def prepare(case: AnyCase, what: str, dtype: Any) -> Bind:
    """The kernel of the file named like the case."""
    require(case.name in NAMES, f"written only for {', '.join(NAMES)}")
    require(what == GRADIENT and dtype == np.float64, "written only for value and gradient")
    function = _library(case.name).kernel

    def bind(inputs: Sequence[Any]) -> Thunk:
        require(on_arrays(inputs), "only arrays")
        results = warm(1 + len(inputs), inputs, dtype)
        places = [ctypes.c_void_p(a.ctypes.data) for a in (*inputs, *results)]
        count = ctypes.c_ssize_t(len(inputs[0]))

        def call(kept: Any = inputs) -> Any:  # noqa: ARG001  arrays must outlive the call
            function(count, *places)
            return results

        return call

    return bind


@lru_cache
def _library(name: str) -> Any:
    chain = toolchain.find()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "kernel.so"
        source = str(FOLDER / f"{name}.c")
        command = [*chain.command, *_FLAGS, source, "-o", str(target), *chain.libraries]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(target))
