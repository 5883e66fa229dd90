"""The record of a derivation: frozen, and nested as the rules are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, final

from derivc.symbolic.steps.abridge import abridged
from derivc.symbolic.steps.forms import General
from derivc.symbolic.text import text_of
from derivc.symbolic.trail import Rewrite

_NODES = 40


@final
@dataclass(frozen=True)
class Number:
    """A value at the point.

    Args:
        value: to double precision; NaN where there is no finite real value.
    """

    value: float

    @property
    def finite(self) -> bool:
        """Whether there is a finite real value."""
        return isfinite(self.value)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Step:
    """One rule applied to one expression.

    Args:
        number: in reading order, from 1.
        rule: the rule's name: "sum", "constant factor", "product", "quotient", "reciprocal",
            "power", "exponential", "general power", "chain", "function" (by its own partial),
            "branch", "maximum", "minimum", "identity" or "constant".
        title: the rule as a heading, as in "Derivative of sin".
        variable: by which: a variable of the formula, or a letter that stands for a part.
        expression: what is differentiated, and `result` its derivative.
        general: the rule in general form, if it has one.
        let: what the letters stand for.
        applied: the rule applied, with the derivatives still to be taken; None for single facts.
        together: the same with the parts' derivatives put in, before it is collected.
        expanded: the result with the parts in the places of the letters; None without letters.
        parts: the steps for the derivatives that were still to be taken.
        notes: conventions and conditions, each a sentence.
        same_as: the number of the step in which this was found before; 0: it was not.
        left_out: whether the derivation of the parts was left out for length.
        value, slope: of expression and derivative at the point, if there is one.
        parts_at: of what the letters stand for, at the point.
        display: another way to write the expression, where the step reads better with it.
    """

    number: int
    rule: str
    title: str
    variable: str
    expression: Any
    result: Any
    general: General | None = None
    let: tuple[tuple[str, Any], ...] = ()
    applied: Any = None
    together: Any = None
    expanded: Any = None
    parts: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    same_as: int = 0
    left_out: bool = False
    value: Number | None = None
    slope: Number | None = None
    parts_at: tuple[tuple[str, Number], ...] = ()
    display: Any = None

    @property
    def shown(self) -> Any:
        """The expression as it is shown: as the quotient that the user wrote."""
        return self.expression if self.display is None else self.display

    def __repr__(self) -> str:
        number = self.number or self.same_as
        return f"<step {number}: {self.title}, {_says(self.variable, self.shown, self.result)}>"

    def walk(self) -> Iterator[Step]:
        """The step and all its parts, in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()


@final
@dataclass(frozen=True, eq=False, repr=False)
class Section:
    """One differentiation by one variable: one order of a higher derivative.

    Args:
        order: which derivative this leads to, from 1. variable: by which.
        expression: what is differentiated. step: how. raw: what the rules gave.
        rewrites: how that was shortened; the first number is `number`.
        result: what the next order differentiates; of the last order, the answer.
        left_out: how many steps were left out for length.
        value, slope: of expression and result at the point, if there is one.
    """

    order: int
    variable: str
    expression: Any
    step: Step
    raw: Any
    rewrites: tuple[Rewrite, ...]
    number: int
    result: Any
    left_out: int = 0
    value: Number | None = None
    slope: Number | None = None

    def __repr__(self) -> str:
        return f"<order {self.order}: {_says(self.variable, self.expression, self.result)}>"


@final
@dataclass(frozen=True, eq=False, repr=False)
class Derivation:
    """How one derivative was found.

    Args:
        wrt: the variables, in turn. variables: of the formula.
        given: the formula as it was written; `start` as it is differentiated.
        sections: one for each order.
        answer: the derivative: what `derivc.diff` returns.
        at: the point, by name.
        value, slope: of formula and answer at the point, if there is one.
        written: the text that the user wrote, where it was one that can be shown.
    """

    wrt: tuple[str, ...]
    variables: tuple[str, ...]
    given: Any
    start: Any
    sections: tuple[Section, ...]
    answer: Any
    at: tuple[tuple[str, Any], ...] = ()
    value: Number | None = None
    slope: Number | None = None
    written: str = ""

    def __repr__(self) -> str:
        return f"<derivation of {_says(','.join(self.wrt), self.start, self.answer)}>"

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in reading order, rewrites aside."""
        return tuple(step for section in self.sections for step in section.step.walk())


def _says(variable: str, expression: Any, result: Any) -> str:
    """The equation that a record stands for, in one line."""
    left, right = (text_of(abridged(tree, _NODES)) for tree in (expression, result))
    return f"d/d{variable}[{left}] = {right}"
