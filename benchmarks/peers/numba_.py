"""numba: lambdify's source for one point, compiled, in a compiled loop over points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy as sp

from benchmarks.cases import AnyCase, Vector
from benchmarks.peers.base import Bind, Thunk, on_arrays, outputs
from benchmarks.peers.symbolic import bound, trees


def prepare(case: AnyCase, what: str, dtype: Any) -> Bind:
    """A loop that fills fresh outputs, one thread, no fastmath; one point calls its body."""
    import numba

    symbols, expressions = trees(case, what)
    raw = sp.lambdify(symbols, tuple(expressions), "math", cse=True)
    point = numba.njit(raw)
    if isinstance(case, Vector):
        return lambda inputs: bound(case, point, inputs)
    loop = numba.njit(_loop(point, len(symbols), len(expressions)))
    count = outputs(case, what)

    def bind(inputs: Sequence[Any]) -> Thunk:
        if not on_arrays(inputs):
            return lambda: point(*inputs)
        return lambda: _filled(loop, inputs, count, dtype)

    return bind


def _filled(loop: Callable[..., None], inputs: Sequence[Any], count: int, dtype: Any) -> Any:
    results = [np.empty(inputs[0].shape, dtype) for _ in range(count)]
    loop(*inputs, *results)
    return results


def _loop(point: Callable[..., Any], inputs: int, results: int) -> Callable[..., None]:
    """Python text of the loop: numba does not unpack arguments as fast."""
    given = [f"x{i}" for i in range(inputs)]
    found = [f"y{i}" for i in range(results)]
    targets = ", ".join(f"{name}[i]" for name in found)
    text = (
        f"def loop({', '.join(given + found)}):\n"
        f"    for i in range(x0.size):\n"
        f"        {targets}, = point({', '.join(f'{name}[i]' for name in given)})\n"
    )
    scope: dict[str, Any] = {"point": point}
    exec(text, scope)
    found_loop: Callable[..., None] = scope["loop"]
    return found_loop
