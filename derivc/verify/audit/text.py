"""The report as text: the verdict, why, where, what it should be."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from derivc.verify.audit.report import RIGHT, AuditReport, Row

_WIDTH = 96


def text(report: AuditReport, code: bool = True) -> str:
    """The whole report, with the function that would be right unless `code` is false."""
    lines = [_head(report), *_causes(report)]
    for row in report.rows:
        lines += _row(row, report)
    lines += [*_second(report), *_ending(report, code)]
    return "\n".join(lines)


def _head(report: AuditReport) -> str:
    place = f"  ({report.where})" if report.where else ""
    return f"{report.verdict.upper()}: {report.name}{place}"


def _causes(report: AuditReport) -> Iterator[str]:
    for finding in report.causes:
        yield _wrapped(finding.message, "  cause: ")
    if report.forward:
        yield _wrapped(report.forward, "  forward: ")


def _wrapped(message: str, head: str) -> str:
    return textwrap.fill(
        message, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _row(row: Row, report: AuditReport) -> Iterator[str]:
    where = f" (of {row.element})" if row.element else ""
    yield f"  gradient of {row.input}{where}: {row.outcome}"
    if row.true_formula:
        yield _wrapped(row.true_formula, "    true:    ")
    if row.written_formula and not (row.outcome == RIGHT and row.equal):
        yield _wrapped(row.written_formula, "    written: ")
    elif row.written_formula:
        yield "    written: the same"
    if row.compared and row.outcome == RIGHT:
        truth = "50-digit arithmetic" if report.exact else "finite differences"
        yield f"    {row.compared} numbers against {truth}, the worst {_apart(row)}"
    elif row.at:
        yield _wrapped(
            f"{row.at} it is {row.true:.10g}, written gives {_number(row.written)}",
            "    worst at ",
        )


_LONG = 80


def _apart(row: Row) -> str:
    if len(row.at) > _LONG:
        return f"{row.ulps:.3g} ulp apart"
    return f"{row.ulps:.0f} ulp apart at {row.at}" if row.ulps < 1e6 else f"at {row.at}"


def _number(value: float | None) -> str:
    return "None" if value is None else f"{value:.10g}"


def _second(report: AuditReport) -> Iterator[str]:
    row = report.second
    if row.outcome == "right":
        yield "  second derivative: right"
    elif row.outcome == "wrong":
        yield _wrapped(
            f"at {row.by} = {row.at:.6g} it is {row.true:.10g}, double backward gives"
            f" {row.given:.10g}",
            "  second derivative: wrong; ",
        )


def _ending(report: AuditReport, code: bool) -> Iterator[str]:
    for finding in report.notes:
        yield _wrapped(finding.message, "  note: ")
    for sentence in report.assumed:
        yield _wrapped(sentence, "  assumed: ")
    if code and report.replacement:
        yield "  a function that is right:"
        yield textwrap.indent(report.replacement.rstrip(), "    ")
