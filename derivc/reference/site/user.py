"""The site of a user's own functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from derivc.reference.pages.page import Page
from derivc.reference.site.cells import table
from derivc.reference.site.frame import Frame, common_files, index_of
from derivc.reference.site.reference import of_page
from derivc.reference.site.tables import short


def files(title: str, made: Sequence[Any], refused: Mapping[str, str]) -> dict[str, str | bytes]:
    """The site's files by path.

    Args:
        title: of the site. made: pages with what is drawn on them. refused: reasons by name.
    """
    frame = Frame(title, (("index.html", "Functions"),), "name of a function")
    pages = [one.page for one in made]
    places = _places(pages)
    entries = [(p.name, places[p.name], p.summary or p.definition.text, ()) for p in pages]
    found: dict[str, str | bytes] = {**common_files(index_of(entries))}
    for one in made:
        place = places[one.page.name]
        found[place] = of_page(
            frame,
            one.page,
            place,
            one.picture,
            one.caption,
            one.steps,
            one.singular,
        )
    return {**found, "index.html": _index(frame, title, pages, places, refused)}


def _places(pages: Sequence[Page]) -> dict[str, str]:
    """An address for every name: letters that every file system takes, no two alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for page in pages:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", page.name).strip("-")[:80] or "function"
        place, number = stem, 1
        while place.lower() in taken:
            number += 1
            place = f"{stem}-{number}"
        taken.add(place.lower())
        found[page.name] = f"functions/{place}.html"
    return found


def _index(
    frame: Frame, title: str, pages: Sequence[Page], places: Mapping[str, str],
    refused: Mapping[str, str],
) -> str:  # fmt: skip
    rows = [
        [Markup('<a href="{}">{}</a>').format(places[p.name], p.name),
         p.summary or p.definition.text[:90], short(p)]
        for p in pages
    ]  # fmt: skip
    shown = table("Functions", ["function", "what it is", "derivative"], rows, quiet=True)
    members = {"name": "functions", "title": "Functions", "anchor": "functions",
               "count": len(pages), "table": shown}  # fmt: skip
    why = [[name, reason] for name, reason in refused.items()]
    left = table("Reasons", ["function", "why"], why, quiet=True) if why else None
    lead = f"{len(pages)} function{'' if len(pages) == 1 else 's'} with derivatives, each checked."
    return frame.page(
        "index.html.j2", "index.html", title, heading=title, lead=lead, lines=[],
        families=[members] if pages else [], refused=left,
    )  # fmt: skip
