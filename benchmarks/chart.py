"""The chart: every formula a dot, each peer a row, and what one scalar call takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.base import GRADIENT
from benchmarks.peers.registry import OURS
from benchmarks.results import Record, by_case, geometric, tables

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8C8C8C", "#222222"
"""From the palette of Okabe and Ito, which everybody can tell apart."""

_NOT_DRAWN = ("derivc c, out=", "torch.compile", "C by hand")
_NAMES = {OURS: "derivc, C", "derivc numpy": "derivc, NumPy", "lambdify": "SymPy lambdify",
          "derivc c, all threads": "derivc, C, {cores} threads",
          "lambdify cse": "SymPy lambdify, cse", "lambdify math": "SymPy lambdify, math",
          "torch": "PyTorch eager", "copy floor": "copying memory only"}  # fmt: skip


def draw(records: Sequence[Record], more: dict[str, Any], target: Path) -> list[Path]:
    """Write a PNG and an SVG beside each other.

    Args:
        records, more: as in the JSON file. target: the path without its suffix.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    group, arrays, point = _found(records)
    style = {"font.size": 11, "font.family": "DejaVu Sans", "svg.hashsalt": "derivc"}
    with plt.rc_context(style):
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(11, 5.6), width_ratios=(1.75, 1), facecolor="white"
        )
        cores = more["machine"]["cores"]
        _ratios(left, arrays, cores)
        _calls(right, point, cores)
        _words(figure, more["machine"], group, arrays)
        return _written(figure, target)


def _found(records: Sequence[Record]) -> tuple[str, list[Record], list[Record]]:
    """The group with most cases, its records on the largest arrays, and those at one point."""
    keys = {k: v for k, v in tables(records).items() if k[1] == GRADIENT and k[2] == "float64"}
    sized = {k: v for k, v in keys.items() if k[3] > 1} or keys
    best = max(sized, key=lambda k: (len(by_case(sized[k])), k[3]))
    return best[0], sized[best], keys.get((*best[:3], 1), [])


def _rows(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for r in records:
        if r.peer not in _NOT_DRAWN:
            found.setdefault(r.peer, {})[r.case] = r.seconds
    return found


def _colour(peer: str) -> str:
    if peer.startswith("derivc"):
        return BLUE
    return ORANGE if peer == "copy floor" else GREY


def _ratios(axes: Any, records: Sequence[Record], cores: int) -> None:
    """A row a peer, a dot a formula, the geometric mean as a number."""
    rows = _rows(records)
    ours = rows[OURS]
    ratios = {p: [t / ours[c] for c, t in times.items()] for p, times in rows.items()}
    order = sorted(ratios, key=lambda p: geometric(ratios[p]))
    for y, peer in enumerate(order):
        _strip(axes, y, ratios[peer], _colour(peer), alone=peer == OURS)
    axes.axvline(1, color=BLUE, lw=1, zorder=0)
    _frame(axes, order, cores)
    axes.set_title("1,000,000 points: time relative to derivc, C", loc="left", fontsize=11)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}×")


def _strip(axes: Any, y: int, values: Sequence[float], colour: str, alone: bool) -> None:
    if not alone:
        jitter = np.random.default_rng(y).uniform(-0.24, 0.24, len(values))
        axes.scatter(values, y + jitter, s=11, color=colour, alpha=0.45, linewidths=0, zorder=2)
    mean = geometric(values)
    axes.plot([mean, mean], [y - 0.36, y + 0.36], color=colour, lw=3, zorder=3)
    axes.annotate(
        f"{mean:.2g}×" if mean < 9.95 else f"{mean:.0f}×", (max(values), y), (9, 0),
        textcoords="offset points", va="center", color=INK, fontweight="bold",
    )  # fmt: skip


def _calls(axes: Any, records: Sequence[Record], cores: int) -> None:
    """A bar a peer: microseconds of a call with Python floats, geometric mean over formulas."""
    rows = {p: t for p, t in _rows(records).items() if "threads" not in p}
    means = {p: 1e6 * geometric(t.values()) for p, t in rows.items()}
    order = sorted(means, key=lambda p: means[p])
    for y, peer in enumerate(order):
        axes.plot([0.05, means[peer]], [y, y], color=_colour(peer), lw=2, alpha=0.5, zorder=1)
        axes.scatter([means[peer]], [y], s=45, color=_colour(peer), zorder=2)
        axes.annotate(
            f"{means[peer]:.2g} µs" if means[peer] < 9.95 else f"{means[peer]:.0f} µs",
            (means[peer], y), (9, 0), textcoords="offset points", va="center", color=INK,
            fontweight="bold",
        )  # fmt: skip
    _frame(axes, order, cores)
    axes.set_xlim(0.05, 12 * max([*means.values(), 1]))
    axes.set_title("One call with Python floats", loc="left", fontsize=11)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g} µs")


def _frame(axes: Any, order: Sequence[str], cores: int) -> None:
    """A log scale, names at the left, the quickest on top, and nothing that is not needed."""
    axes.set_xscale("log")
    names = [_NAMES.get(p, p).format(cores=cores) for p in order]
    axes.set_yticks(range(len(order)), names)
    axes.set_ylim(len(order) - 0.4, -0.6)
    for label, peer in zip(axes.get_yticklabels(), order, strict=True):
        label.set_color(BLUE if peer.startswith("derivc") else INK)
        label.set_fontweight("bold" if peer == OURS else "normal")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.grid(axis="x", color="#E4E4E4", lw=0.8, zorder=0)
    axes.set_axisbelow(True)
    axes.margins(x=0.12)


def _words(figure: Any, machine: dict[str, Any], group: str, records: Sequence[Record]) -> None:
    count = len(by_case(records))
    kind = "functions" if group == "functions" else "formulas"
    figure.suptitle(
        f"Value and gradient of {count} {kind}", x=0.012, ha="left", fontsize=15,
        fontweight="bold", color=INK,
    )  # fmt: skip
    figure.text(
        0.012, 0.012,
        "A dot is one formula, the number the geometric mean. float64, one thread unless it says"
        f" otherwise, medians of interleaved rounds.\n{machine['processor']},"
        f" {machine['cores']} cores, {machine['date']}. benchmarks/README.md has the command.",
        fontsize=8.5, color="#555555", va="bottom",
    )  # fmt: skip
    figure.tight_layout(rect=(0, 0.06, 1, 0.98))


def _written(figure: Any, target: Path) -> list[Path]:
    places = [target.with_suffix(suffix) for suffix in (".png", ".svg")]
    target.parent.mkdir(parents=True, exist_ok=True)
    for place in places:
        plain = {"Date": None} if place.suffix == ".svg" else {}
        figure.savefig(place, dpi=160, metadata=plain, facecolor="white")
    return places
