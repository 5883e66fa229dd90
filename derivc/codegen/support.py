"""What generated modules carry along: how numbers and arrays are taken in and handed out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

# --- carried ---


class _Plan(NamedTuple):
    """One function: its arguments, the shape of its result, and the code for numbers and blocks."""

    name: str
    names: tuple[str, ...]
    shapes: tuple[Any, ...]
    layout: Any
    numbers: Any
    block: Any
    work: int
    bits: int


def _select(condition: Any, a: Any, b: Any, out: Any) -> Any:
    """`a` where the condition holds, `b` elsewhere."""
    if out is not b:
        np.copyto(out, b)
    np.copyto(out, a, where=condition)
    return out


def _stack(numbers: Any, shape: tuple[int, ...]) -> Any:
    return np.array(numbers, dtype=float).reshape(shape)


def _evaluate(plan: _Plan, given: tuple[Any, ...], out: Any = None) -> Any:
    """One call: numbers or arrays in, the result in the plan's layout out."""
    plain = all(type(v) in (float, int, bool) for v in given)
    arrays = [_real(plan.names[i], v) for i, v in enumerate(given)]
    dtype = _dtype(given, arrays)
    shape = np.broadcast_shapes(*[a.shape for a, s in zip(arrays, plan.shapes) if s is None])
    elements: list[Any] = []
    for name, array, fixed in zip(plan.names, arrays, plan.shapes):
        if fixed is None:
            elements.append(np.broadcast_to(array.astype(dtype), shape).reshape(-1))
        elif array.shape != fixed:
            raise ValueError(f"{plan.name}: {name} must have shape {fixed}, got {array.shape}")
        else:
            elements.extend(array.astype(dtype).reshape(-1))
    size = math.prod(shape)
    results: list[Any] = []
    outs: list[Any] = []
    for own in _own_shapes(plan.layout):
        results.append(np.empty((*own, *shape), dtype))
        outs.extend(results[-1].reshape(-1, size))
    work = [np.empty(size, dtype) for _ in range(plan.work)]
    bits = [np.empty(size, bool) for _ in range(plan.bits)]
    with np.errstate(all="ignore"):
        plan.block(elements, outs, work, bits)
    results = [r[()] if r.ndim == 0 else r for r in results]
    if plain:
        results = [float(r) if r.ndim == 0 else r for r in results]
    if out is not None:
        _give(plan.layout, iter(results), out)
        return out
    return _packed(plan.layout, iter(results))


def _give(layout: Any, results: Any, out: Any) -> None:
    if not isinstance(layout, list):
        out[...] = next(results)
        return
    for part, target in zip(layout, out):
        _give(part, results, target)


def _packed(layout: Any, results: Any) -> Any:
    if isinstance(layout, list):
        return tuple(_packed(part, results) for part in layout)
    return next(results)


def _own_shapes(layout: Any) -> list[Any]:
    if isinstance(layout, list):
        return [shape for part in layout for shape in _own_shapes(part)]
    return [layout]


def _real(name: str, value: Any) -> Any:
    """A value as an array of real numbers."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be real numbers, got {array.dtype}")
    return array


def _dtype(given: tuple[Any, ...], arrays: list[Any]) -> Any:
    """The dtype of the results: that of the arrays; Python numbers adapt, integers are float64."""
    kinds = [
        0.0 if type(v) in (float, int, bool) else a.dtype if a.dtype.kind == "f" else np.dtype(float)
        for v, a in zip(given, arrays)
    ]
    return np.result_type(float if all(type(k) is float for k in kinds) else kinds[0], *kinds)
