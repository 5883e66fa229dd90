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
    """The last lines before the result: a test that no output is zero, infinite, NaN or extreme.

    A zero or a tiny number may come of an underflow on the way, so it is looked into, except where
    zeros are to be expected and are taken as they are; s - s is zero for finite s only.
    """
    outputs = list(dict.fromkeys(program.outputs[k] for k in computed(program)))
    if not outputs:
        return ["if True:"]
    zeros, size = may_vanish(program), names.text("abs")
    sure = [called[out] for out in outputs if not zeros[out]]
    unsure = [called[out] for out in outputs if zeros[out]]
    if not unsure and len(sure) <= _FEW:
        every = names.pick("every")
        return [f"{every} = {size}({' * '.join(sure)})", f"if 1e-150 < {every} < 1e150:"]
    most = _FEW * _MOST_GROUPS
    groups = [sure[i : i + _FEW] for i in range(0, min(len(sure), most), _FEW)]
    tests = [f"1e-150 < {size}({' * '.join(group)}) < 1e150" for group in groups]
    tests += [f"(not {v} or 1e-150 < {size}({v}) < 1e150)" for v in unsure[:_MOST_GROUPS]]
    if len(sure) <= most and len(unsure) <= _MOST_GROUPS:
        return [f"if {' and '.join(tests)}:"]
    total = names.pick("total")
    tests += [*sure[most:], f"{total} - {total} == 0.0"]
    head = f"{total} = {' + '.join(called[out] for out in outputs)}"
    return [head, f"if {' and '.join(tests)}:"]


_FEW = 3
"""The product of so few outputs is tested: it seldom leaves the range by itself."""

_MOST_GROUPS = 4

_VANISHING = frozenset({
    "where", "maximum", "minimum", "sign", "floor", "ceil", "trunc", "round", "frac", "heaviside",
    "remainder", "fmod", "floor_divide",
})  # fmt: skip
"""Ops whose result is often exactly zero."""


def may_vanish(program: Program) -> list[bool]:
    """For every value, whether exact zeros are to be expected of it."""
    found = [False] * len(program.inputs)
    for step in program.instructions:
        passed_on = step.args if step.op in ("mul", "neg") else step.args[:1]
        inherits = step.op in ("mul", "neg", "div") and any(found[a] for a in passed_on)
        found.append(step.op in _VANISHING or inherits)
    return found
