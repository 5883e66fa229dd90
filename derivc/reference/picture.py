"""The picture of a page: the one place where pages ask for a plot."""

from __future__ import annotations

import math
from typing import Any

from derivc.errors import DerivcError
from derivc.reference.plot.svg import svg


def picture(tree: Any, names: tuple[str, ...], domain: Any = None) -> tuple[str, str]:
    """An inline SVG of a function and its derivative, and its caption; "" where there is none.

    Args:
        tree: a SymPy expression. names: its variables; the first moves, the others are 1.
        domain: an interval for the first variable; default: the interesting part.
    """
    moving, *others = names
    try:
        drawn = svg(tree, moving, domain=domain, at=dict.fromkeys(others, 1.0))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return "", ""
    rest = "".join(f", {name} = 1" for name in others)
    return drawn, f"The function and its derivative by {moving}{rest}."


def visible(domain: Any) -> tuple[float, float]:
    """The part of an interval that a picture shows.

    Example:
        >>> visible((0, math.inf))
        (0.0, 6.0)
    """
    low, high = (float(end) for end in domain)
    if math.isinf(low) and math.isinf(high):
        return -5.0, 5.0
    if math.isinf(high):
        return low, low + 6.0
    return (high - 6.0, high) if math.isinf(low) else (low, high)
