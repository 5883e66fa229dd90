"""The picture of a page: the one place where pages ask for a plot."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from derivc import compiler
from derivc.errors import DerivcError


def picture(tree: Any, names: tuple[str, ...], domain: Any = None) -> tuple[str, str]:
    """An inline SVG of a function and its derivative, and its caption; "" where there is none.

    Args:
        tree: a SymPy expression. names: its variables; the first moves, the others are 1.
        domain: an interval for the first variable.
    """
    try:
        import matplotlib as mpl  # noqa: F401
    except ImportError:
        return "", ""
    moving, *others = names
    seen = tree.xreplace({s: 1 for s in tree.free_symbols if s.name in others})
    try:
        svg = _drawn(seen, moving, domain or (-5.0, 5.0))
    except (DerivcError, ArithmeticError, ValueError, TypeError):
        return "", ""
    rest = "".join(f", {name} = 1" for name in others)
    return svg, f"The function and its derivative by {moving}{rest}." if svg else ""


def _drawn(tree: Any, name: str, domain: tuple[float, float]) -> str:
    """TEMPORARY, until `derivc.reference.plot.svg` is merged: two curves."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    kernel = compiler.compile(tree, inputs=[name])
    x = np.linspace(*domain, 401)
    with np.errstate(all="ignore"):
        value, (slope,) = kernel.value_and_grad(x)
    if not np.isfinite(value).any():
        return ""
    with mpl.rc_context({"svg.hashsalt": "derivc", "svg.fonttype": "none"}):
        figure = Figure(figsize=(6.4, 3.2))
        axes = figure.add_subplot()
        axes.plot(x, np.clip(value, *_limits(value)), color="#0b57b1", label="f")
        axes.plot(x, np.clip(slope, *_limits(slope)), color="#b3470c", label="f′", ls="--")
        axes.legend(frameon=False)
        figure.subplots_adjust(left=0.08, right=0.98, top=0.97, bottom=0.1)
        return _inline(figure, FigureCanvasSVG, f"f and its derivative by {name}")


def _limits(values: Any) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = np.quantile(finite, [0.03, 0.97]) if finite.size else (-1, 1)
    pad = max(high - low, 1e-3)
    return float(low - pad), float(high + pad)


def _inline(figure: Any, canvas: Any, title: str) -> str:
    import io

    stream = io.StringIO()
    canvas(figure)
    figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    svg = stream.getvalue()[stream.getvalue().index("<svg") :]
    svg = svg.replace("#0b57b1", "var(--plot-1)").replace("#b3470c", "var(--plot-2)")
    svg = re.sub(r"#000000|(?<=: )black", "currentColor", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)


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
