"""Functions of two variables: contours with the gradient field, or a surface."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc import compiler
from derivc.reference.plot.figure import tick
from derivc.reference.plot.source import Source
from derivc.reference.plot.style import INK, colour
from derivc.reference.plot.window import Window, window

Array = Any
_CELLS = 160
_ARROWS = 17
_LEVELS = 14
_COARSE = 61


@final
@dataclass(frozen=True)
class Field:
    """Values on a grid, gradients on a coarser one.

    Args:
        names: of the two variables. x, y: the places along each. values: (len(y), len(x)), NaN
            where there is none. arrows: x, y, df/dx, df/dy, each flat. limits: of the values shown.
        clipped: whether values run off to infinity.
    """

    names: tuple[str, str]
    x: Array
    y: Array
    values: Array
    arrows: tuple[Array, Array, Array, Array]
    limits: Window
    clipped: bool

    @property
    def empty(self) -> bool:
        """Whether there is no finite value."""
        return not bool(np.isfinite(self.values).any())


def field(
    source: Source,
    names: tuple[str, str],
    fixed: dict[str, float],
    domain: Any = None,
    cells: int = _CELLS,
) -> Field:
    """Sample a function of two variables and its gradient.

    Args:
        source: the function. names: the variables. fixed: numbers for the others.
        domain: one interval for both, or a pair of intervals, or a dictionary by name.
    """
    spans = _spans(source, names, fixed, domain)
    x, y = (np.linspace(low, high, cells) for low, high in spans)
    kernel = compiler.compile(source.definition, wrt=names, convention=source.convention)
    values = _on_grid(kernel.value, source, names, fixed, np.meshgrid(x, y))[0]
    values = np.where(np.isfinite(values), values, np.nan)
    limits, clipped = _limits(values)
    return Field(names, x, y, values, _arrows(kernel, source, names, fixed, spans), limits, clipped)


def _on_grid(
    call: Any,
    source: Source,
    names: tuple[str, str],
    fixed: dict[str, float],
    grid: Sequence[Array],
) -> list[Array]:
    """The results of a compiled function on the grid, one array each."""
    given = {**fixed, **dict(zip(names, grid, strict=True))}
    with np.errstate(all="ignore"):
        found = call(*(given[name] for name in source.definition.inputs))
    results = found if isinstance(found, tuple) else (found,)
    return [np.broadcast_to(np.asarray(r, dtype=float), grid[0].shape) for r in results]


def _arrows(
    kernel: Any, source: Source, names: tuple[str, str], fixed: dict[str, float], spans: Any
) -> tuple[Array, Array, Array, Array]:
    """The gradient at the middles of a coarse grid, its length compressed, where it is finite."""
    axes = [low + (high - low) * (np.arange(_ARROWS) + 0.5) / _ARROWS for low, high in spans]
    grid = np.meshgrid(*axes)
    value, (u, v) = kernel.value_and_grad(*_given(source, names, fixed, grid))
    u, v, value = (
        np.broadcast_to(np.asarray(a, dtype=float), grid[0].shape) for a in (u, v, value)
    )
    with np.errstate(all="ignore"):
        size = np.hypot(u, v)
    fine = np.isfinite(size) & (size > 0) & np.isfinite(value)
    return grid[0][fine], grid[1][fine], u[fine], v[fine]


def _given(
    source: Source, names: tuple[str, str], fixed: dict[str, float], grid: Sequence[Array]
) -> list[Any]:
    given = {**fixed, **dict(zip(names, grid, strict=True))}
    return [given[name] for name in source.definition.inputs]


def _spans(source: Source, names: tuple[str, str], fixed: dict[str, float], domain: Any) -> Any:
    """An interval for each variable: as given, else what shows each alone."""
    from derivc.reference.plot.picture import _asked

    if isinstance(domain, dict):
        return [
            _asked(domain[n])[0] if n in domain else _alone(source, n, names, fixed) for n in names
        ]
    if domain is not None:
        pairs = domain if np.ndim(domain[0]) else (domain, domain)
        return [_asked(pair)[0] for pair in pairs]
    return [_alone(source, name, names, fixed) for name in names]


def _alone(source: Source, name: str, names: tuple[str, str], fixed: dict[str, float]) -> Window:
    """The hull of what shows the variable alone with the other at 1 and at -1/2."""
    other = names[1] if name == names[0] else names[0]
    found = []
    for value in (1.0, -0.5):
        line = source.line(name, {**fixed, other: value}, 10_000.0)
        if np.isfinite(line(0, np.linspace(-10, 10, 201))).any():
            found.append(window(line)[0])
    if not found:
        return -3.0, 3.0
    return min(low for low, _ in found), max(high for _, high in found)


def _limits(values: Array) -> tuple[Window, bool]:
    """The values to be told apart by colour: all, or all but the outermost when they run off."""
    fine = values[np.isfinite(values)]
    if not len(fine):
        return (-1.0, 1.0), False
    low, high = float(fine.min()), float(fine.max())
    inner = np.quantile(fine, [0.04, 0.96])
    if high - low > 12 * (inner[1] - inner[0]) > 0:
        return (float(inner[0]), float(inner[1])), True
    return ((low, high) if high > low else (low - 0.5, low + 0.5)), False


def draw_contour(ax: Any, shown: Field, bar: bool = True) -> None:
    """Filled contours, lines, and the gradient as arrows of compressed length."""
    levels = _levels(shown)
    filled = ax.contourf(
        shown.x, shown.y, np.ma.masked_invalid(shown.values), levels=levels, cmap="viridis",
        extend="both" if shown.clipped else "neither",
    )  # fmt: skip
    ax.contour(
        shown.x, shown.y, np.ma.masked_invalid(shown.values), levels=levels, colors="white",
        linewidths=0.5, alpha=0.55,
    )  # fmt: skip
    _quiver(ax, shown)
    ax.set_xlabel(shown.names[0])
    ax.set_ylabel(shown.names[1])
    ax.spines[["top", "right"]].set_visible(True)
    ax.xaxis.set_major_formatter(tick)
    ax.yaxis.set_major_formatter(tick)
    ax.set_xlim(shown.x[0], shown.x[-1])
    ax.set_ylim(shown.y[0], shown.y[-1])
    if bar:
        ax.figure.colorbar(filled, ax=ax, format=lambda v, _: tick(float(f"{v:.3g}"), _), pad=0.02)


def _levels(shown: Field) -> Array:
    """Evenly spaced; by quantiles where a few large values would take all the colours."""
    low, high = shown.limits
    fine = shown.values[(shown.values >= low) & (shown.values <= high)]
    middle = float(np.median(fine)) if len(fine) else 0.0
    even = _round_levels(low, high)
    if high > low and not 0.06 < (middle - low) / (high - low) < 0.94:
        ranks = np.unique(np.quantile(fine, np.linspace(0, 1, _LEVELS)))
        return ranks if len(ranks) > 4 else even
    return even


def _round_levels(low: float, high: float) -> Array:
    """Round numbers that cover the limits."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(_LEVELS).tick_values(low, high)


