"""The site's templates: HTML, so that what is not marked as markup is escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derivc.codegen.environment import template_root

STYLE = ("colours.css", "text.css", "bar.css", "page.css", "narrow.css")
SCRIPTS = {"theme.js": ("theme.js",), "search.js": ("match.js", "search.js")}
"""The parts of the site's style sheet and of its scripts, in order."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment that pages are rendered in: undefined names are errors."""
    return Environment(
        loader=FileSystemLoader(template_root()), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False,
    )  # fmt: skip


def render(template: str, **values: Any) -> str:
    """A template of `templates/docs/` laid out with finished parts."""
    return environment().get_template(f"docs/{template}").render(**values)


def static(names: tuple[str, ...]) -> str:
    """Files of `templates/docs/static/`, one after the other."""
    folder = static_folder()
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def static_folder() -> Path:
    """Where the style sheets and scripts lie."""
    return template_root() / "docs" / "static"
