"""The site of the reference: a page for every op, and the tables that lead to them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from derivc.errors import UnknownOpError
from derivc.reference import names as names_of
from derivc.reference.names import every_name
from derivc.reference.pages.find import made_of
from derivc.reference.pages.page import Page
from derivc.reference.pages.picture import picture
from derivc.reference.site import notes, tables, write
from derivc.reference.site.extra import check_extra
from derivc.reference.site.frame import Frame, common_files, index_of
from derivc.reference.site.html import view

FRAME = Frame(
    "derivc reference",
    (("index.html", "Functions"), ("names.html", "By library"), ("kinks.html", "Kinks"),
     ("accuracy.html", "Accuracy"), *notes.addresses().items()),
    "torch.special.entr, F.gelu, softmax …",
)  # fmt: skip

Drawn = tuple[Page, str, str]
"""A page, its picture and the caption."""


def build(
    target: str | os.PathLike[str],
    processes: int | None = None,
    only: Sequence[str] | None = None,
) -> Path:
    """Build the site of the reference.

    Args:
        target: the folder. processes: how many work at once (default: up to four).
        only: the names of the ops to make pages of (default: all).

    Returns:
        The folder's path.

    Raises:
        SaveError: the folder holds something else, or cannot be written.
        MissingDependencyError: the `docs` extra is not installed.
    """
    write.check(target)
    check_extra()
    return write.write(target, files(processes, only))


def files(
    processes: int | None = None, only: Sequence[str] | None = None
) -> dict[str, str | bytes]:
    """The site's files by path; the same bytes for the same version and records."""
    drawn = _all(only or [op.name for op in names_of.pages()], processes)
    pages = [page for page, _, _ in drawn]
    entries = [(p.name, address(p), p.summary, _search_names(p)) for p in pages]
    found: dict[str, str | bytes] = {**common_files(index_of(entries))}
    for page, svg, caption in drawn:
        found[address(page)] = of_page(FRAME, page, address(page), svg, caption)
    return {**found, **tables.pages(FRAME, pages), **notes.pages(FRAME)}


def address(page: Page) -> str:
    """Where a page lies inside the site."""
    return f"ops/{page.name}.html"


def of_page(
    frame: Frame, page: Page, place: str, svg: str = "", caption: str = "", steps: str = "",
    singular: str = "",
) -> str:  # fmt: skip
    """The HTML of one page."""
    shown = view(page, svg, caption, steps, singular)
    return frame.page(
        "page.html.j2", place, page.name, description=page.summary.replace("`", ""), page=shown
    )


def _search_names(page: Page) -> list[str]:
    try:
        return list(dict.fromkeys(every_name(names_of.find(page.name))))[1:]
    except UnknownOpError:
        return list(page.aliases)


def _all(names: Sequence[str], processes: int | None) -> list[Drawn]:
    """The pages of these ops, in order; by several processes where there are several cores."""
    count = min(4, os.cpu_count() or 1) if processes is None else processes
    if count <= 1:
        return list(map(drawn_by_name, names))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        return list(pool.map(drawn_by_name, names, chunksize=4))


def drawn_by_name(name: str) -> Drawn:
    """The page of an op with its picture, found by its name."""
    op = names_of.find(name)
    page = made_of(op)
    if page.kind != "elementwise" or not page.given_input:
        return page, "", ""
    from derivc.reference.records.places import view as view_of

    seen = view_of(op)  # type: ignore[arg-type]
    if not seen.names:
        return page, "", ""
    return page, *picture(seen.tree, seen.names)
