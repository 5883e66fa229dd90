"""Points, and what a framework's own automatic differentiation gives there."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.verify.oracle import evaluate


def names_of(function: Any) -> str:
    return getattr(function, "__name__", None) or type(function).__name__


def drawn(spec: dict[str, Any], seed: int) -> dict[str, Any]:
    """One value per argument, inside its bounds."""
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(b[0], b[1], b[2] if len(b) > 2 else ()) for name, b in spec.items()}


def shapes_of(spec: dict[str, Any]) -> dict[str, Any]:
    return {name: bounds[2] for name, bounds in spec.items() if len(bounds) > 2}


def ordered(kernel: Any, point: dict[str, Any]) -> list[Any]:
    return [point[name] for name in kernel.inputs]


def flat(partials: Any) -> Any:
    parts = partials if isinstance(partials, tuple) else (partials,)
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])


def exactly(kernel: Any, point: dict[str, Any]) -> tuple[float, Any]:
    """Value and gradient of what was captured, to 25 digits, by no generated code."""
    values = [float(v) for name in kernel.inputs for v in np.ravel(point[name])]
    found = [float(v) for v in evaluate(kernel.specs.op_gradient(), values, 25)]
    return found[0], np.array(found[1:])


def by_torch(function: Any, point: dict[str, Any], names: Any) -> tuple[float, Any]:
    """Value and gradient by autograd, in double precision."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        leaves = {n: torch.tensor(point[n], requires_grad=True) for n in point}
        value = function(*leaves.values())
        grads = torch.autograd.grad(value, [leaves[n] for n in names], allow_unused=True)
    finally:
        torch.set_default_dtype(before)
    zeros = [torch.zeros_like(leaves[n]) for n in names]
    whole = [z if g is None else g for g, z in zip(grads, zeros, strict=True)]
    return value.item(), flat(tuple(g.detach().numpy() for g in whole))


def by_jax(function: Any, point: dict[str, Any], names: Any) -> tuple[float, Any]:
    """Value and gradient by jax.grad, in double precision."""
    import jax

    with jax.enable_x64(True):
        args = [jax.numpy.asarray(point[n]) for n in names]
        places = tuple(range(len(args)))
        try:
            grads = jax.grad(function, argnums=places)(*args)
        except ValueError:  # loops without a fixed length have no reverse mode
            grads = jax.jacfwd(function, argnums=places)(*args)
        return float(function(*args)), flat(tuple(np.asarray(g) for g in grads))
