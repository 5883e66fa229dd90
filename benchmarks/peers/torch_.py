"""PyTorch on one thread: eager autograd, and the same with torch.compile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from benchmarks.cases import AnyCase, Vector
from benchmarks.peers.base import GRADIENT, VALUE, Bind, Thunk, on_arrays


def eager(case: AnyCase, what: str, _: Any) -> Bind:
    """A peer's `prepare`: forward and backward as they are."""
    return _bind(case.function(_scope(_torch())), what, vector=isinstance(case, Vector))


def compiled(case: AnyCase, what: str, _: Any) -> Bind:
    """A peer's `prepare`: the forward compiled by Inductor, and with it its backward."""
    function = _torch().compile(case.function(_scope(_torch())), dynamic=False)
    return _bind(function, what, vector=isinstance(case, Vector))


def _bind(function: Callable[..., Any], what: str, vector: bool) -> Bind:
    torch, run = _torch(), {VALUE: _value, GRADIENT: _gradient}.get(what, _hessian)

    def bind(inputs: Sequence[Any]) -> Thunk:
        kind = None if on_arrays(inputs) else torch.float64
        given = [torch.tensor(a, dtype=kind, requires_grad=what != VALUE) for a in inputs]
        if what != VALUE and vector and run is _hessian:
            whole = torch.func.hessian(function, argnums=tuple(range(len(given))))
            return lambda: whole(*given)
        ones = torch.ones_like(function(*given))
        return lambda: run(torch, function, given, ones)

    return bind


def _value(torch: Any, function: Callable[..., Any], given: list[Any], ones: Any) -> Any:
    with torch.no_grad():
        return function(*given)


def _gradient(torch: Any, function: Callable[..., Any], given: list[Any], ones: Any) -> Any:
    value = function(*given)
    return value.detach(), torch.autograd.grad(value, given, ones)


def _hessian(torch: Any, function: Callable[..., Any], given: list[Any], ones: Any) -> Any:
    value = function(*given)
    first = torch.autograd.grad(value, given, ones, create_graph=True)
    return [_row(torch, partial, given, ones) for partial in first]


def _row(torch: Any, partial: Any, given: list[Any], ones: Any) -> Any:
    """One row of the Hessian; zeros where the partial does not depend on an input."""
    if not partial.requires_grad:
        return [torch.zeros_like(ones) for _ in given]
    return torch.autograd.grad(
        partial, given, ones, retain_graph=True, allow_unused=True, materialize_grads=True
    )


@lru_cache(maxsize=1)
def _torch() -> Any:
    import torch

    torch.set_num_threads(1)
    return torch


def _scope(torch: Any) -> dict[str, Any]:
    names = "exp log sin cos tan tanh acos erf sigmoid".split()
    return {
        **{name: getattr(torch, name) for name in names},
        "sqrt": lambda x: torch.sqrt(x) if hasattr(x, "dtype") else math.sqrt(x),
        **{name: getattr(torch.nn.functional, name) for name in ("softplus", "mish", "gelu")},
    }
