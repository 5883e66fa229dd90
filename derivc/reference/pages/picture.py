"""The picture of a page: the one place where pages ask for a plot.

`derivc.reference.plot` draws it; without matplotlib pages have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivc.errors import DerivcError
from derivc.reference.plot.svg import svg


def picture(
    tree: Any, names: Sequence[str], domain: tuple[float, float] | None = None
) -> tuple[str, str]:
    """An inline SVG of a function and its derivative, and its caption; "" where there is none.

    Args:
        tree: a SymPy expression. names: its variables; the first moves, the others are 1.
        domain: an interval for the first variable; default: the interesting part.
    """
    if not names:
        return "", ""
    moving, *others = names
    try:
        drawn = svg(tree, moving, domain=domain, at=dict.fromkeys(others, 1.0))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return "", ""
    rest = "".join(f", {name} = 1" for name in others)
    return drawn, f"The function and its derivative by {moving}{rest}."
