"""Sentences that go with a step: what is constant, what happens at kinks, what a name means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derivc.ops import registry
from derivc.ops.declaration import Kink, Op
from derivc.symbolic.steps.job import Job
from derivc.symbolic.text import text_of
from derivc.symbolic.walk import size

_LONGEST = 60
_SHORT = 12
_TAUGHT = frozenset(
    "sin cos tan sec csc cot asin acos atan sinh cosh tanh exp log sqrt abs".split()
)


def constants(job: Job, parts: Sequence[Any]) -> tuple[str, ...]:
    """Why some parts have no derivative in the result."""
    still = [p for p in parts if job.still(p) and not job.flat(p) and size(p) <= _LONGEST]
    return (*_constant([text_of(p) for p in still]), *flat(job, parts))


def flat(job: Job, parts: Sequence[Any]) -> tuple[str, ...]:
    """Which parts have slope zero although the variable is in them."""
    return tuple(_flat([text_of(p) for p in parts if job.flat(p) and size(p) <= _LONGEST]))


def _constant(texts: list[str]) -> list[str]:
    if not texts:
        return []
    shown = ", ".join(texts)
    return [f"{shown} {'is' if len(texts) == 1 else 'are'} constant: derivative 0."]


def _flat(texts: list[str]) -> list[str]:
    if not texts:
        return []
    verb = "is" if len(texts) == 1 else "are"
    return [f"{', '.join(texts)} {verb} constant piece by piece: derivative 0 between the jumps."]


def kinks(node: Any) -> tuple[str, ...]:
    """What slope a function is given at its kinks, and why."""
    op = registry.of_symbol(type(node))
    if op is None or size(node) > _LONGEST:
        return ()
    args = op.bind(node.args, {})
    found = (_kink(op, kink, args) for kink in op.kinks)
    return tuple(sentence for sentence in found if sentence)


def _kink(op: Op, kink: Kink, args: list[Any]) -> str:
    place = kink.place(*args)
    if not sp.sympify(place).free_symbols or sp.sympify(place).is_nonzero:
        return ""
    slopes = [s for s in kink.slopes() if s is not None]
    chosen = _chosen([sp.sympify(slope) for slope in slopes])
    sides = _sides(kink)
    return f"Kink of {op.name} at {_where(place)}: {chosen}{sides} ({kink.because})."


def _chosen(slopes: list[Any]) -> str:
    if not slopes:
        return "the formula holds"
    return "there is no slope" if slopes[0] is sp.nan else f"the slope is {text_of(slopes[0])}"


def _where(place: Any) -> str:
    """The equation of the kink: `x = 2` for the place x - 2."""
    number, rest = sp.sympify(place).as_coeff_Add()
    return f"{text_of(rest)} = {text_of(-number)}"


def _sides(kink: Kink) -> str:
    left, right = (_one(side) for side in (kink.left, kink.right))
    if left is None or right is None or left == right:
        return ""
    return f", between {_slope(left)} on the left and {_slope(right)} on the right"


def _one(side: Any) -> Any:
    return side[0] if isinstance(side, tuple) else side


def _slope(value: Any) -> str:
    return text_of(sp.sympify(value))


def meaning(node: Any) -> tuple[str, ...]:
    """What a function stands for, when it is none that schools teach."""
    op = registry.of_symbol(type(node))
    if op is None or op.name in _TAUGHT:
        return ()
    places = [sp.Symbol(name, real=True) for name in op.params]
    shown = sp.sympify(op.meaning(*places)) if op.meaning else None
    head = f"{op.name}: {op.summary[0].lower()}{op.summary[1:].replace('`', '')}"
    if shown is None or size(shown) > _SHORT or isinstance(shown, type(node)):
        return (head,)
    return (f"{head.rstrip('.')}, {op.name}({', '.join(op.params)}) = {text_of(shown)}.",)
