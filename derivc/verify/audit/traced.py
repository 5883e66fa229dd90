"""Trees of functions of arrays, by running them over stand-ins for the elements."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from derivc.errors import DerivcError
from derivc.symbolic.canonical import renamed
from derivc.symbolic.trace import trace as traced


def traced_trees(function: Any, shapes: Sequence[Any], names: Sequence[Sequence[str]]) -> Any:
    """The trees that a function of arrays computes, over these names; None where it fails."""
    words = [f"a{i}" for i in range(len(shapes))]

    def call(*values: Any) -> Any:
        return function(*values)

    kind = inspect.Parameter.POSITIONAL_ONLY
    signature = inspect.Signature([inspect.Parameter(word, kind) for word in words])
    call.__signature__ = signature  # type: ignore[attr-defined]
    try:
        found = traced(call, {w: s for w, s in zip(words, shapes, strict=True) if s})
    except DerivcError:
        return None
    own = [name for group in names for name in group]
    swaps = {sp.Symbol(a, real=True): sp.Symbol(b, real=True)
             for a, b in zip(found.inputs, own, strict=True)}  # fmt: skip
    return [renamed(tree, swaps) for tree in found.outputs]


def cut(trees: Any, sizes: Sequence[int]) -> Any:
    """Trees in one list as groups of these sizes; None where they are not as many."""
    if trees is None or len(trees) != sum(sizes):
        return None
    rest, groups = list(trees), []
    for size in sizes:
        groups.append(tuple(rest[:size]))
        rest = rest[size:]
    return tuple(groups)


def flat(result: Any) -> Any:
    """All numbers of a result in one list."""
    results = result if isinstance(result, tuple | list) else [result]
    return [number for part in results for number in np.ravel(np.asarray(part, dtype=object))]
