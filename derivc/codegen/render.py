"""From a spec to the finished lines that a template lays out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from derivc.codegen import block, layout, scalar
from derivc.codegen.buffers import Allocation
from derivc.codegen.function import FunctionSpec
from derivc.codegen.names import Names
from derivc.codegen.names_of import value_names
from derivc.ir.program import Program


@final
@dataclass(frozen=True)
class Text:
    """One function as a template sees it: every field a finished piece of text."""

    name: str
    summary: str
    signature: str
    given: str
    guard: str
    numbers: list[str]
    finite: str
    result: str
    plan: str
    plan_name: str
    block_name: str
    elements: str
    unpack: list[str]
    blocks: list[str]
    copies: list[str]


def function_text(spec: FunctionSpec, names: Names) -> Text:
    """The finished lines of one function."""
    program = _in_order(spec)
    called = value_names(program, spec.arguments, names)
    allocation = Allocation(program)
    out = names.pick("out")
    given = [a.name for a in spec.arguments]
    outputs = scalar.outputs(program, called)
    computed = scalar.computed(program, called)
    return Text(
        name=spec.name,
        summary=spec.summary,
        signature=", ".join([*given, "*", f"{out}=None"]),
        given=f"({', '.join(given)}{',' if len(given) == 1 else ''}), {out}",
        guard=_guard(spec, out),
        numbers=scalar.lines(program, called),
        finite=_finite(computed),
        result=layout.expression(spec.layout, outputs, "_stack"),
        plan_name=f"_{spec.name}_plan",
        block_name=f"_{spec.name}_block",
        elements=_targets(called[: len(program.inputs)]),
        plan=_plan(spec, allocation),
        unpack=_unpack(program, allocation),
        blocks=block.lines(program, called, allocation),
        copies=block.copies(program, called, allocation),
    )


def _in_order(spec: FunctionSpec) -> Program:
    """The program with its outputs in the order in which the result holds them."""
    outputs = spec.program.outputs
    return replace(spec.program, outputs=tuple(outputs[i] for i in layout.leaves(spec.layout)))


def _guard(spec: FunctionSpec, out: str) -> str:
    if not all(a.is_scalar for a in spec.arguments):
        return "False"
    return " and ".join([f"{out} is None", *(f"type({a.name}) is float" for a in spec.arguments)])


def _finite(computed: list[str]) -> str:
    if not computed:
        return "True"
    total = " + ".join(computed)
    return f"{' and '.join(computed)} and math.isfinite({total})"


def _plan(spec: FunctionSpec, allocation: Allocation) -> str:
    names = tuple(a.name for a in spec.arguments)
    shapes = tuple(a.shape for a in spec.arguments)
    return (
        f"_Plan({spec.name!r}, {names!r}, {shapes!r}, {layout.literal(spec.layout)},"
        f" None, _{spec.name}_block, {allocation.work.count}, {allocation.bits.count})"
    )


def _unpack(program: Program, allocation: Allocation) -> list[str]:
    counts = (("o", len(program.outputs)), ("w", allocation.work.count), ("c", allocation.bits.count))
    return [
        f"{_targets([f'{kind}{i}' for i in range(count)])} = {source}"
        for (kind, count), source in zip(counts, ("outputs", "work", "bits"), strict=True)
        if count
    ]


def _targets(names: list[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"
