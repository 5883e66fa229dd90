"""How pictures look: colours that are read on white and on black, dashes that survive a copier."""

from __future__ import annotations

from typing import Any

COLOURS = ("#2a7fd4", "#e0661a", "#2b9a57", "#9a66dd", "#c2427a", "#8a7a1f", "#2398a3", "#7d7d7d")
"""One an order; each has a contrast of at least 3 to white and to black."""
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (6, 2, 1.2, 2)), (0, (1.5, 1.6)))
INK = "#3d434a"
"""Of text and axes on paper; in SVG it becomes the colour of the page's text."""

PARAMETERS = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": 11.5,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.16,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "mathtext.fontset": "cm",
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
}


def dashes(order: int) -> Any:
    """The line style of an order."""
    return DASHES[order % len(DASHES)]


def colour(order: int) -> str:
    """The colour of an order."""
    return COLOURS[order % len(COLOURS)]
