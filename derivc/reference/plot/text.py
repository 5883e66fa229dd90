"""Plots in a terminal: f and f' with axes, a legend and marks; two variables as shades."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from derivc.errors import InputTypeError
from derivc.reference.plot.canvas import Canvas, painted
from derivc.reference.plot.figure import label_of
from derivc.reference.plot.marks import Mark
from derivc.reference.plot.picture import Picture, picture
from derivc.reference.plot.source import Source, rest, source_of, variables
from derivc.reference.plot.surface import Field, field
from derivc.reference.plot.window import Window

Paint = Callable[[str, int], str]
_MARGIN = 10
_LEAST = (24, 6)
_SIGNS = {"dot": ("●", "o"), "ring": ("○", "O"), "asymptote": ("┊", ":"), "wild": ("┊", ":")}
_SHADES = (" ░▒▓█", " .:*#")
_AXIS = (("│", "┤", "└", "─", "┬"), ("|", "+", "+", "-", "+"))


def text_plot(
    source: Any,
    variable: Any = None,
    orders: Sequence[int] = (0, 1),
    domain: Any = None,
    at: Mapping[str, Any] | None = None,
    width: int = 80,
    height: int = 20,
    unicode: bool = True,
    paint: Paint = lambda text, layer: text,
) -> str:
    """A plot as lines of text.

    Args:
        source, variable, orders, domain, at: as for `derivc.plot`.
        width, height: of everything, in characters. unicode: whether braille may be used.
        paint: colours a text by the order of its curve.

    Raises:
        InputTypeError: more than two variables, or an option is wrong.

    Example:
        >>> print(text_plot("abs(x)", width=30, height=8, unicode=False).splitlines()[0])
        f(x) *  f'(x) +
    """
    read = source_of(source)
    names = variables(read, variable, at)
    size = max(width, _LEAST[0]), max(height, _LEAST[1])
    if len(names) == 2 and variable is None:
        shown = field(read, (names[0], names[1]), rest(read, names, at), domain, 96)
        return _shades(shown, size, unicode)
    if len(names) > 2:
        return "\n\n".join(
            _one(read, name, orders, domain, at, size, unicode, paint)
            for name in names[: _few(names)]
        )
    return _one(read, names[0], orders, domain, at, size, unicode, paint)


def _few(names: Sequence[str]) -> int:
    if len(names) > 6:
        raise InputTypeError(
            f"the function has {len(names)} variables: fix some with --at, or name one with --wrt;"
            f" they are {', '.join(names[:20])}"
        )
    return len(names)


def _one(
    read: Source, name: str, orders: Sequence[int], domain: Any, at: Any, size: tuple[int, int],
    unicode: bool, paint: Paint,
) -> str:  # fmt: skip
    fixed = rest(read, [name], at)
    span = domain.get(name) if isinstance(domain, dict) else domain
    shown = picture(read.line(name, fixed), orders, span, count=4 * size[0])
    held = {n: v for n, v in fixed.items() if n in read.names}
    return "\n".join(_lines(shown, size, unicode, paint, held))


def _lines(
    shown: Picture, size: tuple[int, int], unicode: bool, paint: Paint, held: Mapping[str, float]
) -> list[str]:
    """Legend, frames, notes; one frame for each order where they differ much in size."""
    if shown.empty:
        low, high = map(_short, shown.domain)
        return [f"no real value for {shown.variable} from {low} to {high}"]
    apart = shown.apart and len(shown.curves) > 1
    every = range(len(shown.curves))
    groups = [(i,) for i in every] if apart else [tuple(every)]
    rows = max((size[1] - 2 - len(shown.notes)) // len(groups) - (1 if apart else 0), 4)
    lines = [] if apart else [_legend(shown, groups[0], unicode, paint)]
    for group in groups:
        lines += [_legend(shown, group, unicode, paint)] if apart else []
        limits = shown.limits[group[0]] if apart else shown.together
        lines += _frame(shown, group, limits, (size[0], rows), unicode, paint)
    fixed = ", ".join(f"{n} = {v:g}" for n, v in held.items())
    told = [*([f"at {fixed}"] if fixed else []), *_marked(shown), *shown.notes]
    return [*lines, *(part for line in told for part in textwrap.wrap(line, size[0]))]


def _legend(shown: Picture, group: Sequence[int], unicode: bool, paint: Paint) -> str:
    from derivc.reference.plot.canvas import _ASCII

    parts = []
    for i in group:
        order = shown.curves[i].order
        sample = ("⠤ ⠤ " if order else "⠤⠤⠤⠤") if unicode else _ASCII[i % len(_ASCII)]
        parts.append(f"{label_of(order, shown.variable)} {paint(sample, order)}")
    return "  ".join(parts)


def _frame(
    shown: Picture, group: Sequence[int], limits: Window, size: tuple[int, int], unicode: bool,
    paint: Paint,
) -> list[str]:  # fmt: skip
    width, height = size[0] - _MARGIN - 1, size[1] - 2
    canvas = Canvas(width, height, unicode)
    for i in group:
        curve = shown.curves[i]
        for x, y in curve.pieces:
            dashed = unicode and curve.order > 0
            canvas.curve(_unit(x, shown.domain), _unit(y, limits), i, dashed)
        if curve.band is not None:
            _band(canvas, curve.band, shown.domain, limits, i)
    orders = {shown.curves[i].order: i for i in group}
    for mark in shown.marks:
        _sign(canvas, mark, shown.domain, limits, orders, unicode)
    rows = painted(canvas.rows(), lambda text, layer: paint(text, shown.curves[layer].order))
    return [*_with_axis(rows, limits, unicode), *_below(shown.domain, width, unicode)]


def _unit(values: Any, span: Window) -> Any:
    with np.errstate(all="ignore"):
        return (values - span[0]) / (span[1] - span[0])


def _band(canvas: Canvas, band: Any, domain: Window, limits: Window, layer: int) -> None:
    x, low, high = band
    for share in np.linspace(0, 1, canvas.fine[1]):
        y = low + share * (high - low)
        canvas.dots(_unit(x, domain), _unit(y, limits), layer)


def _sign(
    canvas: Canvas, mark: Mark, domain: Window, limits: Window, orders: Mapping[int, int],
    unicode: bool,
) -> None:  # fmt: skip
    sign = _SIGNS[mark.style][0 if unicode else 1]
    x = float(_unit(mark.x, domain))
    if mark.style in ("asymptote", "wild"):
        if mark.order == -1 or mark.order in orders:
            canvas.column(x, sign, -1)
    elif mark.order in orders:
        canvas.sign(x, float(_unit(mark.y, limits)), sign, orders[mark.order])


def _with_axis(rows: list[str], limits: Window, unicode: bool) -> list[str]:
    """The rows behind an axis with a number at the top, the middle and the bottom."""
    line, joint = _AXIS[0 if unicode else 1][:2]
    last = len(rows) - 1
    middle = limits[1] - (limits[1] - limits[0]) * (last // 2) / max(last, 1)
    named = {0: limits[1], last // 2: middle, last: limits[0]}
    found = []
    for i, row in enumerate(rows):
        value = named.get(i, 0.0)
        tiny = abs(value) < 0.01 * (limits[1] - limits[0])
        number = f"{_short(0.0 if tiny else value)} {joint}" if i in named else line
        found.append(f"{number:>{_MARGIN}}{row}")
    return found


def _short(value: Any) -> str:
    return f"{float(value):.3g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def _below(domain: Window, width: int, unicode: bool) -> list[str]:
    """The horizontal axis, with numbers at its ends and in the middle."""
    corner, dash, joint = _AXIS[0 if unicode else 1][2:]
    axis = corner + "".join(
        joint if i in (0, width // 2, width - 1) else dash for i in range(width)
    )
    numbers = [_short(v) for v in (domain[0], sum(domain) / 2, domain[1])]
    gap = width - len(numbers[0]) - len(numbers[2])
    below = numbers[0] + numbers[1].center(gap) + numbers[2]
    return [" " * (_MARGIN - 1) + axis, " " * _MARGIN + below]


def _marked(shown: Picture) -> list[str]:
    """The singular places in words, where there are few."""
    places = sorted({(m.x, m.kind) for m in shown.marks})
    told = [f"{kind} at {shown.variable} = {_short(x)}" for x, kind in places]
    return [f"marked: {', '.join(told[:6])}{', ...' if len(told) > 6 else ''}"] if told else []


def _shades(shown: Field, size: tuple[int, int], unicode: bool) -> str:
    """A function of two variables as shades, dark to light, with the range of values."""
    shades = _SHADES[0 if unicode else 1]
    if shown.empty:
        return f"no real value for {' and '.join(shown.names)} in the part drawn"
    width, height = size[0] - _MARGIN - 1, size[1] - 5
    x = np.linspace(0, len(shown.x) - 1, width).round().astype(int)
    y = np.linspace(len(shown.y) - 1, 0, height).round().astype(int)
    values, (low, high) = shown.values[np.ix_(y, x)], shown.limits
    with np.errstate(all="ignore"):
        level = np.clip((values - low) / (high - low) * len(shades), 0, len(shades) - 1)
    rows = [
        "".join("?" if v != v else shades[int(v)] for v in line).rstrip() for line in level
    ]  # fmt: skip
    spans = (shown.x[0], shown.x[-1]), (shown.y[0], shown.y[-1])
    name = f"f({', '.join(shown.names)})"
    head = f"{name} from {_short(low)} '{shades[0]}' to {_short(high)} '{shades[-1]}'"
    across = f"{shown.names[0]} across, {shown.names[1]} up" + (
        "; ? where there is no real value" if np.isnan(values).any() else ""
    )
    lines = [head, *_with_axis(rows, spans[1], unicode), *_below(spans[0], width, unicode), across]
    return "\n".join(lines)
