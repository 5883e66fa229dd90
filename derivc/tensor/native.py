"""Nodes whose functions are compiled from C: one call where NumPy makes one an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from derivc.errors import UnsupportedError
from derivc.native import build, runtime
from derivc.tensor.dtypes import DOUBLE
from derivc.tensor.modes import mode

if TYPE_CHECKING:
    from derivc.tensor.compiled import Compiled

_SINGLE = np.dtype(np.float32)


def quick(compiled: Compiled) -> Callable[..., tuple[Any, ...]]:
    """A function of arrays by native code; by ufuncs where C does not serve.

    What native code could not repair, and invalid operations, raise a flag as NumPy's ufuncs do.

    Raises:
        NativeError: there is no C compiler, or it failed.
    """
    try:
        ufunc = build.of_spec(compiled.spec, compiled.specs, compiled.options).general.ufunc
    except UnsupportedError:
        return compiled._by_ufuncs
    if ufunc is None:  # too many operands
        return compiled._by_ufuncs

    doubts = runtime.doubts()

    def run(*arrays: Any) -> tuple[Any, ...]:
        for array in arrays:
            if type(array) is np.ndarray and array.dtype not in (DOUBLE, _SINGLE):
                return compiled._by_ufuncs(*arrays)
        found = ufunc(*arrays)
        if doubts():
            mode.now.flags.raised = True
        return found if type(found) is tuple else (found,)

    return run
