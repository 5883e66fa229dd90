"""What a function returns, as text."""

from __future__ import annotations

from derivc.codegen.straight import Straight, is_truth
from derivc.ir.program import Value


def fresh(code: Straight, count: int) -> list[str]:
    """The outputs; one that is an input or another output is copied: a result is new memory.

    Beyond so many outputs stands what is kept: truths stay truths there.
    """
    seen = set(range(len(code.program.inputs)))
    found = []
    for k, out in enumerate(code.program.outputs):
        text = code.output(out) if k < count else raw(code, out)
        found.append(f"{text}.clone()" if out in seen else text)
        seen.add(out)
    return found


def raw(code: Straight, out: Value) -> str:
    """An output, a truth as such."""
    return code.called[out] if is_truth(code.program, out) else code.output(out)
