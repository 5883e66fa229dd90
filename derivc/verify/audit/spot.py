"""A point in words, from which a reader can call the function again."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivc.symbolic.walk import symbols
from derivc.verify.audit.points import Point
from derivc.verify.audit.subject import Case, Trace

_MOST = 16


def spot(point: Point, case: Case, trace: Trace | None, array: int = 0, element: int = 0) -> str:
    """The arguments and the cotangents at a point: of one element where only its numbers matter."""
    alone = is_alone(trace, array, element)
    named = list(zip(case.moving_names, point.arrays, strict=True))
    many = len(point.cotangents) > 1
    parts = [f"{name} = {_told(a, element, alone)}" for name, a in named]
    seeds = ", ".join(_told(c, element, alone) for c in point.cotangents)
    return f"{', '.join(parts)} (grad_output{'s' * many} = {seeds})"


def is_alone(trace: Trace | None, array: int, element: int) -> bool:
    """Whether one element of the output, and no other, depends on an element, and on no other."""
    if trace is None or len(trace.outputs) != 1 or len(set(map(len, trace.inputs))) != 1:
        return False
    outputs = trace.outputs[0]
    if len(outputs) != len(trace.inputs[array]):
        return False
    names = {group[element] for group in (*trace.inputs, *trace.cotangents)}
    rows = trace.written[array]
    trees = [outputs[element], *([] if rows is None else [rows[element]])]
    held = {str(s.name) for s in symbols(*trees)}
    others = [t for i, t in enumerate(outputs) if i != element]
    own = trace.inputs[array][element]
    return held <= names and all(own not in map(str, symbols(t)) for t in others)


def _told(array: Any, element: int, alone: bool) -> str:
    flat = np.ravel(array)
    if flat.size == 1 or alone:
        return _number(float(flat[element if alone else 0]))
    if flat.size > _MOST:
        return f"[{', '.join(map(_number, flat[:_MOST]))}, ...]"
    return _nested(np.asarray(array))


def _nested(array: Any) -> str:
    if array.ndim == 0:
        return _number(float(array))
    return f"[{', '.join(map(_nested, array))}]"


def _number(value: float) -> str:
    return f"{float(value):.6g}"
