"""SymPy trees as text that can be read back, in the user's order, and as LaTeX."""

from __future__ import annotations

from typing import Any

from sympy.printing.latex import latex

from derivc.symbolic.text import TextPrinter, label, tex_label, text_of

__all__ = ["as_written", "label", "tex_label", "tex_of", "text_of"]


def as_written(tree: Any, text: str) -> str:
    """The tree as text in the user's order; the user's text where it is too deep to print."""
    try:
        return str(TextPrinter({"order": "none"}).doprint(tree))
    except RecursionError:
        return text


def tex_of(expr: Any) -> str:
    """The expression as LaTeX."""
    return str(latex(expr))
