"""derivc: the NumPy backend, and native kernels on one thread, on all, and into given arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase
from benchmarks.peers.base import (
    GRADIENT,
    HESSIAN,
    VALUE,
    Bind,
    Thunk,
    elementwise,
    on_arrays,
    outputs,
    require,
)


def kernel(**options: Any) -> Callable[[AnyCase, str, Any], Bind]:
    """A peer's `prepare`: what dc.compile makes with these options, called as users call it."""

    def prepare(case: AnyCase, what: str, _: Any) -> Bind:
        compiled = case.kernel(**options)
        call = compiled if what == VALUE else getattr(compiled, what)
        return lambda inputs: partial(call, *inputs)

    return prepare


def into_outputs(case: AnyCase, what: str, dtype: Any) -> Bind:
    """The ufunc itself on one thread, into arrays that are there already."""
    elementwise(case)
    require(what != HESSIAN, "see value and gradient")
    ufunc = case.kernel(backend="c", threads=1).native(what).ufunc

    def bind(inputs: Sequence[Any]) -> Thunk:
        require(on_arrays(inputs), "only arrays")
        given = warm(outputs(case, what), inputs, dtype)
        return lambda: ufunc(*inputs, out=given)

    return bind


def fresh(case: AnyCase, what: str, _: Any) -> Bind:
    """The ufunc itself on one thread; NumPy allocates the outputs."""
    elementwise(case)
    require(what == GRADIENT, "only value and gradient")
    ufunc = case.kernel(backend="c", threads=1).native(what).ufunc
    return lambda inputs: partial(ufunc, *inputs)


def warm(count: int, inputs: Sequence[Any], dtype: Any) -> tuple[Any, ...]:
    """Arrays for outputs whose pages have been touched."""
    return tuple(np.ones(inputs[0].shape, dtype) for _ in range(count))
