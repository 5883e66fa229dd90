"""Names of elements and trees of results: what tracers of several libraries share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivc.symbolic.tracing import nodes
from derivc.symbolic.tracing.scalar import Scalar


def element_names(names: Sequence[str], arrays: Sequence[Any]) -> tuple[tuple[str, ...], ...]:
    """A name for every element: the array's own for a number, else with its indices behind.

    Example:
        >>> element_names(["x", "w"], [np.zeros(()), np.zeros(2)])
        (('x',), ('w[0]', 'w[1]'))
    """
    made = []
    for name, array in zip(names, arrays, strict=True):
        shape = np.shape(array)
        places = [",".join(map(str, place)) for place in np.ndindex(*shape)] if shape else []
        made.append(tuple(f"{name}[{place}]" for place in places) if shape else (name,))
    return tuple(made)


def trees_of(values: Any) -> tuple[Any, ...] | None:
    """The trees of an array of stand-ins and numbers, in C order; None when one is not known."""
    found = []
    for value in np.ravel(values):
        if isinstance(value, Scalar):
            found.append(value.tree)
        elif isinstance(value, float | int):
            found.append(nodes.number(float(value)))
        else:
            return None
    return tuple(found)
