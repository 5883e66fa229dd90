"""What an audit found, for people and for programs."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, final

from derivc.files import from_here
from derivc.verify.audit.subject import Finding

RIGHT, WRONG, UNSTABLE = "right", "wrong", "unstable"
SECOND, FAILS, SURROGATE = "wrong at second order", "fails when called", "surrogate"
UNAUDITED = "not audited"
VERDICTS = (RIGHT, SURROGATE, UNSTABLE, SECOND, WRONG, FAILS, UNAUDITED)


@final
@dataclass(frozen=True)
class Row:
    """One gradient: the formulas, and the worst point.

    Args:
        input: the argument. outcome: "right", "wrong", "unstable", "surrogate" or "not compared".
        true_formula, written_formula: as text, "" where they are not known.
        equal: whether the formulas are equal; None where one is not known.
        at: the arguments of the worst point by name. element: which element of the gradient.
        true, written: the numbers there. ulps: doubles between them. compared: how many numbers.
    """

    input: str
    outcome: str
    true_formula: str = ""
    written_formula: str = ""
    equal: bool | None = None
    at: str = ""
    element: str = ""
    true: float = math.nan
    written: float | None = math.nan
    ulps: float = 0.0
    compared: int = 0


@final
@dataclass(frozen=True)
class SecondRow:
    """The second derivative at its worst point.

    Args:
        outcome: "right", "wrong", "refused" or "skipped". by: what was differentiated by.
        at: its number. true, given: the numbers.
    """

    outcome: str
    by: str = ""
    at: float = math.nan
    true: float = math.nan
    given: float = math.nan


@final
@dataclass(frozen=True, repr=False)
class AuditReport:
    """The outcome of an audit; true when nothing is wrong.

    Args:
        name: of the function. library: "torch", "jax", "derivc" or "python".
        file, line: where it is defined. verdict: one of `VERDICTS`.
        findings: causes and notes, the gravest first. rows: one per gradient.
        second: the second derivative. forward: the formula of the output.
        exact: whether the truth is 50-digit arithmetic. points: how many were tried.
        assumed: what had to be guessed. replacement: a corrected function, as text.
    """

    name: str
    library: str
    file: str
    line: int
    verdict: str
    findings: tuple[Finding, ...] = ()
    rows: tuple[Row, ...] = ()
    second: SecondRow = SecondRow("skipped")
    forward: str = ""
    exact: bool = False
    points: int = 0
    assumed: tuple[str, ...] = ()
    replacement: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; a surrogate gradient is nobody's mistake."""
        return self.verdict in (RIGHT, SURROGATE)

    def __bool__(self) -> bool:
        """The same as `ok`."""
        return self.ok

    @property
    def where(self) -> str:
        """The file and the line; of a notebook, whose files are nameless, the cell's line."""
        if "ipykernel_" in self.file:
            return f"a cell of this notebook, line {self.line}"
        place = from_here(self.file) if self.file else ""
        return f"{place}:{self.line}" if place and self.line else place

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The findings that make the verdict, without the notes."""
        return tuple(f for f in self.findings if f.grade not in ("note", "surrogate"))

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that change nothing of the verdict."""
        return tuple(f for f in self.findings if f.grade in ("note", "surrogate"))

    @property
    def worst(self) -> Row | None:
        """The row of the worst gradient."""
        rank = {WRONG: 2, UNSTABLE: 1}
        return max(self.rows, key=lambda row: (rank.get(row.outcome, 0), row.ulps), default=None)

    def record(self) -> dict[str, Any]:
        """The report for JSON."""
        return {**asdict(self), "ok": self.ok}

    def __str__(self) -> str:
        """The report as text."""
        from derivc.verify.audit.text import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The report for notebooks."""
        from derivc.verify.audit.page import fragment

        return fragment([self])


def from_record(record: dict[str, Any]) -> AuditReport:
    """A report from what `record` gave."""
    given = {k: v for k, v in record.items() if k != "ok"}
    given["findings"] = tuple(Finding(**f) for f in given["findings"])
    given["rows"] = tuple(Row(**r) for r in given["rows"])
    given["second"] = SecondRow(**given["second"])
    given["assumed"] = tuple(given["assumed"])
    return AuditReport(**given)
