"""Primitives that only move elements about: JAX itself moves their numbers, we take the elements.

Each operand is replaced by the places of its elements in one pool of all of them, as integers. What
comes out says which element stands where, whatever the primitive's rules are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.capture.jax.values import array_of

Array = Any


def moved(
    primitive: Any, params: dict[str, Any], operands: Sequence[Any], rest: Sequence[Any]
) -> Any:
    """What a primitive that moves elements makes of them.

    Args:
        primitive: JAX's. params: of the equation.
        operands: the positions of values among the arguments, and the values themselves.
        rest: the arguments that are not moved (indices), at their positions; None elsewhere.
    """
    arrays = {i: array_of(value) for i, value in operands}
    pool = np.concatenate([a.reshape(-1) for a in arrays.values()])
    starts = np.cumsum([0, *(a.size for a in arrays.values())])[:-1]
    given = list(rest)
    for (i, array), start in zip(arrays.items(), starts, strict=True):
        given[i] = (start + np.arange(array.size)).reshape(array.shape)
    found = primitive.bind(*given, **params)
    taken = [_taken(pool, np.asarray(places)) for places in _listed(primitive, found)]
    return taken if primitive.multiple_results else taken[0]


def _listed(primitive: Any, found: Any) -> Sequence[Any]:
    return list(found) if primitive.multiple_results else [found]


def _taken(pool: Array, places: Array) -> Array:
    """The elements at places; what JAX fills in from outside is not a number."""
    inside = (places >= 0) & (places < len(pool))
    made = pool[np.where(inside, places, 0)]
    if not isinstance(made, np.ndarray):
        box = np.empty((), object)
        box[()] = made
        made = box
    if not inside.all():
        made[~inside] = float("nan")
    return made
