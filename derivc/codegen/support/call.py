"""One call: arguments checked and taken in, results handed out."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.codegen.support.blocks import _by_blocks
from derivc.codegen.support.numbers import _by_numbers
from derivc.codegen.support.plan import _Plan
from derivc.errors import InputTypeError as _KindError
from derivc.errors import ShapeError as _ShapeError

# --- carried ---


_DOUBLE = np.dtype(float)
_NUMBERS, _FLOATS = {float, int, bool, np.float64}, {float}


def _evaluate(plan: _Plan, given: tuple[Any, ...], out: Any = None) -> Any:
    """One call: numbers or arrays in, the result in the plan's layout out."""
    kinds = set(map(type, given))
    if out is None and plan.numbers is None:
        if kinds <= _NUMBERS and kinds != _FLOATS:
            result = plan.function(*map(float, given))
            return plan.typed(result, np.float64) if np.float64 in kinds else result
        if kinds == {np.ndarray} and _alike(given):
            return plan.pack(_by_blocks(plan, given, _DOUBLE, given[0].shape, None))
    arrays = [_real(plan, i, value) for i, value in enumerate(given)]
    dtype = _dtype(given, arrays)
    shape = _shape(plan, arrays)
    targets = None if out is None else _targets(plan, out, shape, dtype)
    if plan.numbers is not None and shape == ():
        results = _by_numbers(plan, arrays, dtype)
    else:
        results = _by_blocks(plan, arrays, dtype, shape, targets)
    if targets is not None:
        _hand_over(targets, results)
        return out
    if kinds <= {float, int, bool}:
        return plan.pack([float(r) if r.ndim == 0 else r for r in results])
    return plan.pack([r[()] for r in results])


def _alike(given: tuple[Any, ...]) -> bool:
    """The most common case: arrays of one shape, float64, contiguous."""
    shape = given[0].shape
    return bool(shape) and all(
        a.dtype is _DOUBLE and a.shape == shape and a.flags.c_contiguous for a in given
    )


def _real(plan: _Plan, position: int, value: Any) -> Any:
    """An argument as an array of real numbers, of the shape it must have."""
    array = np.asarray(float(value) if type(value) is int else value)
    name, shape = plan.arguments[position], plan.shapes[position]
    if array.dtype.kind not in "biuf":
        raise _KindError(f"{plan.name}(): {name} must hold real numbers, got {array.dtype}")
    if shape is not None and array.shape != shape:
        raise _ShapeError(f"{plan.name}(): {name} must have shape {shape}, got {array.shape}")
    return array


def _dtype(given: tuple[Any, ...], arrays: list[Any]) -> Any:
    """The dtype of the results: the arrays'; Python numbers adapt, integers become float64."""
    strong = {
        array.dtype if array.dtype.kind == "f" else np.dtype(float)
        for value, array in zip(given, arrays, strict=True)
        if type(value) not in (float, int, bool)
    }
    return np.result_type(*strong) if strong else np.dtype(float)


def _shape(plan: _Plan, arrays: list[Any]) -> Any:
    """The shape that the scalar arguments broadcast to."""
    shapes = {a.shape for a, fixed in zip(arrays, plan.shapes, strict=True) if fixed is None}
    if len(shapes) == 1:
        return shapes.pop()
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        told = ", ".join(f"{n} {a.shape}" for n, a in zip(plan.arguments, arrays, strict=True))
        raise _ShapeError(
            f"{plan.name}(): the shapes do not broadcast: {told}; give arrays of one shape, or"
            " with axes of length 1 where they differ, as in x[:, None]"
        ) from None


# Results, perhaps in arrays that the caller gave.


def _targets(plan: _Plan, out: Any, shape: tuple[int, ...], dtype: Any) -> list[Any]:
    """The arrays in `out`, checked one by one."""
    found: list[Any] = []
    _collect(plan, plan.layout, out, found)
    for own, target in zip(plan.own, found, strict=True):
        wanted = (*own, *shape)
        if target.shape != wanted or target.dtype != dtype:
            raise _ShapeError(
                f"{plan.name}(): out must have shape {wanted} and dtype {dtype},"
                f" got {target.shape} and {target.dtype}"
            )
        if not target.flags.writeable:
            raise _ShapeError(f"{plan.name}(): out is read-only")
    return found


def _collect(plan: _Plan, layout: Any, out: Any, found: list[Any]) -> None:
    if not isinstance(layout, list):
        if not isinstance(out, np.ndarray):
            problem = f"{plan.name}(): out must hold arrays, got {type(out).__name__}"
            raise _ShapeError(problem)
        found.append(out)
    elif not isinstance(out, (tuple, list)) or len(out) != len(layout):
        raise _ShapeError(f"{plan.name}(): out must be a tuple of {len(layout)}, like the result")
    else:
        for part, inner in zip(layout, out, strict=True):
            _collect(plan, part, inner, found)


def _hand_over(targets: list[Any], results: list[Any]) -> None:
    for target, result in zip(targets, results, strict=True):
        if target is not result:
            target[...] = result
