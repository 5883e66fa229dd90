"""Functions over arrays: one loop a stage, values between stages in slots."""

from __future__ import annotations

from derivc.codegen.c import spelling
from derivc.codegen.c.body import Body, block, indented
from derivc.codegen.c.stages import Stages, by_kind
from derivc.ir.program import Value

SLOT_LENGTH = 256
"""Elements of a slot: the most that a function over arrays is asked for at once if it has any."""

_LONGEST_LOOP = 250


def stages_of(body: Body) -> Stages:
    """The loops of a function over arrays."""
    return by_kind(body.program, body.dialect, _LONGEST_LOOP)


def function(body: Body) -> list[str]:
    """`NAME_block_d` or `NAME_block_f`, as lines."""
    stages, real = stages_of(body), body.dialect.real
    lines = [f"{real} w{i}[{SLOT_LENGTH}];" for i in range(stages.slot_count)]
    lines += [f"const {real} *restrict {body.names[v]}_ = in[{v}];" for v in _read(body, stages)]
    lines += [f"{real} *restrict o{k} = out[{k}];" for k in range(len(body.program.outputs))]
    for k in range(len(stages.parts)):
        lines += _loop(body, stages, k)
    head = f"void {body.name}_block_{body.dialect.letter}(intp n, const {real} *const *in,"
    return block(f"{head} {real} *const *out)", [*lines, *_copies(body)])


def _read(body: Body, stages: Stages) -> list[Value]:
    """The inputs that are read."""
    used = {v for k in range(len(stages.parts)) for v in stages.reads(k)}
    return sorted(v for v in used | set(body.program.outputs) if body.is_input(v))


def _loop(body: Body, stages: Stages, k: int) -> list[str]:
    part = stages.parts[k]
    lines = [_load(body, stages, v) for v in stages.reads(k)]
    lines += body.statements(part)
    lines += [f"w{stages.slots[v]}[i] = {body.number(v)};" for v in part if v in stages.slots]
    lines += body.results(part, "o{}[i]")
    vector = spelling.is_vector(body.op(part[0]), body.dialect)
    loop = ["for (intp i = 0; i < n; i++) {", *indented(lines), "}"]
    return ["INDEPENDENT", *loop] if vector else loop


def _load(body: Body, stages: Stages, value: Value) -> str:
    name, real = body.names[value], body.dialect.real
    if body.is_input(value):
        return f"const {real} {name} = {name}_[i];"
    slot = f"w{stages.slots[value]}[i]"
    if body.is_truth(value):
        return f"const {body.truth} {name} = mask_{body.dialect.letter}({slot} != 0);"
    return f"const {real} {name} = {slot};"


def _copies(body: Body) -> list[str]:
    """Loops for outputs that are constants, or inputs that have not been copied already."""
    found = []
    for k, out in enumerate(body.program.outputs):
        if body.is_plain(out):
            source = f"{body.names[out]}_[i]" if body.is_input(out) else body.number(out)
            unless = f"if (o{k}) " if body.is_input(out) else ""
            found.append(f"{unless}for (intp i = 0; i < n; i++) o{k}[i] = {source};")
    return found
