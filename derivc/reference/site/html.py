"""A page as the parts that the templates lay out: every decision is made here, none there."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from derivc.errors import MissingDependencyError
from derivc.reference.pages.page import (
    CheckRow,
    Formula,
    KinkRow,
    Page,
    Row,
    SpecialRow,
    StabilityRow,
    number,
)  # fmt: skip
from derivc.reference.site.mathml import mathml
from derivc.reference.site.render import render, static

View = dict[str, Any]

CONVENTION = (
    "derivc returns PyTorch's documented choice at a kink: the derivative where there is one, else"
    ' the subgradient of least norm; convention="jax", "left" or "right" chooses another. The'
    " columns of PyTorch and JAX are what those libraries returned when the record was made."
)


def anchor(words: str) -> str:
    """A heading as the name of a place: letters and hyphens.

    Example:
        >>> anchor("linear algebra")
        'linear-algebra'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def math_of(formula: Formula, block: bool = False) -> Markup:
    """A formula as markup."""
    return Markup(mathml(formula, block))  # noqa: S704  our own MathML


def view(
    page: Page, picture: str = "", caption: str = "", steps: str = "", singular: str = ""
) -> View:
    """Everything that the page's templates lay out.

    Args:
        page: the page. picture: an SVG. caption: what it shows. steps, singular: HTML of the
            steps of the derivation, and of the report on singularities.
    """
    found: View = {
        "name": page.name, "family": page.family, "anchor": anchor(page.family),
        "summary": spoken(page.summary), "signature": page.signature, "notes": page.notes,
        "definition": _definition(page), "doc": _paragraphs(page.doc), "facts": _facts(page),
        "picture": Markup(picture), "caption": caption, "steps": Markup(steps),  # noqa: S704
        "singular": Markup(singular),  # noqa: S704
        "derivatives": _sections(page), "kinks": [_kink(k) for k in page.kinks],
        "special": _special(page.special), "kink_note": CONVENTION,
        "stability": _stability(page.stability), "checks": _checks(page), "peers": _peers(page),
        "unchecked": _unchecked(page), "code": page.code,
        "code_title": "Declared as" if page.kind == "structural" else "Generated code",
    }  # fmt: skip
    return {**found, "contents": _contents(found)}


def in_notebook(page: Page) -> str:
    """The page as one piece of HTML; its text where the converter is not installed."""
    try:
        shown = view(page)
    except MissingDependencyError:
        return f"<pre>{html.escape(str(page))}</pre>"
    return render("notebook.html.j2", page=shown, style=Markup(_scoped_style()))  # noqa: S704


def _scoped_style() -> str:
    """The part of the style that a notebook needs, for what lies inside the page only."""
    rules = static(("page.css",)).replace("var(--line)", "currentColor")
    return f".derivc-page {{ {rules} }}"


