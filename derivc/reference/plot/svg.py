"""Pictures as SVG text for web pages: on light and dark, with the page's own text colour."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from derivc.reference.plot.figure import draw, label_of, legend, matplotlib, new_figure, rendered
from derivc.reference.plot.picture import Picture, picture
from derivc.reference.plot.source import Source, rest, source_of, variables
from derivc.reference.plot.style import INK, PARAMETERS

_INCH = 72.0
_POINTS = 240


def svg(
    source: Any,
    variable: Any = None,
    orders: Sequence[int] = (0, 1),
    domain: tuple[float, float] | None = None,
    size: tuple[float, float] = (480, 300),
    title: str | None = None,
    at: Mapping[str, Any] | None = None,
) -> str:
    """A function and its derivatives as the text of an `<svg>` element.

    Text stands as text in the page's font and colour (`currentColor`), the background is
    transparent, identifiers are unique to the picture, and the same input gives the same bytes.

    Args:
        source: text, SymPy, a function of one number, or a kernel.
        variable: along which to draw, the others fixed (at `at`). orders: of the derivatives.
        domain: of the variable; default: the interesting part. size: in pixels.
        title: to be shown above; None for none.

    Raises:
        MissingDependencyError: matplotlib is not installed.

    Example:
        >>> svg("sigmoid(x)")[:4]
        '<svg'
    """
    read = source_of(source)
    (name,) = variables(read, variable, at)[:1]
    line = read.line(name, rest(read, [name], at))
    shown = picture(line, orders, domain, _POINTS)
    return of_picture(shown, read, size, title)


def of_picture(shown: Picture, read: Source, size: tuple[float, float], title: str | None) -> str:
    """The SVG text of a picture that is already sampled."""
    apart = shown.apart and len(shown.curves) > 1
    with matplotlib().rc_context(PARAMETERS):
        figure = new_figure(size[0] / _INCH, size[1] / _INCH)
        rows = len(shown.curves) if apart else 1
        axes = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
        draw(shown, axes, {c.order: label_of(c.order, shown.variable) for c in shown.curves})
        for ax in axes:
            legend(ax)
        if title:
            axes[0].set_title(title, pad=18)
    text = rendered(figure, "svg").decode("utf-8")
    described = title or f"Plot of {read.text}"
    return _inline(text, described, _description(shown, read))


def _description(shown: Picture, read: Source) -> str:
    """What the picture shows, in words."""
    low, high = shown.domain
    curves = " and ".join(label_of(c.order, shown.variable) for c in shown.curves)
    places = sorted({(m.x, m.kind) for m in shown.marks})
    marked = "; ".join(f"{kind} at {shown.variable} = {x:.6g}" for x, kind in places[:8])
    tail = f". Marked: {marked}" if marked else ""
    return f"{curves} of {read.text} for {shown.variable} from {low:g} to {high:g}{tail}."


_PROLOG = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_SIZES = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"')
_COMMENTS = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_STYLE = re.compile(r"\s*<style.*?</style>", re.DOTALL)
_FAMILY = re.compile(r"font: ([\d.]+)px [^;]*; font-family: [^;]*;")
_UNTURNED = re.compile(r' transform="rotate\(-?0 [^"]*"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_TAG = re.compile(r"<[^>]+>")
_JOINS = 'stroke-linejoin="round" font-family="system-ui, sans-serif" '


def _inline(text: str, title: str, description: str) -> str:
    """The picture as an element of a page: no prolog, own identifiers, the page's colour."""
    for unwanted in (_PROLOG, _METADATA, _COMMENTS, _STYLE, _UNTURNED):
        text = unwanted.sub("", text)
    key = "p" + hashlib.sha256((text + title).encode()).hexdigest()[:8]
    text = re.sub(r'\bid="', f'id="{key}-', text)
    text = re.sub(r"url\(#", f"url(#{key}-", text)
    text = re.sub(r'href="#', f'href="#{key}-', text)
    text = _FAMILY.sub(r"font-size: \1px;", text)
    text = _TAG.sub(lambda m: _short(m[0]), text.replace(INK, "currentColor"))
    text = re.sub(r"\s*\n\s*", "\n", text)
    head = (
        f'<title id="{key}-title">{html.escape(title)}</title>'
        f'<desc id="{key}-desc">{html.escape(description)}</desc>'
    )
    opening = f'role="img" aria-labelledby="{key}-title {key}-desc" {_JOINS}'
    text = _SIZES.sub(rf'\1width="\2" height="\3" {opening}', text, count=1)
    return re.sub(r"(<svg [^>]*>)", lambda m: m[1] + head, text, count=1).strip() + "\n"


def _short(tag: str) -> str:
    """Coordinates to a hundredth of a pixel."""
    return _LONG.sub(lambda m: f"{float(m[0]):.2f}", tag)
