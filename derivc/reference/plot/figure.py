"""A picture of one variable drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, final

import numpy as np

from derivc.errors import MissingDependencyError
from derivc.reference.plot.curves import Curve
from derivc.reference.plot.marks import Mark
from derivc.reference.plot.picture import Picture, name
from derivc.reference.plot.style import PARAMETERS, colour, dashes

_RING = 3.4
_INSIDE = 0.86


def matplotlib() -> Any:
    """The library.

    Raises:
        MissingDependencyError: it is not installed.
    """
    try:
        import matplotlib as mpl
        import matplotlib.figure
    except ImportError as problem:
        raise MissingDependencyError(
            'pictures need matplotlib: python -m pip install "derivc[plot]"'
            " (derivc plot without -o draws in the terminal without it)"
        ) from problem
    return mpl


@cache
def _shown() -> Any:
    """The class of figures that notebooks show by themselves, whatever backend is chosen."""
    from matplotlib.figure import Figure

    @final
    class Shown(Figure):
        """A matplotlib Figure that is no part of pyplot."""

        def _repr_png_(self) -> bytes:
            return rendered(self, "png", dpi=144)

    Shown.__name__ = Shown.__qualname__ = "Figure"
    return Shown


def new_figure(width: float, height: float) -> Any:
    """An empty figure of this size in inches, outside pyplot: no window opens."""
    library = matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with library.rc_context(PARAMETERS):
        figure = _shown()(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def rendered(figure: Any, form: str, dpi: float = 200) -> bytes:
    """The figure as the bytes of a file: svg, png or pdf, without a date."""
    import io

    library = matplotlib()
    stream = io.BytesIO()
    settings = {**PARAMETERS, "svg.fonttype": "none", "svg.hashsalt": "derivc"}
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}}
    with library.rc_context(settings):
        figure.savefig(
            stream, format=form, dpi=dpi, metadata=dated.get(form), transparent=form == "svg"
        )
    return stream.getvalue()


def draw(
    shown: Picture,
    axes: Sequence[Any],
    labels: dict[int, str],
    scales: tuple[str, str] = ("linear", "linear"),
) -> None:
    """Draw the curves into axes: one for all orders, or one for each."""
    alone = len(axes) == len(shown.curves) and len(axes) > 1
    for i, curve in enumerate(shown.curves):
        _curve(axes[i if alone else 0], curve, labels[curve.order])
    for i, ax in enumerate(axes):
        limits = shown.limits[i] if alone else shown.together
        orders = [c.order for c in (shown.curves[i : i + 1] if alone else shown.curves)]
        _frame(ax, shown, limits, scales)
        for mark in shown.marks:
            if mark.order in orders or mark.order == -1:
                _mark(ax, mark)
        _open_rings(ax, shown, scales)
    axes[-1].set_xlabel("\n".join([shown.variable, *shown.notes]))
    if shown.empty:
        axes[0].text(
            0.5, 0.6, "no real value here", transform=axes[0].transAxes, ha="center", va="center"
        )  # fmt: skip


def _curve(ax: Any, curve: Curve, label: str) -> None:
    look = {"color": colour(curve.order), "linestyle": dashes(curve.order)}
    if curve.band is not None:
        x, low, high = curve.band
        ax.fill_between(x, low, high, color=colour(curve.order), alpha=0.35, label=label, lw=0)
    for x, y in curve.pieces or (([], []),) * (curve.band is None):
        ax.plot(x, y, label=label, zorder=3 + 0.1 * curve.order, gid=f"curve{curve.order}", **look)
        label = "_"


def _frame(ax: Any, shown: Picture, limits: Any, scales: tuple[str, str]) -> None:
    """Limits, grid and the zero line."""
    ax.set_xscale(scales[0])
    ax.set_yscale(scales[1])
    ax.set_xlim(*shown.domain)
    low, high = limits
    if scales[1] == "linear":
        ax.set_ylim(low, high)
    for axis, scale in ((ax.xaxis, scales[0]), (ax.yaxis, scales[1])):
        if scale == "linear":
            axis.set_major_formatter(tick)
    ax.grid(True)
    if low < 0 < high:
        ax.axhline(0, color=ax.spines["bottom"].get_edgecolor(), lw=0.7, alpha=0.55, zorder=1)


def tick(value: float, _: Any) -> str:
    """A tick's number, without a power of ten that stands elsewhere."""
    return f"{value:g}".replace("e+", "e").replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")


def _mark(ax: Any, mark: Mark) -> None:
    ink = ax.spines["bottom"].get_edgecolor()
    if mark.style in ("asymptote", "wild"):
        look: Any = (0, (4, 3)) if mark.style == "asymptote" else (0, (1, 2))
        ax.axvline(mark.x, color=ink, lw=0.9, ls=look, alpha=0.7, zorder=1.5)
        return
    ring, own = mark.style == "ring", colour(mark.order)
    ax.plot(
        [mark.x], [mark.y], "o", ms=5.2 if ring else 4.6, mfc="none" if ring else own, mec=own,
        mew=1.3, zorder=5, clip_on=False, gid=f"{mark.style}{mark.order}",
    )  # fmt: skip


def _open_rings(ax: Any, shown: Picture, scales: tuple[str, str]) -> None:
    """Take the line out of the rings, so that they are open on any background."""
    rings = [m for m in shown.marks if m.style == "ring"]
    if scales != ("linear", "linear"):
        return
    wide, high = (_RING / 72 / _INSIDE / size for size in ax.figure.get_size_inches())
    high *= len(ax.figure.axes)
    for line in ax.lines:
        for mark in rings:
            if line.get_gid() == f"curve{mark.order}":
                x, y = (np.asarray(v, dtype=float) for v in line.get_data())
                radii = wide * np.ptp(ax.get_xlim()), high * np.ptp(ax.get_ylim())
                inside = np.hypot((x - mark.x) / radii[0], (y - mark.y) / radii[1]) < 1
                line.set_data(x, np.where(inside, np.nan, y))


def legend(ax: Any) -> None:
    """The names of the curves in one line above the axes, where they hide nothing."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0.1, handlelength=2.4,
        columnspacing=1.4, borderpad=0.2,
    )  # fmt: skip


def label_of(order: int, variable: str) -> str:
    """What a curve is called in the legend."""
    return f"{name(order)}({variable})"
