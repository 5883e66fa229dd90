"""Functions over one point: straight lines, long programs in several functions."""

from __future__ import annotations

from derivc.codegen.c.body import Body, block
from derivc.codegen.c.stages import Stages, by_length
from derivc.ir.program import Value

_LONGEST_FUNCTION = 400


def functions(body: Body, name: str) -> list[list[str]]:
    """`NAME_point` or `NAME_wide` and the functions it calls, as lines."""
    stages, real = by_length(body.program, _LONGEST_FUNCTION), body.dialect.real
    head = f"{_cold(body)}void {name}(const {real} *in, {real} *out)"
    if len(stages.parts) <= 1:
        lines = _part(body, stages, 0) if stages.parts else []
        return [block(head, [*lines, *_copies(body)])]
    count = range(len(stages.parts))
    given = f"(const {real} *in, {real} *w, {real} *out)"
    pieces = [block(f"static void {name}_{k}{given}", _part(body, stages, k)) for k in count]
    calls = [f"{name}_{k}(in, w, out);" for k in count]
    slots = f"{real} w[{max(1, stages.slot_count)}];"
    return [*pieces, block(head, [slots, *calls, *_copies(body)])]


def _cold(body: Body) -> str:
    return "COLD " if body.dialect.real == "long double" else ""


def _part(body: Body, stages: Stages, k: int) -> list[str]:
    part = stages.parts[k]
    lines = [_load(body, stages, v) for v in stages.reads(k)]
    lines += body.statements(part)
    lines += [f"w[{stages.slots[v]}] = {body.number(v)};" for v in part if v in stages.slots]
    return lines + body.results(part, "out[{}]")


def _load(body: Body, stages: Stages, value: Value) -> str:
    source = f"in[{value}]" if body.is_input(value) else f"w[{stages.slots[value]}]"
    test = " != 0" if body.is_truth(value) else ""
    return f"const {body.kind(value)} {body.names[value]} = {source}{test};"


def _copies(body: Body) -> list[str]:
    """Assignments of outputs that are inputs or constants."""
    found = []
    for k, out in enumerate(body.program.outputs):
        if body.is_plain(out):
            found.append(f"out[{k}] = {f'in[{out}]' if body.is_input(out) else body.number(out)};")
    return found