def _quiver(ax: Any, shown: Field) -> None:
    x, y, u, v = shown.arrows
    if not len(x):
        return
    wide, high = shown.x[-1] - shown.x[0], shown.y[-1] - shown.y[0]
    u, v = u * wide, v * high  # steepest per width of the picture, so that arrows cross the lines
    size = np.hypot(u, v)
    top = float(np.quantile(size, 0.95)) or 1.0
    length = np.minimum(size / top, 1.0) ** 0.4 / size
    ax.quiver(
        x, y, u * length, v * length, color="white", alpha=0.9, pivot="mid", width=0.0032,
        scale=_ARROWS * 1.15, scale_units="width", headwidth=4.5,
    )  # fmt: skip


def draw_surface(ax: Any, shown: Field) -> None:
    """A surface in three dimensions, values beyond the limits cut off."""
    low, high = shown.limits
    grid = np.meshgrid(shown.x, shown.y)
    values = np.where((shown.values >= low) & (shown.values <= high), shown.values, np.nan)
    step = max(1, math.ceil(len(shown.x) / _COARSE))
    ax.plot_surface(
        *grid, values, cmap="viridis", rstride=step, cstride=step, linewidth=0.2,
        edgecolor=INK, antialiased=True, vmin=low, vmax=high, alpha=0.95,
    )  # fmt: skip
    ax.set_xlabel(shown.names[0])
    ax.set_ylabel(shown.names[1])
    ax.set_zlabel("f", color=colour(0))
