"""A derivation as plain text: numbered steps, indented as the rules are nested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derivc.reference.explain.numbers import equals, place, short
from derivc.reference.explain.wording import (
    answer_label,
    breakdown,
    heading,
    left_out,
    order_title,
    rewrite_title,
    same_words,
    starts,
    tidied,
)
from derivc.symbolic.steps.abridge import ANSWER, DOTS, abridged
from derivc.symbolic.steps.step import Derivation, Section, Step
from derivc.symbolic.text import text_of

_WIDTH = 96
_DEEPEST = 8
_INDENT = "   "
Let = tuple[tuple[str, Any], ...]
"""What letters stand for."""


def shown(tree: Any) -> str:
    """The expression as text, cut where it is long."""
    return text_of(abridged(tree))


def text_lines(derivation: Derivation) -> Iterator[str]:
    """The whole derivation, line by line."""
    yield heading(derivation, shown)
    if derivation.at:
        yield f"At {place(derivation.at)}, with the numbers."
    if tidied(derivation):
        yield ""
        yield f"This is the same as {shown(derivation.start)}."
    for section in derivation.sections:
        yield ""
        if len(derivation.sections) > 1:
            yield from (order_title(derivation, section), "")
        yield from _section(section, derivation)
    yield from _answer(derivation)


def _section(section: Section, derivation: Derivation) -> Iterator[str]:
    yield from _step(section.step, 0)
    for number, rewrite in enumerate(section.rewrites, section.number):
        yield ""
        yield f"{number}. {rewrite_title(rewrite)}"
        yield from _equation(shown(rewrite.before), [shown(rewrite.after)], _INDENT)
    if section.left_out:
        yield from ("", left_out(section.left_out))
    if len(derivation.sections) > 1 and section.order < len(derivation.sections):
        yield from ("", f"So {starts(derivation, section)} = {shown(section.result)}")


def _step(step: Step, level: int, known: Let = ()) -> Iterator[str]:
    """One step and its parts; what was told before is only pointed at."""
    indent = _INDENT * min(level, _DEEPEST)
    inner = indent + _INDENT
    if step.same_as:
        yield f"{indent}{_left(step)} = {shown(step.result)}   (step {step.same_as})"
        return
    yield f"{indent}{step.number}. {step.title}{_general(step)}"
    yield from _with(step, known, inner)
    yield from _equation(_left(step), _right(step), inner)
    yield from (f"{inner}{note}" for note in step.notes)
    yield from _parts(step, level, inner)
    yield from _numbers(step, inner)


def _parts(step: Step, level: int, inner: str) -> Iterator[str]:
    """The steps of the parts, and the result put together from theirs."""
    for part in step.parts:
        yield ""
        yield from _step(part, level + 1, step.let)
    if step.parts:
        yield ""
        yield from _equation(f"So {_left(step)}", _together(step), inner)


def _general(step: Step) -> str:
    return f": {step.general.text}" if step.general else ""


def _with(step: Step, known: Let, indent: str) -> Iterator[str]:
    """What the letters stand for, those aside that the step around this one has introduced."""
    new = [pair for pair in step.let if pair not in known]
    if new:
        yield indent + "with " + ", ".join(f"{name} = {shown(part)}" for name, part in new)


def _left(step: Step) -> str:
    return f"d/d{step.variable}[{shown(step.shown)}]"


def _right(step: Step) -> list[str]:
    """The rule applied; where nothing is left to be found, the result."""
    if step.applied is None:
        more = [] if step.expanded is None else [shown(step.expanded)]
        return _distinct([shown(step.result), *more])
    end = [] if step.parts else _together(step)
    return [shown(step.applied), *end]


def _together(step: Step) -> list[str]:
    """The derivatives put in, and that collected; once where both read the same."""
    if step.together is None:
        return [shown(step.result)]
    return _distinct([shown(step.together), shown(step.result)])


def _distinct(texts: list[str]) -> list[str]:
    """The texts, a first one left out that says the same as the second but for brackets."""
    same = len(texts) == 2 and same_words(*texts)
    return texts[1:] if same else texts


def _equation(left: str, right: list[str], indent: str) -> Iterator[str]:
    """One line where it fits, else one for every sign of equality."""
    line = " = ".join([left, *right])
    if len(indent) + len(line) <= _WIDTH:
        yield indent + line
        return
    yield indent + left
    yield from (f"{indent}  = {each}" for each in right)


def _numbers(step: Step, indent: str) -> Iterator[str]:
    """The values at the point."""
    if step.value is None or step.slope is None:
        return
    known = {name for name, part in step.let if part.is_Number}
    named = [f"{name} = {short(number)}" for name, number in step.parts_at if name not in known]
    pair = [f"value {short(step.value)}", f"derivative {short(step.slope)}"]
    yield f"{indent}[numbers: {', '.join([*named, *pair])}]"


def _whole(answer: Any) -> str:
    """The answer, with more room than steps have."""
    found = abridged(answer, *ANSWER)
    return "too long to be shown; .answer holds it" if found is DOTS else text_of(found)


def _answer(derivation: Derivation) -> Iterator[str]:
    label = answer_label(derivation)
    yield ""
    yield f"Answer: {label} = {_whole(derivation.answer)}"
    if derivation.value is not None and derivation.slope is not None:
        numbers = [equals("f", derivation.value), equals(label, derivation.slope)]
        yield f"   at {place(derivation.at)}: {', '.join(numbers)}"
    if said := breakdown(derivation):
        yield f"   {said}"
