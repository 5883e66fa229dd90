"""What a user should know of a jaxpr before it is taken for his function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivc.capture.notes import REDUCED_ONE

_REDUCTIONS = frozenset(["reduce_sum", "reduce_prod", "reduce_max", "reduce_min"])


def remarks(jaxpr: Any) -> tuple[str, ...]:
    """Sentences on a closed jaxpr: a reduction of one number is hardly what was meant."""
    return (REDUCED_ONE,) if any(map(_is_of_one, _equations(jaxpr))) else ()


def _is_of_one(equation: Any) -> bool:
    known = equation.primitive.name in _REDUCTIONS
    return known and equation.invars[0].aval.shape == ()


def _equations(jaxpr: Any) -> Iterator[Any]:
    """All equations, those of functions called and of branches included."""
    for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        yield equation
        for value in equation.params.values():
            for part in value if isinstance(value, list | tuple) else (value,):
                if hasattr(getattr(part, "jaxpr", part), "eqns"):
                    yield from _equations(part)
