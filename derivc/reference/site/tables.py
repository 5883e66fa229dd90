"""The tables that lead to pages: by family, by library, by kink, by accuracy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from derivc.reference.names import LIBRARIES
from derivc.reference.pages.figures import date
from derivc.reference.pages.page import KinkRow, Page
from derivc.reference.site.cells import CONVENTION, anchor, math_of, slope, spoken, table, ulp
from derivc.reference.site.frame import Frame

_FIRST = ("activation", "loss", "arithmetic", "exponential", "trigonometric", "hyperbolic")

LEAD = (
    "Where are PyTorch's derivative formulas documented? Here: for every function the derivative in"
    " closed form, how cotangents go back, what is returned at kinks, how it is computed stably,"
    " and the error against 50 digits."
)
KEYS = "Press / and type any name: PyTorch's, JAX's, NumPy's, SciPy's or the function's own."


_ACCURACY = (
    "Worst errors of compiled code in ulp, against 50 digits, and where the formula computed as it"
    " is written is more than 1000 ulp off. Each page says at which point, and how far the truth"
    " itself moves there when the argument is rounded once."
)


def pages(frame: Frame, found: Sequence[Page]) -> dict[str, str]:
    """The front page and the tables."""
    return {
        "index.html": _index(frame, found), "names.html": _names(frame, found),
        "kinks.html": _kinks(frame, found), "accuracy.html": _accuracy(frame, found),
    }  # fmt: skip


def link(page: Page) -> Markup:
    """A link to a page, from the site's root."""
    return Markup('<a href="ops/{}.html">{}</a>').format(page.name, page.name)


def families(found: Iterable[Page]) -> list[tuple[str, list[Page]]]:
    """The pages by family: elementwise ones first, then by name; pages by name."""
    grouped: dict[str, list[Page]] = {}
    for page in found:
        grouped.setdefault(page.family, []).append(page)
    order = sorted(
        grouped,
        key=lambda f: (_FIRST.index(f) if f in _FIRST else len(_FIRST), _kind(grouped[f]), f),
    )
    return [(name, sorted(grouped[name], key=lambda p: p.name.lower())) for name in order]


def _kind(pages: Sequence[Page]) -> bool:
    return all(page.kind == "structural" for page in pages)


def _index(frame: Frame, found: Sequence[Page]) -> str:
    parts = [
        {"name": name, "title": f"{name[0].upper()}{name[1:]}", "anchor": anchor(name),
         "count": len(members), "table": _family(name, members)}
        for name, members in families(found)
    ]  # fmt: skip
    lines = [KEYS, f"{len(found)} functions. Records of {date()}." if date() else ""]
    return frame.page(
        "index.html.j2", "index.html", "Derivatives of functions", description=LEAD,
        heading="Derivatives, documented", lead=LEAD, lines=[x for x in lines if x],
        families=parts, refused=None,
    )  # fmt: skip


def _family(name: str, members: Sequence[Page]) -> dict[str, Any]:
    heads = ["function", "what it is", "derivative", "PyTorch"]
    return {**table(f"The family {name}", heads, map(_line, members), quiet=True), "cards": True}


def _line(page: Page) -> list[Any]:
    torch = page.names.get("PyTorch", ("",))[0]
    return [link(page), spoken(page.summary), short(page), Markup("<code>{}</code>").format(torch)
            if torch else ""]  # fmt: skip


def short(page: Page) -> Markup:
    """The derivative as a table shows it: the shortest form, and nothing where that is long."""
    rows = page.given_output or page.given_input or page.vjp
    shown = [r for r in (rows, page.given_input) if r]
    for row in (r[0] for r in shown):
        if 0 < len(row.formula.tex) <= 70 and "cases" not in row.formula.tex:
            return math_of(row.formula)
    return Markup("")


def _names(frame: Frame, found: Sequence[Page]) -> str:
    sections = []
    for library in LIBRARIES.values():
        rows = sorted(
            ((n, p) for p in found for n in p.names.get(library, ())),
            key=lambda row: (row[0].lower(), row[0], row[1].name),
        )
        lines = [[Markup("<code>{}</code>").format(n), link(p), spoken(p.summary)] for n, p in rows]
        shown = table(library, [f"{library}'s name", "page", "what it is"], lines, quiet=True)
        sections.append(
            {"anchor": anchor(library), "title": library, "table": shown,
             "lines": [f"{len(lines)} names."]}
        )  # fmt: skip
    return frame.page(
        "tables.html.j2", "names.html", "By library", heading="By the library's name",
        lines=["What PyTorch, JAX, NumPy and SciPy call a function, and its page."],
        sections=sections,
    )  # fmt: skip


def _kinks(frame: Frame, found: Sequence[Page]) -> str:
    """Every kink with the convention, side by side."""
    heads = ["function", "where", "derivc", "PyTorch", "JAX", "left", "right", "because"]
    rows = [
        [link(p), math_of(k.where), *map(slope, _sides(k)), k.because]
        for p in sorted(found, key=lambda p: p.name.lower()) for k in p.kinks
    ]  # fmt: skip
    marks = ["differs" if _differs(r[2], r[3:5]) else "" for r in rows]
    shown = table("Shaded: a library returns another slope", heads, rows, marks=marks)
    shown |= {"cards": True, "labelled": True}
    why = [CONVENTION, date() and f"Measured {date()}."]
    section = {"anchor": "", "title": "", "lines": [], "table": shown}
    return frame.page(
        "tables.html.j2", "kinks.html", "Conventions at kinks", heading="Conventions at kinks",
        lines=[x for x in why if x], sections=[section],
    )  # fmt: skip


def _sides(kink: KinkRow) -> tuple[str, ...]:
    return kink.derivc, kink.torch, kink.jax, kink.left, kink.right


def _differs(ours: str, theirs: Sequence[str]) -> bool:
    return any(t and t != ours for t in theirs)


def _accuracy(frame: Frame, found: Sequence[Page]) -> str:
    """The worst errors of every page, and where the formula as written fails."""
    heads = ["function", "worst value", "worst partial", "points", "written naively it fails for"]
    rows = [_accurate(p) for p in sorted(found, key=lambda p: p.name.lower()) if p.checks]
    lines = [
        _ACCURACY,
        f"Measured {date()}." if date() else "",
    ]  # fmt: skip
    section = {"anchor": "", "title": "", "lines": [],
               "table": table("Accuracy", heads, rows, quiet=True)}  # fmt: skip
    return frame.page(
        "tables.html.j2", "accuracy.html", "Accuracy", heading="Accuracy",
        lines=[x for x in lines if x], sections=[section],
    )  # fmt: skip


def _accurate(page: Page) -> list[Any]:
    value, *partials = page.checks
    fails = [f"{r.result}: {r.regions}" for r in page.stability if r.fails]
    worst = max((p.ulp for p in partials), default=None)
    return [link(page), ulp(value.ulp), "" if worst is None else ulp(worst), value.points,
            "; ".join(fails)]  # fmt: skip
