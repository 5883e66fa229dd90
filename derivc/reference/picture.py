"""The picture of a page: the one place where pages ask for a plot.

`derivc.reference.plot` draws it; without matplotlib pages have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from derivc.errors import DerivcError

_SVG = "derivc.reference.plot.svg"


def picture(
    tree: Any, names: Sequence[str], domain: tuple[float, float] | None = None
) -> tuple[str, str]:
    """An inline SVG of a function and its derivative, and its caption; "" where there is none.

    Args:
        tree: a SymPy expression. names: its variables; the first moves, the others are 1.
        domain: an interval for the first variable; default: the interesting part.
    """
    draw = _drawer()
    if draw is None or not names:
        return "", ""
    moving, *others = names
    try:
        svg = draw(tree, moving, domain=domain, at=dict.fromkeys(others, 1.0))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return "", ""
    rest = "".join(f", {name} = 1" for name in others)
    return svg, f"The function and its derivative by {moving}{rest}."


def _drawer() -> Callable[..., str] | None:
    """The function that draws, or None where it cannot."""
    try:
        import matplotlib as mpl  # noqa: F401

        found: Callable[..., str] = import_module(_SVG).svg
    except ImportError:
        return None
    return found
