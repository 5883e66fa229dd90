"""The formulas of a declaration as small programs, lowered once and inlined where they are used."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, final

import sympy as sp

from derivc.errors import UnsupportedError
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.ops.piecewise import where

HALF = Fraction(1, 2)


@final
@dataclass(frozen=True)
class Fragment:
    """Several results as one program; `slots[i]` is the output of result i, or None."""

    program: Program
    slots: tuple[int | None, ...]


def _symbols(names: tuple[str, ...]) -> list[Any]:
    return [sp.Symbol(name, real=True) for name in names]


def _fragment(results: list[Any], names: tuple[str, ...]) -> Fragment:
    given = [sp.sympify(r) for r in results if r is not None]
    program = lower(given, names)
    order = iter(range(len(given)))
    return Fragment(program, tuple(None if r is None else next(order) for r in results))


@cache
def partials(op: Op, convention: str = "torch") -> Fragment | None:
    """The partials of an op over (arguments, output), or None when it declares none.

    The declared formulas return PyTorch's choice at kinks by themselves; under another convention
    a selection at every kink is put in front.
    """
    if op.partials is None:
        return None
    names = (*op.params, "y_")
    results = list(op.partials(*_symbols(names)))
    if convention != "torch":
        results = _at_kinks(op, results, convention)
    return _fragment(results, names)


def _at_kinks(op: Op, results: list[Any], convention: str) -> list[Any]:
    symbols = _symbols(op.params)
    for kink in op.kinks:
        place = sp.Eq(kink.place(*symbols), 0, evaluate=False)
        slopes = kink.slopes(convention)
        slopes += (None,) * (len(results) - len(slopes))
        results = [
            r if s is None or r is None else where(place, s, r)
            for r, s in zip(results, slopes, strict=True)
        ]
    return results


@cache
def stable(op: Op, kept: frozenset[str] = frozenset()) -> Program:
    """The stable form of a composite over its arguments, down to primitives and what is kept."""
    if op.stable is None:
        raise UnsupportedError(f"{op.name} is a primitive: it has no stable form")
    tree = sp.sympify(op.stable(*_symbols(op.params)))
    return expand(lower([tree], op.params), kept)


def expand(program: Program, kept: frozenset[str] = frozenset()) -> Program:
    """The same program over primitives: every composite replaced by its stable form.

    Args:
        program: at op level. kept: composites that stay, because a backend spells them itself.
    """
    builder = SmartBuilder(program.inputs)
    places = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        leaf = step.op == "const" or step.op in kept or registry.get(step.op).is_primitive
        if not leaf:
            form = stable(registry.get(step.op), kept)
            inside = builder.inline(form, [places[a] for a in step.args])
            places[index] = inside[form.outputs[0]]
        else:
            places[index] = builder.copy(step, places)
    return builder.finish(places[out] for out in program.outputs)
