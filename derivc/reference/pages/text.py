"""A page as text: for the terminal, and for `print`."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from derivc.reference.pages.page import Page, Row, StabilityRow

Mark = Callable[[str], str]
Section = tuple[str, list[tuple[str, str]]]
"""A heading and its labelled lines; a line without a label stands alone."""

_WIDTH = 96


def text_of(page: Page, heading: Mark = str, label: Mark = str, latex: bool = False) -> str:
    """The page as lines.

    Args:
        page: the page. heading, label: mark up headings and labels, for a terminal's colours.
        latex: formulas as TeX instead of text.

    Example:
        >>> import derivc as dc
        >>> print(str(dc.page("exp2")).splitlines()[0])
        exp2(x)
    """
    lines = [heading(page.signature), f"  {page.summary}"]
    for title, rows in _sections(page, latex):
        lines += ["", heading(title), *_aligned(rows, label)]
    return "\n".join(lines)


def _aligned(rows: Sequence[tuple[str, str]], label: Mark) -> Iterator[str]:
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        first, *rest = text.splitlines() or [""]
        lead = label(name.ljust(width)) + "  " if width else ""
        yield f"  {lead}{first}".rstrip()
        yield from (f"  {' ' * (width + 2 if width else 0)}{line}".rstrip() for line in rest)


def _sections(page: Page, latex: bool) -> Iterator[Section]:
    """All sections that have lines."""
    every: list[Section] = [
        ("Definition", _definition(page, latex)),
        ("Derivative", _rows(page.given_input, latex)),
        ("As computed (y is the output)", _rows(page.given_output, latex)),
        ("Second derivative", _rows(page.second, latex)),
        ("Reverse mode (VJP)", _rows(page.vjp, latex)),
        ("Forward mode (JVP)", _rows(page.jvp, latex)),
        ("Kinks", _kinks(page)), ("As written and as compiled", _stability(page)),
        ("Verification", _checks(page)), ("Names", _names(page)),
    ]  # fmt: skip
    return ((title, rows) for title, rows in every if rows)


def _definition(page: Page, latex: bool) -> list[tuple[str, str]]:
    lines = [
        ("", page.definition.tex if latex or not page.definition.text else page.definition.text),
        ("domain", page.domain.tex if latex else page.domain.text), ("range", page.range),
        ("defaults", ", ".join(f"{name} = {value}" for name, value in page.defaults)),
        ("source", page.source), *(("note", note) for note in page.notes),
    ]  # fmt: skip
    found = [(name, _wrapped(text)) for name, text in lines if text]
    if page.doc:
        found.append(("", page.doc.strip()))
    return [(name or "f", text) for name, text in found]


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _rows(rows: Iterable[Row], latex: bool) -> list[tuple[str, str]]:
    found = []
    for row in rows:
        name = row.label.tex if latex or not row.label.text else row.label.text
        body = row.formula.tex if latex or not row.formula.text else row.formula.text
        note = f"({row.note})" if row.note and body else row.note
        found.append((name, "\n".join(part for part in (body, note) if part)))
    return found


def _kinks(page: Page) -> list[tuple[str, str]]:
    found = []
    for kink in page.kinks:
        sides = [("derivc", kink.derivc), ("PyTorch", kink.torch), ("JAX", kink.jax),
                 ("left", kink.left), ("right", kink.right)]  # fmt: skip
        words = ", ".join(f"{who} {slope}" for who, slope in sides if slope)
        found.append((kink.where.text, f"{words}\n{kink.because}"))
    return found


def _stability(page: Page) -> list[tuple[str, str]]:
    return [(row.result, _compared(row)) for row in page.stability]


def _compared(row: StabilityRow) -> str:
    words = f"as written {_ulp(row.naive_ulp)}, compiled {_ulp(row.stable_ulp)}"
    return f"{words}; fails for {row.regions}" if row.fails else words


def _ulp(error: float) -> str:
    """An error in words.

    Example:
        >>> _ulp(3.0), _ulp(float("inf"))
        ('3 ulp', 'NaN or infinite')
    """
    if math.isinf(error):
        return "NaN or infinite"
    return f"{error:.0f} ulp" if error < 1e5 else f"{error:.1e} ulp"


def _checks(page: Page) -> list[tuple[str, str]]:
    rows = [
        (row.result, f"{_ulp(row.ulp)} at worst of {row.points} points, at {row.at}")
        for row in page.checks
    ]
    equal = ", ".join(f"{r.result} {r.equal} of {r.points}" for r in page.peers)
    if equal:
        rows.append(("PyTorch", f"equal within 16 ulp: {equal}"))
        rows += [("", f"{r.result}: {r.example}") for r in page.peers if r.example]
    if page.unchecked:
        rows.append(("not measured", page.unchecked))
    if page.measured and rows:
        rows.append(("measured", page.measured))
    return rows


def _names(page: Page) -> list[tuple[str, str]]:
    found = [(library, ", ".join(names)) for library, names in page.names.items()]
    return found + ([("also", ", ".join(page.aliases))] if page.aliases else [])
