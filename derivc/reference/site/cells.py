"""The smallest parts of pages: formulas, tables, numbers, words as markup."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from derivc.reference.pages.page import Formula, number
from derivc.reference.site.mathml import mathml

View = dict[str, Any]
"""What a template lays out, by name."""

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


def spoken(text: str) -> Markup:
    """A sentence with what stands in backticks set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return Markup("{}").format(text)
    marks = (Markup("<code>{}</code>") if i % 2 else Markup("{}") for i in range(len(parts)))
    return Markup("").join(mark.format(part) for mark, part in zip(marks, parts, strict=True))


def linked(text: str) -> Markup:
    """Text whose addresses are links."""
    parts = re.split(r"(https?://[^\s,;)]+)", text)
    link = Markup('<a href="{0}" rel="noreferrer">{0}</a>')
    return Markup("").join(
        link.format(part) if i % 2 else Markup("{}").format(part) for i, part in enumerate(parts)
    )


def code(words: Iterable[str]) -> Markup:
    """Words set as code, with spaces between them."""
    return Markup(" ").join(Markup("<code>{}</code>").format(word) for word in words)


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


def slope(words: str) -> str:
    """Numbers as a table shows them: signs for minus and infinity.

    Example:
        >>> slope("0.5, -inf, nan")
        '0.5, −∞, NaN'
    """
    return words.replace("inf", "∞").replace("nan", "NaN").replace("-", "−")


def ulp(error: float) -> Markup:
    """An error in ulp as a table shows it."""
    if math.isinf(error):
        return Markup('<span class="bad">NaN or infinite</span>')
    shown = f"{error:.0f}" if error < 1e5 else number(error, 2)
    return Markup('<span class="{}">{}</span>').format("bad" if error > 1000 else "good", shown)
