"""The floor: memory copied, and nothing computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase
from benchmarks.peers.base import Bind, Thunk, elementwise, on_arrays, outputs, require
from benchmarks.peers.ours import warm


def prepare(case: AnyCase, what: str, dtype: Any) -> Bind:
    """Every input is read once and every output written once, into warm arrays."""
    elementwise(case)

    def bind(inputs: Sequence[Any]) -> Thunk:
        require(on_arrays(inputs), "only arrays")
        results = warm(outputs(case, what), inputs, dtype)
        return lambda: _moved(inputs, results)

    return bind


def _moved(inputs: Sequence[Any], results: Sequence[Any]) -> None:
    """Outputs beyond the number of inputs are filled; inputs beyond that of outputs are summed."""
    for given, result in zip(inputs, results, strict=False):
        np.copyto(result, given)
    for result in results[len(inputs) :]:
        np.copyto(result, 1.0)
    for given in inputs[len(results) :]:
        np.add.reduce(given)
