"""A page as the parts that the templates lay out: every decision is made here, none there."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from derivc.errors import MissingDependencyError
from derivc.reference.pages.page import Formula, Page, Row
from derivc.reference.site.cells import CONVENTION, View, anchor, code, linked, math_of, spoken
from derivc.reference.site.render import render, static
from derivc.reference.site.sections import checks, kink, peers, special, stability, unchecked


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
        "derivatives": _sections(page), "kinks": [kink(k) for k in page.kinks],
        "special": special(page.special), "kink_note": CONVENTION,
        "stability": stability(page.stability), "checks": checks(page), "peers": peers(page),
        "unchecked": unchecked(page), "code": page.code,
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


def _definition(page: Page) -> View | None:
    if not page.definition:
        return None
    return {"math": math_of(page.definition, block=True), "text": page.definition.text}


def _paragraphs(text: str) -> Markup:
    """Text with empty lines between paragraphs, escaped."""
    parts = [html.escape(p) for p in re.split(r"\n\s*\n", text.strip()) if p]
    return Markup("".join(f"<p>{p}</p>" for p in parts))  # noqa: S704  escaped above


def _facts(page: Page) -> list[View]:
    """What is known beside formulas, one line each; what is empty is left out."""
    pairs: list[tuple[str, Any]] = [
        ("Domain", _domain(page)),
        ("Range", page.range), ("Defaults", code(f"{n}={v}" for n, v in page.defaults)),
        *((library, code(names)) for library, names in page.names.items()),
        ("Also called", code(page.aliases)), ("Source", linked(page.source)),
    ]  # fmt: skip
    return [{"name": name, "value": value} for name, value in pairs if value]


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
