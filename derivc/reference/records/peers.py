"""An op's value and partials by PyTorch or JAX, called the way those libraries call it."""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from derivc.ops.declaration import Op

Result = tuple[float, list[float | None]]
"""A value and its partials, None for an argument that the library does not differentiate by."""

_FAILURES = (TypeError, ValueError, RuntimeError, NotImplementedError, AttributeError)


def torch_at(op: Op, point: Sequence[float]) -> Result | None:
    """The op at a point by PyTorch; None where PyTorch is not installed or refuses."""
    function = _found(op.also.torch)
    if function is None:
        return None
    import torch

    for tensors, keyword in _ways(op):
        leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                args, named = _arguments(op, point, leaves, tensors, keyword)
                result = function(*args, **named)
                return float(result), _torch_slopes(torch, result, leaves, tensors)
            except _FAILURES:
                continue
    return None


def _torch_slopes(torch: Any, result: Any, leaves: list[Any], tensors: int) -> list[float | None]:
    if not result.requires_grad:
        return [None] * len(leaves)
    slopes = [_torch_slope(torch, result, leaf) for leaf in leaves[:tensors]]
    return [*slopes, *[None] * (len(leaves) - tensors)]


def _torch_slope(torch: Any, result: Any, leaf: Any) -> float | None:
    """One partial; None where PyTorch has no formula for it."""
    try:
        (found,) = torch.autograd.grad(result, leaf, retain_graph=True, allow_unused=True)
    except (NotImplementedError, RuntimeError):
        return None
    return None if found is None else float(found)


def jax_at(op: Op, point: Sequence[float]) -> Result | None:
    """The op at a point by JAX in float64; None where JAX is not installed or refuses."""
    function = _found(op.also.jax)
    if function is None:
        return None
    import jax

    for tensors, keyword in _ways(op):
        with _float64(jax), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return _jax(jax, op, function, point, tensors, keyword)
            except _FAILURES:
                continue
    return None


def _float64(jax: Any) -> Any:
    """JAX's switch to float64 inside a block, by either of its names."""
    return jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64()


def _jax(
    jax: Any, op: Op, function: Callable[..., Any], point: Sequence[float], tensors: int,
    keyword: bool,
) -> Result:  # fmt: skip
    def called(*moving: Any) -> Any:
        given = [*moving, *point[tensors:]]
        args, named = _arguments(op, point, given, tensors, keyword)
        return function(*args, **{k: v for k, v in named.items() if k != "reduction"})

    moving = [jax.numpy.float64(x) for x in point[:tensors]]
    slopes = jax.grad(called, argnums=tuple(range(tensors)))(*moving)
    return float(called(*moving)), [*map(float, slopes), *[None] * (len(point) - tensors)]


def _found(dotted: str | None) -> Callable[..., Any] | None:
    """The function of that dotted name, or None where its library is not installed."""
    if dotted is None:
        return None
    parts = dotted.split(".")
    try:
        found: Any = importlib.import_module(parts[0])
        for i, part in enumerate(parts[1:], 2):
            if not hasattr(found, part):
                importlib.import_module(".".join(parts[:i]))
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    return found if callable(found) else None


def _ways(op: Op) -> Iterator[tuple[int, bool]]:
    """How many arguments are tensors, and whether the others are given by keyword."""
    for tensors in range(op.arity, 0, -1):
        if tensors < op.arity:
            yield tensors, True
        yield tensors, False


def _arguments(
    op: Op, point: Sequence[float], leaves: Sequence[Any], tensors: int, keyword: bool
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments in order and by keyword; whole numbers where a library asks for them."""
    rest = [(name, _number(name, x)) for name, x in zip(op.params, point, strict=True)][tensors:]
    named: dict[str, Any] = {"reduction": "none"} if "loss" in op.tags else {}
    first = [
        _number(name, x) if name in ("n", "p") and x == int(x) else leaf
        for name, x, leaf in zip(op.params, point, leaves, strict=False)
    ][:tensors]
    if keyword:
        return first, {**named, **dict(rest)}
    return [*first, *(x for _, x in rest)], named


def _number(name: str, x: float) -> Any:
    return int(x) if name in ("n", "p") and math.isfinite(x) else float(x)
