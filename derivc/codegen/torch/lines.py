"""Straight-line code laid out as the lines of a function, some of them under conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from derivc.codegen.masks import readers
from derivc.codegen.straight import Straight
from derivc.codegen.torch.arms import Arm
from derivc.ir.program import Value


def defined(head: str, summary: str, lines: list[str], result: str) -> list[str]:
    """A function in lines."""
    body = [f'"""{summary}"""', *lines, f"return {result}"]
    return [head, *[f"    {line}" for line in body]]


def laid_out(
    code: Straight, arms: Sequence[Arm] = (), asked: Callable[[Value], str] = lambda value: ""
) -> list[str]:
    """The lines, an arm under the question whether an element takes it.

    Args:
        code: what to lay out. arms: those of its program. asked: per value a condition, or nothing.
    """
    of = {step: arm for arm in arms for step in arm.steps}
    found: list[tuple[tuple[str, ...], str]] = []
    for value, line in code.lines.items():
        outer = (f"if {asked(value)}:",) if asked(value) else ()
        arm = of.get(value)
        if arm is None:
            found.append((outer, line + _or_one(code, [a for a in arms if a.whole == value])))
            continue
        if value == arm.steps[0]:
            found.append((outer, f"{_taken(code, arm)} = {_question(code, arm)}"))
        found.append(((*outer, f"if {_taken(code, arm)}:"), line))
        if value == arm.steps[-1]:
            number = code.names.text(code.dialect.full).format("0.0", code.like)
            found.append(((*outer, "else:"), f"{code.called[value]} = {number}"))
    return _nested(found)


def needing(code: Straight, moving: list[int], needed: str) -> Callable[[Value], str]:
    """Per value the condition that a cotangent is asked for which reads it, unless all do."""
    reads, everything = readers(code.program), (1 << len(moving)) - 1

    def asked(value: Value) -> str:
        if reads[value] == everything:
            return ""
        return " or ".join(f"{needed}[{i}]" for k, i in enumerate(moving) if reads[value] >> k & 1)

    return asked


def _question(code: Straight, arm: Arm) -> str:
    condition = code.called[_args(code, arm)[0]]
    return f"_sf_some({condition}{'' if arm.side == 1 else ', False'})"


def _taken(code: Straight, arm: Arm) -> str:
    """What the answer is called."""
    return f"{code.called[arm.steps[-1]]}_taken"


def _or_one(code: Straight, arms: Sequence[Arm]) -> str:
    """What stands behind a `where` for the case that only one operand is taken: that one."""
    if not arms or not all(arm.alone for arm in arms):
        return ""
    both = " and ".join(_taken(code, arm) for arm in arms)
    first = arms[0]
    other = code.called[_args(code, first)[3 - first.side]]
    if len(arms) == 1:
        return f" if {both} else {other}"
    own = code.called[_args(code, first)[first.side]]
    return f" if {both} else {own} if {_taken(code, first)} else {other}"


def _args(code: Straight, arm: Arm) -> tuple[Value, ...]:
    step = code.program.instruction(arm.whole)
    assert step is not None
    return step.args


def _nested(found: Iterable[tuple[tuple[str, ...], str]]) -> list[str]:
    """Lines under headers, each header written where it begins to hold."""
    lines: list[str] = []
    current: tuple[str, ...] = ()
    for path, line in found:
        same = 0
        while same < min(len(path), len(current)) and path[same] == current[same]:
            same += 1
        lines += [f"{'    ' * k}{path[k]}" for k in range(same, len(path))]
        lines.append(f"{'    ' * len(path)}{line}")
        current = path
    return lines
