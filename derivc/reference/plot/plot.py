"""`dc.plot` and `Kernel.plot`: the picture that fits the number of variables."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from derivc.errors import InputTypeError
from derivc.files import not_written, write_whole_bytes
from derivc.options import check_choice
from derivc.reference.plot.figure import draw, label_of, legend, matplotlib, new_figure, rendered
from derivc.reference.plot.picture import Picture, picture
from derivc.reference.plot.source import Source, rest, source_of, variables
from derivc.reference.plot.style import PARAMETERS
from derivc.reference.plot.surface import draw_contour, draw_surface, field

KINDS = ("auto", "line", "contour", "surface")
SCALES = ("linear", "log", "symlog")
FORMATS = ("svg", "png", "pdf")
_PANELS = 9
_LONGEST = 60


def plot(
    source: Any,
    variable: Any = None,
    *,
    orders: Sequence[int] = (0, 1),
    domain: Any = None,
    at: Mapping[str, Any] | None = None,
    kind: str = "auto",
    ax: Any = None,
    size: tuple[float, float] | None = None,
    title: str | None = None,
    xscale: str = "linear",
    yscale: str = "linear",
) -> Any:
    """Draw a function against its derivatives, with kinks and singular places marked.

    Of one variable: curves. Of two: contours with the gradient field, or a surface. Of more: one
    panel a variable, the others fixed. Nothing is shown by itself and pyplot is not touched;
    notebooks show the figure that is returned.

    Args:
        source: text, SymPy, a Python function of numbers, or a kernel.
        variable: to draw along, one or several; default: all that `at` does not fix.
        orders: of the derivatives; 0 is the function.
        domain: (low, high) of the variable; of two also a pair of these, or by name.
            Default: the part where something happens.
        at: numbers for variables that are fixed.
        kind: "line", "contour" or "surface"; default: by the number of variables.
        ax: matplotlib axes to draw into; default: a new figure.
        size: of the figure in inches. title: above; default: the formula.
        xscale, yscale: "linear", "log" or "symlog".

    Returns:
        The matplotlib Figure.

    Raises:
        MissingDependencyError: matplotlib is not installed.
        InputTypeError: an option is wrong, or the kind does not fit the variables.
        ShapeError: the function has several values.

    Example:
        >>> figure = plot("sin(x)/x", orders=(0, 1, 2))
        >>> [line.get_text() for line in figure.legends or figure.axes[0].texts]
        []
    """
    check_choice("kind", kind, KINDS)
    for name, scale in (("xscale", xscale), ("yscale", yscale)):
        check_choice(name, scale, SCALES)
    library = matplotlib()
    read = source_of(source)
    names = variables(read, variable, at)
    chosen = _kind(kind, names)
    with library.rc_context(PARAMETERS):
        if chosen == "line":
            return _lines(read, names, orders, domain, at, ax, size, title, (xscale, yscale))
        return _two(read, names, domain, at, chosen, ax, size, title)


def _kind(kind: str, names: Sequence[str]) -> str:
    if kind in ("contour", "surface") and len(names) != 2:
        raise InputTypeError(
            f"a {kind} is of two variables, this is of {len(names)}: {tuple(names)};"
            " name two with variable=, or fix the others with at="
        )
    if kind == "auto":
        return "contour" if len(names) == 2 else "line"
    return kind


def _lines(
    read: Source,
    names: Sequence[str],
    orders: Sequence[int],
    domain: Any,
    at: Mapping[str, Any] | None,
    ax: Any,
    size: tuple[float, float] | None,
    title: str | None,
    scales: tuple[str, str],
) -> Any:
    """One panel for each variable, the others fixed; only one variable into given axes."""
    if len(names) > _PANELS or (ax is not None and len(names) > 1):
        most = 1 if ax is not None else _PANELS
        raise InputTypeError(
            f"the function has {len(names)} variables and there is room for {most}: fix some with"
            f" at={{...}}, or name them with variable=; they are {', '.join(names[:20])}"
        )
    shown = []
    for name in names:
        line = read.line(name, rest(read, [name], at))
        span = domain.get(name) if isinstance(domain, dict) else domain
        shown.append((picture(line, orders, span, log=scales[0] == "log"), line.fixed))
    if len(shown) == 1:
        return _single(read, shown[0][0], shown[0][1], ax, size, title, scales)
    return _panels(read, shown, size, title, scales)


def _single(
    read: Source, shown: Picture, fixed: dict[str, float], ax: Any, size: Any, title: Any,
    scales: tuple[str, str],
) -> Any:  # fmt: skip
    """One variable: one frame, or one for each order where they differ much in size."""
    apart = ax is None and shown.apart and len(shown.curves) > 1
    rows = len(shown.curves) if apart else 1
    if ax is None:
        figure = new_figure(*(size or (6.4, 2.4 + 1.8 * rows)))
        axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    else:
        figure, axes = ax.figure, [ax]
    draw(shown, axes, _labels(read, shown, fixed), scales)
    for frame in axes:
        legend(frame)
    if title != "":
        axes[0].set_title(title or _heading(read, fixed), pad=20)
    return figure


def _panels(read: Source, shown: Any, size: Any, title: Any, scales: tuple[str, str]) -> Any:
    """Several variables: one frame for each."""
    columns = 1 if len(shown) == 1 else 2 if len(shown) <= 4 else 3
    rows = math.ceil(len(shown) / columns)
    figure = new_figure(*(size or (4.4 * columns, 3.0 * rows + 0.4)))
    frames = figure.subplots(rows, columns, squeeze=False).ravel()
    for frame, (part, fixed) in zip(frames, shown, strict=False):
        labels = {c.order: label_of(c.order, part.variable) for c in part.curves}
        draw(part, [frame], labels, scales)
        frame.set_title(_fixed(fixed), fontsize=9, loc="right")
        legend(frame)
    for frame in frames[len(shown) :]:
        frame.set_visible(False)
    if title != "":
        figure.suptitle(title or _heading(read, {}), fontsize=10.5)
    return figure


def _two(
    read: Source, names: Sequence[str], domain: Any, at: Any, kind: str, ax: Any, size: Any,
    title: Any,
) -> Any:  # fmt: skip
    fixed = rest(read, names, at)
    shown = field(read, (names[0], names[1]), fixed, domain)
    figure = ax.figure if ax is not None else new_figure(*(size or (6.0, 4.8)))
    if ax is None:
        ax = figure.add_subplot(projection="3d" if kind == "surface" else None)
    (draw_surface if kind == "surface" else draw_contour)(ax, shown)
    if shown.empty:
        ax.set_title("no real value here")
    elif title != "":
        tail = {n: v for n, v in fixed.items() if n in read.names}
        ax.set_title(title or _heading(read, tail))
    return figure


def _labels(read: Source, shown: Picture, fixed: dict[str, float]) -> dict[int, str]:
    return {c.order: label_of(c.order, shown.variable) for c in shown.curves}


def _heading(read: Source, fixed: dict[str, float]) -> str:
    """The formula in mathematical notation where matplotlib can set it, else as text."""
    tail = f" at {_fixed(fixed)}" if fixed and len(read.names) > 1 else ""
    tex = _SPACED.sub(r"\1 \\,\\\2", sp.latex(read.definition.trees[0]))
    tex = _LOW.sub(r"\1\2\3", tex)
    if len(read.text) <= _LONGEST and _sets(tex):
        return f"$f = {tex}${tail}"
    return f"f = {read.text}{tail}"


_SPACED = re.compile(r"([\w}]) \\(sin|cos|tan|log|exp|sinh|cosh|tanh|operatorname)")
"""A factor before a function's name, between which matplotlib leaves no space."""


