"""The report as a table for terminals."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from derivc.verify.crosscheck.records import CrosscheckReport, KinkRow, Row
from derivc.verify.crosscheck.words import passages

HEADINGS = ("peer", "result", "points", "relative", "ulp", "differ")
_WIDTH = 100


def text(report: CrosscheckReport) -> str:
    """A heading, one line per peer and result, the disagreements, the kinks, who was skipped."""
    lines = [headline(report)]
    if report.rows:
        lines += table([HEADINGS, *(cells(row) for row in report.rows)])
    for passage in passages(report):
        lines += _wrapped(f"{passage.head}: {passage.sentence(report.inputs)}")
    if report.kinks:
        lines += ["at kinks:", *(f"  {kink_line(kink)}" for kink in report.kinks)]
    lines += [f"note: {note}" for note in report.notes]
    lines += [f"skipped: {name}: {why}" for name, why in report.skipped.items()]
    return "\n".join(lines)


def headline(report: CrosscheckReport) -> str:
    """The outcome in one line."""
    if not report.points:
        return f"nothing compared: no point was found where {report.title} has a real value"
    if not any(row.points for row in report.rows):
        return f"nothing compared: no peer has an answer for {report.title}"
    loud = sum(f.points for row in report.rows for f in row.findings if not f.is_explained)
    mark = "ok" if report.ok else "WRONG"
    where = f"{report.title} at {_count(report.points)}, {report.dtype}"
    many = "1 disagreement" if loud == 1 else f"{loud} disagreements"
    return f"{mark}: {where}" + (f"; {many} unexplained" if loud else "")


def cells(row: Row) -> tuple[str, ...]:
    """One line of the table."""
    if not row.points:
        return row.peer, row.result, "0", "", "", row.note
    differ = ", ".join(f"{f.points} {f.kind}" for f in row.findings if f.kind != "rounding")
    return (
        row.peer, row.result, str(row.points), number(row.relative), ulps(row.ulps), differ
    )  # fmt: skip


def number(value: float) -> str:
    """A relative difference."""
    return "0" if value == 0 else "NaN" if math.isinf(value) else f"{value:.1e}"


def ulps(value: float) -> str:
    """A distance in ulp."""
    return "NaN" if math.isinf(value) else f"{value:.0f}" if value < 1e6 else f"{value:.1e}"


def kink_line(kink: KinkRow) -> str:
    """What everybody returns at one kink."""
    slopes = ", ".join(f"{name} {slope:.6g}" for name, slope in kink.slopes.items())
    return f"{kink.kink}: {kink.result} {slopes}; one-sided {kink.left:.6g} and {kink.right:.6g}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return ["  ".join(_aligned(row, widths)).rstrip() for row in rows]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        c.rjust(w) if 2 <= i <= 4 else c.ljust(w)
        for i, (c, w) in enumerate(zip(row, widths, strict=True))
    ]


def _count(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False)