def spoken(text: str) -> Markup:
    """A sentence with what stands in backticks set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(text)
    marks = (Markup("<code>{}</code>") if i % 2 else Markup("{}") for i in range(len(parts)))
    return Markup("").join(mark.format(part) for mark, part in zip(marks, parts, strict=True))


def _definition(page: Page) -> View | None:
    if not page.definition:
        return None
    return {"math": math_of(page.definition, block=True), "text": page.definition.text}


def _paragraphs(text: str) -> Markup:
    """Text with empty lines between paragraphs, escaped."""
    parts = [html.escape(p) for p in re.split(r"\n\s*\n", text.strip()) if p]
    return Markup("".join(f"<p>{p}</p>" for p in parts))  # noqa: S704  escaped above


def _code(words: Iterable[str]) -> Markup:
    return Markup(" ").join(Markup("<code>{}</code>").format(word) for word in words)


def _facts(page: Page) -> list[View]:
    """What is known beside formulas, one line each; what is empty is left out."""
    pairs: list[tuple[str, Any]] = [
        ("Domain", _domain(page)),
        ("Range", page.range), ("Defaults", _code(f"{n}={v}" for n, v in page.defaults)),
        *((library, _code(names)) for library, names in page.names.items()),
        ("Also called", _code(page.aliases)), ("Source", linked(page.source)),
    ]  # fmt: skip
    return [{"name": name, "value": value} for name, value in pairs if value]


def linked(text: str) -> Markup:
    """Text whose addresses are links."""
    parts = re.split(r"(https?://[^\s,;)]+)", text)
    link = Markup('<a href="{0}" rel="noreferrer">{0}</a>')
    return Markup("").join(
        link.format(part) if i % 2 else Markup("{}").format(part) for i, part in enumerate(parts)
    )


def _domain(page: Page) -> Any:
    if page.domain.tex:
        return math_of(page.domain)
    everywhere = page.kind == "elementwise" and page.given_input
    return page.domain.text or ("every real number" if everywhere else "")


def _rows(rows: Sequence[Row]) -> list[View]:
    return [
        {"math": math_of(_equation(row), block=True), "note": row.note,
         "text": row.formula.text if row.formula.text.isascii() else "",
         "spoken": _equation(row).text or "Formula"}
        for row in rows
    ]  # fmt: skip


def _equation(row: Row) -> Formula:
    """A row as one equation."""
    label, right = row.label, row.formula
    if not (label and right):
        return right
    text = f"{label.text} = {right.text}" if label.text and right.text else ""
    return Formula(text, rf"{label.tex} = {right.tex}")


def _sections(page: Page) -> list[View]:
    """The derivatives: given the input, as computed, second ones, reverse and forward mode."""
    groups = [
        ("derivative", "Derivative", [
            ("", page.given_input), ("As computed (y is the output)", page.given_output),
            ("Of the definition, as SymPy finds it", page.elementary)]),
        ("second", "Second derivative", [("", page.second)]),
        ("modes", "Reverse and forward mode", [
            ("VJP: cotangents of the arguments from the cotangent of the output", page.vjp),
            ("JVP: the tangent of the output from those of the arguments", page.jvp)]),
    ]  # fmt: skip
    found = []
    for name, title, parts in groups:
        shown = [{"title": t, "rows": _rows(rows)} for t, rows in parts if rows]
        if shown:
            found.append({"anchor": name, "title": title, "groups": shown})
    return found


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], quiet: bool = False,
          marks: Sequence[str] = ()) -> View:  # fmt: skip
    """A table for the template; `marks` are the classes of the rows.

    On narrow screens a table with `cards` is a list, one with `labelled` cards names its columns.
    """
    cells = [list(row) for row in rows]
    padded = [*marks, *[""] * (len(cells) - len(marks))]
    lines = [{"cells": row, "mark": mark} for row, mark in zip(cells, padded, strict=False)]
    fixed = {"cards": False, "labelled": False}
    return {"title": title, "heads": heads, "rows": lines, "quiet": quiet, **fixed}


def _kink(kink: KinkRow) -> View:
    columns = [("derivc", kink.derivc), ("PyTorch", kink.torch), ("JAX", kink.jax),
               ("from the left", kink.left), ("from the right", kink.right)]  # fmt: skip
    known = [(head, slope) for head, slope in columns if slope]
    title = _kink_title(kink.at)
    shown = table(title, [h for h, _ in known], [[slope(s) for _, s in known]])
    because = f"{kink.because[0].upper()}{kink.because[1:]}." if kink.because else ""
    return {"where": math_of(kink.where), "because": because, "table": shown if known else None}


def _kink_title(at: str) -> str:
    if at.startswith("a, for"):
        return f"Cotangent of {at}"
    return f"Slope at {at}" if at else "Slope there"


def slope(words: str) -> str:
    """Numbers as a table shows them: signs for minus and infinity.

    Example:
        >>> slope("0.5, -inf, nan")
        '0.5, −∞, NaN'
    """
    return words.replace("inf", "∞").replace("nan", "NaN").replace("-", "−")


def _special(rows: Sequence[SpecialRow]) -> View | None:
    if not rows:
        return None
    marks = ["differs" if _differs(r) else "" for r in rows]
    columns = [
        ("at", [r.at for r in rows]), ("value", [r.value for r in rows]),
        ("slope: derivc", [r.derivc for r in rows]), ("PyTorch", [r.torch for r in rows]),
        ("JAX", [r.jax for r in rows]),
    ]  # fmt: skip
    known = [(head, map(slope, cells)) for head, cells in columns if any(cells)]
    return table("A shaded row is one where a library returns another slope",
                 [head for head, _ in known], zip(*(cells for _, cells in known), strict=True),
                 marks=marks)  # fmt: skip


def _differs(row: SpecialRow) -> bool:
    """Whether a library returns another slope; zeros of either sign are the same."""
    return any(other and not _same(row.derivc, other) for other in (row.torch, row.jax))


def _same(a: str, b: str) -> bool:
    try:
        x, y = float(a), float(b)
    except ValueError:
        return a == b
    return (x != x and y != y) or math.isclose(x, y, rel_tol=1e-5)  # no number is near infinity


def _stability(rows: Sequence[StabilityRow]) -> View | None:
    if not rows:
        return None
    bad = [r.result for r in rows if r.fails]
    good = [f"{_result(r)} within {r.naive_ulp:.0f} ulp" for r in rows if not r.fails]
    words = (
        f"Written as it stands, {_and(bad)} loses more than 1000 ulp or overflows. " if bad else ""
    )
    lead = f"{words}Errors are counted in ulp (doubles between the result and the 50-digit truth)."
    right = f"Right as written wherever it was tried: {_and(good)}." if good else ""
    return {"lead": lead, "rows": [_compared(r) for r in rows if r.fails], "right": right}


def _result(row: StabilityRow) -> str:
    return "the value" if row.result == "value" else row.result


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _compared(row: StabilityRow) -> View:
    lines = [("as written", ulp(row.naive_ulp)), ("as derivc compiles it", ulp(row.stable_ulp))]
    sentence = f"Fails for {row.regions}. At {row.at} it gives {row.naive_gives}, not {row.truth}."
    return {
        "title": "The value" if row.result == "value" else f"The derivative {row.result}",
        "math": math_of(row.naive, block=True), "spoken": row.naive.text,
        "sentence": sentence, "table": table("Worst error", ["", "ulp"], lines),
    }  # fmt: skip


def ulp(error: float) -> Markup:
    """An error in ulp as a table shows it."""
    if math.isinf(error):
        return Markup('<span class="bad">NaN or infinite</span>')
    shown = f"{error:.0f}" if error < 1e5 else number(error, 2)
    return Markup('<span class="{}">{}</span>').format("bad" if error > 1000 else "good", shown)


def _checks(page: Page) -> View | None:
    if not page.checks:
        return None
    fixed = f" ({page.fixed})" if page.fixed else ""
    what = _METHOD[page.kind]
    when = f" Measured {page.measured}." if page.measured else ""
    lead = f"Compiled code against 50-digit arithmetic{fixed}.{when} {what}"
    heads = ["result", "points", "worst error in ulp", "there", "ulp the truth moves"]
    lines = [_check(row) for row in page.checks]
    if not any(line[-1] for line in lines):
        heads, lines = heads[:-1], [line[:-1] for line in lines]
    return {"lead": lead, "table": table("Worst points", heads, lines, quiet=True)}


_METHOD = {
    "elementwise": "The true slope is a difference quotient at high precision, independent of any"
    " rule. The last column: how far the truth itself moves when an argument moves by one ulp.",
    "structural": "Errors are in ulp of the largest number of the result; the true cotangent is a"
    " difference quotient of the op in 60-digit arithmetic.",
    "yours": "",
}


def _check(row: CheckRow) -> list[Any]:
    return [row.result, str(row.points), ulp(row.ulp), row.at, _moves(row.moves)]


def _moves(moves: float) -> str:
    return "" if math.isnan(moves) else number(moves, 3)


def _peers(page: Page) -> View | None:
    if not page.peers:
        return None
    equal, points = (sum(getattr(r, name) for r in page.peers) for name in ("equal", "points"))
    lead = f"Equal within 16 ulp at {equal} of {points} comparisons."
    heads = ["result", "points", "equal", "derivc nearer to the truth", "PyTorch nearer"]
    lines = [[r.result, r.points, r.equal, r.ours_nearer, r.theirs_nearer] for r in page.peers]
    examples = [f"{r.result}: {r.example}." for r in page.peers if r.example]
    return {"library": "PyTorch", "lead": lead, "examples": examples,
            "table": table("Comparisons", heads, lines, quiet=True)}  # fmt: skip


def _unchecked(page: Page) -> list[str]:
    """What was not measured, said plainly."""
    said = []
    if not page.checks:
        said.append("No error was measured: " + (page.unchecked or _NO_POINT))
    elif not page.peers and page.kind != "yours":
        known = page.names.get("PyTorch")
        said.append(
            "PyTorch was not installed when the record was made, or refuses these arguments."
            if known else "PyTorch has no such function to compare with."
        )  # fmt: skip
    return said


_NO_POINT = "no point was found where the function has a real value."


def _contents(found: View) -> list[View]:
    entries = [("definition", "Definition")]
    entries += [(s["anchor"], s["title"]) for s in found["derivatives"]]
    if found["steps"]:
        entries.append(("steps", "Steps"))
    if found["singular"]:
        entries.append(("singularities", "Singularities"))
    if found["kinks"] or found["special"]:
        entries.append(("kinks", "Kinks"))
    if found["stability"]:
        entries.append(("stability", "Stability"))
    entries.append(("verification", "Verification"))
    if found["code"]:
        entries.append(("code", "Code"))
    return [{"anchor": name, "text": text} for name, text in entries]
