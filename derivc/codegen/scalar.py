"""The body of a function over Python floats."""

from __future__ import annotations

from derivc.codegen import spelling
from derivc.codegen.names import Names
from derivc.ir.program import Program


def lines(program: Program, called: list[str], names: Names) -> list[str]:
    """One assignment per computed value, over floats.

    Args:
        program: over primitives.
        called: the name of every value.
        names: guards our own global names.
    """
    templates: dict[str, str] = {}
    found = []
    for index, step in enumerate(program.instructions, len(program.inputs)):
        if step.op != "const":
            if step.op not in templates:
                templates[step.op] = names.text(spelling.scalar(step.op))
            text = spelling.fill(templates[step.op], [called[a] for a in step.args])
            found.append(f"{called[index]} = {text}")
    return found


def outputs(program: Program, called: list[str], names: Names) -> list[str]:
    """The outputs as floats: truth values are converted."""
    convert = names.text("float")
    return [
        f"{convert}({called[out]})" if _is_truth(program, out) else called[out]
        for out in program.outputs
    ]


def _is_truth(program: Program, out: int) -> bool:
    step = program.instruction(out)
    return step is not None and spelling.is_boolean(step)


def computed(program: Program) -> list[int]:
    """The outputs (by position) that are computed: those that may turn out not to be finite."""
    start = len(program.inputs)
    return [
        k
        for k, out in enumerate(program.outputs)
        if out >= start and program.constant(out) is None and not _is_truth(program, out)
    ]


def finite(program: Program, called: list[str], names: Names) -> list[str]:
    """The last lines before the result: a test that no output is zero, infinite or NaN.

    A zero may be an underflow on the way, so it is looked into; s - s is zero for finite s only.
    """
    found = list(dict.fromkeys(called[program.outputs[k]] for k in computed(program)))
    if not found:
        return ["if True:"]
    if len(found) == 1:
        return [f"if {found[0]} and {found[0]} - {found[0]} == 0.0:"]
    if len(found) <= _FEW:
        every = names.pick("every")
        return [f"{every} = {' * '.join(found)}", f"if {every} and {every} - {every} == 0.0:"]
    total = names.pick("total")
    return [
        f"{total} = {' + '.join(found)}",
        f"if {' and '.join(found)} and {total} - {total} == 0.0:",
    ]


_FEW = 3
"""Of so few outputs the product is tested, which seldom overflows and is quicker."""
