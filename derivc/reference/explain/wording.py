"""The sentences that all forms of a derivation share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from derivc.reference.explain.numbers import short
from derivc.symbolic.steps.abridge import abridged
from derivc.symbolic.steps.step import Derivation, Section, Step
from derivc.symbolic.text import label, text_of
from derivc.symbolic.trail import Rewrite

_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")


def heading(derivation: Derivation, shown: Callable[[Any], str]) -> str:
    """What is derived."""
    names = ", ".join(derivation.variables)
    function = f"f({names})" if names else "f"
    given = derivation.written or shown(derivation.given)
    return f"{label(derivation.wrt)} of {function} = {given}"


def tidied(derivation: Derivation) -> bool:
    """Whether what is differentiated reads differently from what was written."""
    given, start = (text_of(abridged(t)) for t in (derivation.given, derivation.start))
    return not same_words(given, start)


def same_words(one: str, other: str) -> bool:
    """Whether two texts have the same names, numbers and signs, brackets and order aside."""
    return _words(one) == _words(other)


def _words(text: str) -> list[str]:
    text = text.replace("maximum(", "max(").replace("minimum(", "min(")
    return sorted(re.findall(r"[\w.]+|[-+/]|\*\*", text))


def order_title(derivation: Derivation, section: Section) -> str:
    """The heading of one order."""
    word = _ordinal(section.order)
    return f"{word} derivative: {label(derivation.wrt[: section.order])}"


def _ordinal(number: int) -> str:
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def starts(derivation: Derivation, section: Section) -> str:
    """The name of what one order leads to: `d2/dx2 f`."""
    return f"{label(derivation.wrt[: section.order])} f"


def answer_label(derivation: Derivation) -> str:
    """The name of the answer: `d/dx f`."""
    return f"{label(derivation.wrt)} f"


def rewrite_title(rewrite: Rewrite) -> str:
    """The heading of a simplification: what is done, and by which identity."""
    return f"Simplify: {' and '.join(rewrite.identities or [rewrite.name])}"


def breakdown(derivation: Derivation) -> str:
    """In which step the numbers stop being finite; "" where they are finite to the end."""
    if derivation.slope is None or derivation.slope.finite:
        return ""
    broken = [step for step in derivation.steps if step.number and not _is_finite(step)]
    first = next((s for s in broken if all(map(_is_finite, s.parts))), None)
    if first is None:
        return ""
    named = ", ".join(f"{name} = {short(number)}" for name, number in first.parts_at)
    given = f", with {named}" if named else ""
    shown = text_of(abridged(first.shown))
    return (
        f"It is step {first.number} that is not finite there: d/d{first.variable}[{shown}]{given}."
    )


def _is_finite(step: Step) -> bool:
    numbers = (step.value, step.slope)
    return all(number is None or number.finite for number in numbers)


def left_out(count: int) -> str:
    """What is said where parts were left out for length."""
    parts = (
        "the derivation of one part is" if count == 1 else f"the derivations of {count} parts are"
    )
    return f"Left out for length: {parts} not shown (ask for more with limit=)."
