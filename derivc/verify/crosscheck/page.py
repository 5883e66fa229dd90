"""The report for notebooks: cells coloured by ulp, details to open, in light and in dark.

Colours are translucent over whatever is behind them, and text keeps the colour that it inherits;
nothing is loaded from anywhere.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from derivc.verify.crosscheck.records import KINDS, CrosscheckReport, KinkRow, Row
from derivc.verify.crosscheck.text import headline, number, ulps
from derivc.verify.crosscheck.words import Passage, passages

_STYLE = """
<style>
.dc-xc{font:13px/1.5 system-ui,sans-serif;max-width:64em}
.dc-xc table{border-collapse:collapse;margin:.4em 0 .8em}
.dc-xc table{font-size:inherit;font-variant-numeric:tabular-nums}
.dc-xc th,.dc-xc td{padding:.2em .7em;text-align:right;background:none;border:0;white-space:nowrap}
.dc-xc thead th{font-weight:600;border-bottom:1px solid rgba(128,128,128,.5)}
.dc-xc tbody th{text-align:left;font-weight:500}
.dc-xc tbody tr{background:none}
.dc-xc .mark{font-weight:700;padding:.1em .5em;border-radius:.6em}
.dc-xc .good{background:rgba(40,167,90,.25)}
.dc-xc .bad{background:rgba(220,50,60,.38)}
.dc-xc sup{line-height:0;opacity:.75;margin-left:.2em}
.dc-xc details{margin:.25em 0}
.dc-xc summary{cursor:pointer}
.dc-xc .body{margin:.2em 0 .4em 1.2em;opacity:.9}
.dc-xc .key span{padding:.05em .5em;margin-right:.3em;border-radius:.3em}
.dc-xc .dim{opacity:.7}
</style>
"""
_SHADES = (
    (0.5, "40,167,90,.10", "same"),
    (4.5, "40,167,90,.25", "≤ 4"),
    (16.5, "150,180,40,.25", "≤ 16"),
    (1e6, "235,170,20,.30", "< 10⁶"),
    (math.inf, "225,110,30,.34", "more ulp"),
)
_NO_NUMBER = "140,90,190,.32"
_OFF = "220,50,60,.45"


def page(report: CrosscheckReport) -> str:
    """The whole report as one HTML fragment."""
    parts = [
        _STYLE, '<div class="dc-xc">', _head(report), _grid(report), _key(report),
        *(_passage(p, report.inputs) for p in passages(report)), _kinks(report.kinks),
        *(_line(f"{html.escape(note)}") for note in report.notes),
        *(_line(f"skipped: {html.escape(f'{n}: {why}')}") for n, why in report.skipped.items()),
        "</div>",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _head(report: CrosscheckReport) -> str:
    mark, rest = headline(report).split(":", 1)
    shade = "good" if report.ok else "bad"
    return f'<div><span class="mark {shade}">{mark}</span>{html.escape(rest)}</div>'


def _grid(report: CrosscheckReport) -> str:
    """One line per result, one column per peer: the largest difference in ulp."""
    peers = list(dict.fromkeys(row.peer for row in report.rows))
    results = list(dict.fromkeys(row.result for row in report.rows if row.points))
    by = {(row.result, row.peer): row for row in report.rows if row.points}
    head = "".join(f"<th>{html.escape(peer)}</th>" for peer in peers)
    lines = [
        f"<tr><th>{html.escape(result)}</th>"
        + "".join(_cell(by.get((result, peer))) for peer in peers)
        + "</tr>"
        for result in results
    ]
    body = "".join(lines)
    absent = [_absent(row) for row in report.rows if not row.points]
    return (
        f"<table><thead><tr><th>ulp</th>{head}</tr></thead><tbody>{body}</tbody></table>"
        + "".join(absent)
    )


def _cell(row: Row | None) -> str:
    if row is None:
        return '<td class="dim">–</td>'
    explained = ", ".join(f"{f.points} {f.kind}" for f in row.findings)
    count = f"<sup>{row.disagreements}</sup>" if row.disagreements else ""
    title = f"{row.points} points, relative {number(row.relative)}" + (
        f"; {explained}" if explained else ""
    )
    return (
        f'<td style="background:rgba({shade(row)})" title="{html.escape(title)}">'
        f"{html.escape(ulps(row.ulps))}{count}</td>"
    )


def shade(row: Row) -> str:
    """The colour of a cell: by ulp, red where a disagreement is not explained."""
    if not row.ok:
        return _OFF
    if math.isinf(row.ulps):
        return _NO_NUMBER
    return next(colour for most, colour, _ in _SHADES if row.ulps <= most)


def _key(report: CrosscheckReport) -> str:
    shades = [*((c, t) for _, c, t in _SHADES), (_NO_NUMBER, "NaN"), (_OFF, "not explained")]
    spans = "".join(f'<span style="background:rgba({c})">{t}</span>' for c, t in shades)
    raised = " <sup>n</sup> points differ by more than rounding" if report.findings else ""
    return f'<div class="key dim">largest difference from derivc, ulp: {spans}{raised}</div>'


def _passage(passage: Passage, names: Sequence[str]) -> str:
    head = f"{html.escape(passage.head)}: <b>{html.escape(passage.kind)}</b>"
    opened = "" if passage.is_explained else " open"
    mark = "" if passage.is_explained else ' class="bad"'
    tip = html.escape(KINDS[passage.kind])
    return (
        f"<details{opened}><summary{mark}>{head} <span class='dim'>{tip}</span></summary>"
        f'<div class="body">{html.escape(passage.sentence(names))}</div></details>'
    )


def _kinks(kinks: Sequence[KinkRow]) -> str:
    if not kinks:
        return ""
    names = list(dict.fromkeys(name for kink in kinks for name in kink.slopes))
    head = "".join(f"<th>{html.escape(n)}</th>" for n in ("left", "right", *names))
    body = "".join(_kink(kink, names) for kink in kinks)
    return (
        f"<table><thead><tr><th>slope at a kink</th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _kink(kink: KinkRow, names: Sequence[str]) -> str:
    first = f"<th>{html.escape(f'{kink.kink}: {kink.result}')}</th>"
    sides = "".join(f'<td class="dim">{x:.6g}</td>' for x in (kink.left, kink.right))
    slopes = [f"{kink.slopes[n]:.6g}" if n in kink.slopes else "–" for n in names]
    ours = slopes[0]
    cells = "".join(
        f"<td{_differs(slope != ours and slope != '–')}>{slope}</td>" for slope in slopes
    )
    return f"<tr>{first}{sides}{cells}</tr>"


def _differs(other: bool) -> str:
    return f' style="background:rgba({_SHADES[3][1]})"' if other else ""


def _absent(row: Row) -> str:
    return _line(html.escape(f"{row.peer}, {row.result}: {row.note}"))


def _line(text: str) -> str:
    return f'<div class="dim">{text}</div>'
