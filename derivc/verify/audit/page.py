"""The reports as one page that needs nothing else, light or dark as its reader likes it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from derivc.verify.audit.report import RIGHT, SURROGATE, AuditReport, Row
from derivc.version import __version__

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#5b6470;--paper:#fff;--card:#f6f8fa;
--line:#d5dae0;--good:#166534;--bad:#b3261e;--warn:#8a5300}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--dim:#a2abb8;--paper:#14171b;--card:#1d2127;
--line:#39414b;--good:#6fd08c;--bad:#ff8a80;--warn:#f2b866}}
.dv-audit{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
.dv-audit h1{font-size:1.4rem;margin:0 0 .3rem}.dv-audit h2{font-size:1.15rem;margin:0}
.dv-audit section{border:1px solid var(--line);border-left-width:5px;border-radius:6px;
padding:.9rem 1.1rem;margin:1rem 0;background:var(--card)}
.dv-audit .right{border-left-color:var(--good)}.dv-audit .bad{border-left-color:var(--bad)}
.dv-audit .warn{border-left-color:var(--warn)}
.dv-audit b.right{color:var(--good)}.dv-audit b.bad{color:var(--bad)}
.dv-audit b.warn{color:var(--warn)}
.dv-audit .place,.dv-audit .note{color:var(--dim);font-size:.9em}
.dv-audit .cause{font-size:1.05em;margin:.5rem 0}
.dv-audit table{border-collapse:collapse;margin:.6rem 0;width:100%}
.dv-audit th{font-weight:600;text-align:left;color:var(--dim);padding:.15rem .8rem .15rem 0;
vertical-align:top;white-space:nowrap;width:1%}
.dv-audit td{padding:.15rem 0;overflow-wrap:anywhere}
.dv-audit code,.dv-audit pre{font-family:ui-monospace,monospace;font-size:.92em}
.dv-audit pre{overflow-x:auto;padding:.7rem;border:1px solid var(--line);border-radius:5px;
background:var(--paper)}
.dv-audit details>summary{cursor:pointer}.dv-audit h3{font-size:1em;margin:.8rem 0 0}
"""


def document(reports: Sequence[AuditReport]) -> str:
    """A whole page."""
    wrong = sum(not report for report in reports)
    count = f"{len(reports)} function{'s' * (len(reports) != 1)} audited, {wrong} not right"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>derivc audit</title><style>body{margin:0;background:var(--paper)}"
        "main{max-width:60rem;margin:auto;padding:1.2rem}</style></head><body>"
        f'<main class="dv-audit"><h1>Audit of custom gradients</h1><p class="note">{count};'
        f" derivc {html.escape(__version__)}</p>{fragment(reports, wrapped=False)}</main></body>"
        "</html>\n"
    )


def fragment(reports: Sequence[AuditReport], wrapped: bool = True) -> str:
    """The reports as a part of a page, for notebooks."""
    inside = f"<style>{_STYLE}</style>" + "".join(map(_section, reports))
    return f'<div class="dv-audit">{inside}</div>' if wrapped else inside


def _section(report: AuditReport) -> str:
    kind = {RIGHT: "right", SURROGATE: "warn"}.get(report.verdict, "bad")
    place = report.where or report.library
    head = f'<b class="{kind}">{html.escape(report.verdict)}</b>'
    name = f"<code>{html.escape(report.name)}</code>"
    parts = [f'<section class="{kind}"><h2>{head} {name}</h2>']
    parts.append(f'<div class="place">{html.escape(place)}</div>')
    parts += [f'<p class="cause">{html.escape(f.message)}</p>' for f in report.causes]
    if report.forward:
        parts.append(f"<table>{_line('forward', report.forward, True)}</table>")
    parts += [part for row in report.rows for part in _row(row, report)]
    parts += [*_second(report), *_ending(report), "</section>"]
    return "".join(parts)


def _line(head: str, value: str, code: bool = False) -> str:
    shown = html.escape(value)
    cell = f"<code>{shown}</code>" if code else shown
    return f"<tr><th>{html.escape(head)}</th><td>{cell}</td></tr>"


def _row(row: Row, report: AuditReport) -> Iterator[str]:
    kind = "right" if row.outcome == RIGHT else "bad"
    of = f" (of {row.element})" if row.element else ""
    yield f'<h3>gradient of <code>{html.escape(row.input + of)}</code>: <b class="{kind}">'
    yield f"{html.escape(row.outcome)}</b></h3><table>"
    if row.true_formula:
        yield _line("true", row.true_formula, True)
    if row.written_formula:
        yield _line("written", row.written_formula, True)
    if row.at:
        yield _line("worst at", row.at)
        yield _line("true value", f"{row.true!r}")
        yield _line("written value", f"{row.written!r}")
    truth = "50-digit arithmetic" if report.exact else "finite differences"
    yield _line("compared", f"{row.compared} numbers, with {truth}") + "</table>"


def _second(report: AuditReport) -> Iterator[str]:
    row = report.second
    if row.outcome == "right":
        yield "<p>second derivative: right</p>"
    elif row.outcome == "wrong":
        yield '<p>second derivative: <b class="bad">wrong</b>; '
        yield f"at {html.escape(row.by)} = {row.at:.6g} it is {row.true:.10g},"
        yield f" double backward gives {row.given:.10g}</p>"


def _ending(report: AuditReport) -> Iterator[str]:
    for sentence in (*(f.message for f in report.notes), *report.assumed):
        yield f'<p class="note">{html.escape(sentence)}</p>'
    if report.replacement:
        yield "<details><summary>a function that is right</summary>"
        yield f"<pre>{html.escape(report.replacement)}</pre></details>"
