"""From a definition to a family: its value, products, and the partials of the first orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement

from derivc.codegen.family import Family, Index
from derivc.codegen.function import Header
from derivc.errors import InputTypeError
from derivc.ir.program import Program
from derivc.passes.cancel.rewrite import cancel
from derivc.passes.dce import dce
from derivc.passes.jvp import jvp
from derivc.passes.vjp import pullback
from derivc.specs import Specs, cotangent_of, untaken

MOST = 40
"""More partials than this are not written out one by one."""


def family(
    specs: Specs,
    name: str,
    title: str,
    header: Header,
    order: int = 2,
    derivatives: tuple[str, ...] = (),
) -> Family:
    """The family of a function.

    Args:
        specs: what it derives from. name, title: of the function and its class.
        order: how many derivatives to write out as formulas of their own.
        derivatives, header: what the module says of itself.

    Raises:
        NotDifferentiableError: a partial that does not exist or is not known.
        InputTypeError: a function of no variables.
    """
    program, moving = specs.value_program, tuple(specs.positions)
    if not program.inputs:
        raise InputTypeError("a function of no variables has no derivative to generate")
    order = _written(len(program.outputs), len(moving), order)
    partial = _partials(program, moving, specs.convention)
    return Family(
        name=name, title=title, arguments=specs.definition.arguments,
        shape=specs.definition.shape, value=_ready(program), moving=moving,
        partials={i: partial(i) for i in _indices(len(program.outputs), moving, order)},
        pullback=_pullback(specs), by_output=_by_output(specs), pushforward=_pushforward(specs),
        order=order, derivatives=derivatives, header=header,
    )  # fmt: skip


def _written(outputs: int, inputs: int, order: int) -> int:
    """The order up to which the partials are few enough; 0 where even the first are too many."""
    while order and sum(1 for _ in _indices(outputs, tuple(range(inputs)), order)) > MOST + outputs:
        order -= 1
    return order


def _indices(outputs: int, moving: tuple[int, ...], order: int) -> Iterator[Index]:
    """All partials up to an order, the outputs themselves first."""
    for many in range(order + 1):
        for output in range(outputs):
            for inputs in combinations_with_replacement(moving, many):
                yield (output, *inputs)


def _partials(program: Program, moving: tuple[int, ...], convention: str):  # type: ignore[no-untyped-def]
    """A function from an index to its program; each is derived from the one below it."""

    @cache
    def raw(index: Index) -> Program:
        if len(index) == 1:
            return dce(replace(program, outputs=(program.outputs[index[0]],)))
        below = raw(index[:-1])
        return _differentiated(below, index[-1], convention)

    return lambda index: _ready(raw(index))


def _differentiated(program: Program, by: int, convention: str) -> Program:
    """The partial of a program of one output by one input."""
    from derivc.ir.algebra import SmartBuilder
    from derivc.passes.vjp import pull

    b = SmartBuilder(program.inputs)
    b.convention = convention
    places = b.inline(program, range(len(program.inputs)))
    seeds = {program.outputs[0]: b.const(1)}
    return dce(b.finish(pull(b, program, places, seeds, [by])))


def _ready(program: Program) -> Program:
    """Stable, without dead code."""
    return cancel(dce(program))


def _pullback(specs: Specs) -> Program:
    names = cotangent_of(specs).elements
    program = specs.value_program
    return _ready(pullback(program, specs.positions, names, convention=specs.convention))


def _by_output(specs: Specs) -> Program | None:
    """The pullback of one output, which reads the output instead of computing it again."""
    program, names = specs.value_program, cotangent_of(specs).elements
    if len(program.outputs) > 1:
        return None
    result, convention = untaken("result", specs), specs.convention
    return _ready(pullback(program, specs.positions, names, (result,), True, convention))


def _pushforward(specs: Specs) -> Program:
    program, stem = specs.value_program, untaken("tangent", specs)
    names = [f"{stem}_{i}" for i in range(len(specs.positions))]
    both = jvp(program, specs.positions, names, specs.convention)
    return _ready(replace(both, outputs=both.outputs[len(program.outputs) :]))
