"""The project's own texts (`docs/*.md`) as pages of the site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup

from derivc.errors import MissingDependencyError
from derivc.reference.site.frame import Frame

_PACKAGE = Path(__file__).resolve().parents[2]
TEXTS = {
    "steps": "Steps", "crosscheck": "Cross-checks", "custom": "Custom functions",
    "parity": "Parity", "better_than": "Better gradients", "native": "Native kernels",
    "scale": "Large data",
}  # fmt: skip
"""The texts that the site includes, and what their links say."""


def folder() -> Path | None:
    """Where the texts lie: the source tree's, else the installed copy; None where neither is."""
    for place in (_PACKAGE.parent / "docs", _PACKAGE / "_docs"):
        if (place / "parity.md").is_file():
            return place
    return None


def addresses() -> dict[str, str]:
    """Address and title of every text that is there."""
    place = folder()
    if place is None:
        return {}
    return {
        f"notes/{name}.html": title for name, title in TEXTS.items()
        if (place / f"{name}.md").is_file()
    }  # fmt: skip


def pages(frame: Frame) -> dict[str, str | bytes]:
    """The texts as pages, with the pictures they show."""
    place = folder()
    found: dict[str, str | bytes] = {}
    for address, title in addresses().items() if place else ():
        assert place is not None
        text = (place / f"{Path(address).stem}.md").read_text(encoding="utf-8")
        body = Markup(_html(text))  # noqa: S704  our own text
        found[address] = frame.page("text.html.j2", address, title, body=body)
        for picture in re.findall(r"\]\((images/[\w.-]+)\)", text):
            found[f"notes/{picture}"] = (place / picture).read_bytes()
    return found


def _html(text: str) -> str:
    """Markdown as HTML; links between texts lead to their pages, others out of the site."""
    shown = str(_markdown().render(text))
    shown = re.sub(r'href="(?:docs/)?(\w+)\.md(#[^"]*)?"', _to_page, shown)
    return re.sub(r'<a href="(\.\./[^"]*)">(.*?)</a>', r"\2", shown)


def _to_page(found: re.Match[str]) -> str:
    known = found[1] in TEXTS
    return f'href="{found[1]}.html{found[2] or ""}"' if known else 'href="../index.html"'


def _markdown() -> Any:
    try:
        from markdown_it import MarkdownIt
    except ImportError as problem:
        raise MissingDependencyError(
            "the site's texts are set with markdown-it-py: pip install 'derivc[docs]'"
        ) from problem
    return MarkdownIt("commonmark", {"html": False}).enable("table")
