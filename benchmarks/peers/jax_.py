"""JAX: jit of vmap of its gradient, float64 enabled, one thread."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from benchmarks.cases import AnyCase, Vector
from benchmarks.peers.base import GRADIENT, VALUE, Bind, Thunk, on_arrays


def prepare(case: AnyCase, what: str, _: Any) -> Bind:
    """The jitted function; inputs are JAX's arrays beforehand, outputs stay as they come."""
    jax = _jax()
    plain = case.function(_scope(jax))
    function = _derived(jax, plain, what, len(case.names))
    over_points = jax.jit(jax.vmap(function))
    at_one = jax.jit(function)

    def bind(inputs: Sequence[Any]) -> Thunk:
        points = on_arrays(inputs) and not isinstance(case, Vector)
        call = over_points if points else at_one
        given = [jax.numpy.asarray(a) for a in inputs] if on_arrays(inputs) else inputs
        return lambda: jax.block_until_ready(call(*given))

    return bind


@lru_cache(maxsize=1)
def _jax() -> Any:
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ.setdefault("XLA_FLAGS", flags)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def _derived(jax: Any, function: Callable[..., Any], what: str, count: int) -> Any:
    every = tuple(range(count))
    if what == VALUE:
        return function
    if what == GRADIENT:
        return jax.value_and_grad(function, argnums=every)
    return jax.hessian(function, argnums=every)


def _scope(jax: Any) -> dict[str, Any]:
    names = "exp log sin cos tan tanh sqrt".split()
    return {
        **{name: getattr(jax.numpy, name) for name in names},
        "acos": jax.numpy.arccos,
        "erf": jax.scipy.special.erf,
        "sigmoid": jax.nn.sigmoid,
        "softplus": jax.nn.softplus,
        "mish": jax.nn.mish,
        "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    }
