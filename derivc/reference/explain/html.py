"""A derivation as HTML: steps that fold, formulas in MathML, no script and no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, final

from sympy import Symbol

from derivc.reference.explain.mathml import equation, width
from derivc.reference.explain.numbers import equals, place, short
from derivc.reference.explain.style import PAGE, STYLE
from derivc.reference.explain.wording import (
    answer_label,
    breakdown,
    left_out,
    order_title,
    rewrite_title,
    same_words,
    starts,
    tidied,
)
from derivc.symbolic.steps.abridge import ANSWER, abridged
from derivc.symbolic.steps.step import Derivation, Section, Step
from derivc.symbolic.steps.written import Pending
from derivc.symbolic.text import label, text_of

_OPEN_LEVELS = 2
_OPEN_STEPS = 14
_WIDTH = 70
Let = tuple[tuple[str, Any], ...]
"""What letters stand for."""


def fragment(derivations: Sequence[Derivation], remarks: Sequence[str]) -> str:
    """The derivations as one element that a notebook or page can take in."""
    parts = [_Writer(derivation).html() for derivation in derivations]
    parts += [_tag("p", escape(remark), "note") for remark in remarks]
    return f'<div class="derivc-steps"><style>{STYLE}</style>{"".join(parts)}</div>'


def page(derivations: Sequence[Derivation], remarks: Sequence[str]) -> str:
    """A complete page."""
    first = derivations[0]
    title = f"{label(first.wrt)} of {first.written or text_of(abridged(first.given))}"
    return PAGE.format(title=escape(title), body=fragment(derivations, remarks))


def _tag(name: str, inner: str, kind: str = "") -> str:
    return f'<{name} class="{kind}">{inner}</{name}>' if kind else f"<{name}>{inner}</{name}>"


@final
class _Writer:
    """Writes one derivation."""

    def __init__(self, derivation: Derivation):
        self.derivation = derivation
        self.several = len(derivation.variables) > 1
        self.all_open = len(derivation.steps) <= _OPEN_STEPS

    def html(self) -> str:
        d = self.derivation
        names = ", ".join(d.variables)
        name = Symbol(f"f({names})" if names else "f")
        head = f"{self._label(d.wrt)} of {self._math([name, d.given])}"
        parts = [_tag("h3", head)]
        if d.at:
            parts.append(_tag("p", f"With the numbers at {escape(place(d.at))}."))
        if tidied(d):
            parts.append(_tag("p", f"This is the same as {self._math([d.start])}."))
        parts += [self._section(section) for section in d.sections]
        return _tag("section", "".join([*parts, self._answer()]))

    def _label(self, wrt: Sequence[str]) -> str:
        return escape(label(wrt))

    def _section(self, section: Section) -> str:
        d = self.derivation
        many = len(d.sections) > 1
        parts = [_tag("h4", escape(order_title(d, section)))] if many else []
        parts.append(self._step(section.step, 0))
        for number, r in enumerate(section.rewrites, section.number):
            head = f"{_number(number)} {escape(rewrite_title(r))}"
            parts.append(_fold(head, self._lines([r.before, r.after]), True))
        if section.left_out:
            parts.append(_tag("p", escape(left_out(section.left_out)), "note"))
        if many and section.order < len(d.sections):
            so = f"So {escape(starts(d, section))} {self._math([section.result], lead=True)}"
            parts.append(_tag("p", so, "so"))
        return "".join(parts)

    def _step(self, step: Step, level: int, known: Let = ()) -> str:
        if step.same_as:
            words = f'<span class="note">(step {step.same_as})</span>'
            return _tag("div", f"{self._math([_asked(step), step.result])} {words}", "again")
        general = f' <span class="general">{_general(step)}</span>' if step.general else ""
        head = f"{_number(step.number)} <b>{escape(step.title)}</b>{general}"
        body = "".join(self._body(step, level, known))
        return _fold(head, body, self.all_open or level < _OPEN_LEVELS)

    def _body(self, step: Step, level: int, known: Let) -> Iterator[str]:
        new = [pair for pair in step.let if pair not in known]
        if new:
            pairs = (self._math([Symbol(name), part]) for name, part in new)
            yield _tag("div", "with " + ", ".join(pairs), "let")
        yield self._lines([_asked(step), *_right(step)])
        for note in step.notes:
            yield _tag("div", escape(note), "note")
        yield from (self._step(part, level + 1, step.let) for part in step.parts)
        if step.parts:
            yield self._lines([_asked(step), *_together(step)], "So ")
        yield self._numbers(step)

    def _numbers(self, step: Step) -> str:
        if step.value is None or step.slope is None:
            return ""
        known = {name for name, part in step.let if part.is_Number}
        named = [f"{name} = {short(n)}" for name, n in step.parts_at if name not in known]
        shown = [*named, f"value {short(step.value)}", f"derivative {short(step.slope)}"]
        return _tag("div", escape(", ".join(shown)), "numbers")

    def _answer(self) -> str:
        d = self.derivation
        name = escape(answer_label(d))
        answer = equation(abridged(d.answer, *ANSWER), self.several, lead=True)
        shown = f"Answer: {name} {answer}"
        if d.value is not None and d.slope is not None:
            numbers = [equals("f", d.value), equals(answer_label(d), d.slope)]
            shown += _tag("div", escape(f"at {place(d.at)}: {', '.join(numbers)}"), "numbers")
        if said := breakdown(d):
            shown += _tag("div", escape(said), "note")
        return _tag("div", shown, "answer")

    def _lines(self, sides: Sequence[Any], lead: str = "") -> str:
        """One line where it is short, else one for every equality sign but the first."""
        first, *rest = sides
        whole = self._math(sides)
        if width(whole) <= _WIDTH:
            return _tag("div", lead + whole, "eq")
        rows = [lead + self._math([first, *rest[:1]])]
        rows += [self._math([side], lead=True) for side in rest[1:]]
        return "".join(_tag("div", row, "eq") for row in rows)

    def _math(self, sides: Sequence[Any], lead: bool = False) -> str:
        """An equation that may break before its equality signs, where the window is narrow."""
        shown = (equation(abridged(s), self.several, lead or i > 0) for i, s in enumerate(sides))
        return "<wbr/>".join(shown)


def _fold(head: str, body: str, is_open: bool) -> str:
    return (
        f"<details{' open' if is_open else ''}><summary>{head}</summary><div>{body}</div></details>"
    )


def _number(number: int) -> str:
    return f'<span class="n">{number}.</span>'


def _asked(step: Step) -> Any:
    return Pending(abridged(step.shown), Symbol(step.variable))


def _right(step: Step) -> list[Any]:
    """The rule applied; where nothing is left to be found, the result."""
    if step.applied is None:
        return [step.result] if step.expanded is None else _distinct([step.result, step.expanded])
    return [step.applied, *([] if step.parts else _together(step))]


def _together(step: Step) -> list[Any]:
    """The derivatives put in, and that collected; once where both read the same."""
    return _distinct([step.result] if step.together is None else [step.together, step.result])


def _distinct(trees: list[Any]) -> list[Any]:
    texts = [text_of(abridged(tree)) for tree in trees]
    return trees[1:] if len(texts) == 2 and same_words(*texts) else trees


def _general(step: Step) -> str:
    """The general form, with primes and raised exponents."""
    text = escape(step.general.text if step.general else "", quote=False).replace("'", "′")
    text = re.sub(r"\^\(([^()]*)\)", r"<sup>\1</sup>", text)
    text = re.sub(r"\^(\w+)", r"<sup>\1</sup>", text)
    text = re.sub(r"_(\w+)", r"<sub>\1</sub>", text)
    return text.replace(" - ", " − ").replace("= -", "= −").replace("(-", "(−")
