"""The Jinja environment: where templates lie, and how they are read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_PACKAGE = Path(__file__).resolve().parent.parent


def template_root() -> Path:
    """The folder of templates: the source tree's where there is one, else the installed copy."""
    beside = _PACKAGE.parent / "templates"
    is_source_tree = (beside / "numpy").is_dir()
    return beside if is_source_tree else _PACKAGE / "_templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment that all text is rendered in: undefined names are errors."""
    return Environment(  # noqa: S701  the output is Python, not HTML
        loader=FileSystemLoader(template_root()), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False,
    )  # fmt: skip


def render(template: str, **values: Any) -> str:
    """A template laid out with finished lines."""
    return environment().get_template(template).render(**values)