_LOW = re.compile(
    r"\\left([(|]|\\l(?:floor|ceil)\b)((?:(?!\\frac|\\left).)*?)\\right([)|]|\\r(?:floor|ceil)\b)"
)
"""Brackets around what is no taller than a letter, which matplotlib makes smaller than letters."""


def _fixed(fixed: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in list(fixed.items())[:6])


def _sets(tex: str) -> bool:
    """Whether matplotlib's mathematical notation knows all that the formula needs."""
    from matplotlib.mathtext import MathTextParser

    try:
        MathTextParser("agg").parse(f"${tex}$")
    except ValueError:
        return False
    return True


def check_path(path: str) -> str:
    """The format that the ending of a file's name says.

    Raises:
        InputTypeError: it is not .svg, .png or .pdf.
    """
    ending = str(path).rpartition(".")[2].lower()
    if ending not in FORMATS:
        raise InputTypeError(f"{path}: a picture is saved as .svg, .png or .pdf")
    return ending


def save_figure(figure: Any, path: str) -> None:
    """Write a figure: .svg, .png or .pdf, the same bytes every time.

    Raises:
        InputTypeError: the ending is none of these. SaveError: the file cannot be written.
    """
    ending = check_path(path)
    try:
        write_whole_bytes(path, rendered(figure, ending))
    except OSError as problem:
        raise not_written(path, problem) from problem
