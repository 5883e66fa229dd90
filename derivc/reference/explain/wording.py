"""The sentences that all forms of a derivation share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from derivc.symbolic.steps.abridge import abridged
from derivc.symbolic.steps.step import Derivation, Section
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


def left_out(count: int) -> str:
    """What is said where parts were left out for length."""
    parts = (
        "the derivation of one part is" if count == 1 else f"the derivations of {count} parts are"
    )
    return f"Left out for length: {parts} not shown (ask for more with limit=)."
