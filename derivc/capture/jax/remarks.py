"""What a user should know of a jaxpr before it is taken for his function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivc.capture.notes import REDUCED_ONE

_REDUCTIONS = frozenset(["reduce_sum", "reduce_prod", "reduce_max", "reduce_min"])


def remarks(jaxpr: Any) -> tuple[str, ...]:
    """Sentences on a closed jaxpr: reductions of one number are hardly what was meant.

    Where others are over arrays they are: x is a number then, and sums are taken of what there is.
    """
    found = [e for e in _equations(jaxpr) if e.primitive.name in _REDUCTIONS]
    return (REDUCED_ONE,) if found and all(e.invars[0].aval.shape == () for e in found) else ()


def _equations(jaxpr: Any) -> Iterator[Any]:
    """All equations, those of functions called and of branches included."""
    for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        yield equation
        for value in equation.params.values():
            for part in value if isinstance(value, list | tuple) else (value,):
                if hasattr(getattr(part, "jaxpr", part), "eqns"):
                    yield from _equations(part)
