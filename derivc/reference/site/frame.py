"""What all pages of a site share: its name, its links, its footer, the index of the search."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, final

from derivc.reference.site.render import SCRIPTS, STYLE, render, static
from derivc.version import __version__


@final
@dataclass(frozen=True)
class Frame:
    """The frame around every page.

    Args:
        site: the name of the site. links: addresses and texts of the pages linked at the top.
        placeholder: of the search box. footer: one sentence.
    """

    site: str
    links: tuple[tuple[str, str], ...] = ()
    placeholder: str = "Search"
    footer: str = f"Made by derivc {__version__}."

    def page(self, template: str, address: str, title: str, **values: Any) -> str:
        """One page at an address inside the site."""
        root = "../" * address.count("/")
        links = [{"href": h, "text": t, "here": h == address} for h, t in self.links]
        description = values.pop("description", title)
        return render(
            template, root=root, site=self.site, title=f"{title} · {self.site}", links=links,
            description=description, placeholder=self.placeholder, footer=self.footer, **values,
        )  # fmt: skip


def common_files(index: str) -> dict[str, str]:
    """The style sheet and the scripts, the index of the search among them."""
    scripts = {name: static(parts) for name, parts in SCRIPTS.items()}
    return {"style.css": static(STYLE), **scripts, "names.js": index}


def index_of(entries: Iterable[tuple[str, str, str, Sequence[str]]]) -> str:
    """The index of the search as a script: name, address, summary and further names of each page.

    Example:
        >>> index_of([("tanh", "ops/tanh.html", "A sigmoid.", ["torch.tanh"])]).splitlines()[1]
        '["tanh","ops/tanh.html","A sigmoid.",["torch.tanh"]]'
    """
    rows = [json.dumps([*e[:3], list(e[3])], separators=(",", ":")) for e in entries]
    inside = ",\n".join(rows).replace("<", "\\u003c")
    return f"const NAMES = [\n{inside}\n];\n"
