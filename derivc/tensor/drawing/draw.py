"""Pictures of a graph: SVG, DOT and Mermaid, with nothing to install."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, final

from derivc.errors import InputTypeError
from derivc.files import save_text
from derivc.tensor.drawing.diagram import Box, Diagram, diagram
from derivc.tensor.drawing.layout import LINE, Layout, Placed, arrange
from derivc.tensor.drawing.tidy import tidied
from derivc.tensor.tensor import Tensor

_FILL = {"leaf": "#d6e8fa", "op": "#eeeeee", "kernel": "#fdeccb", "output": "#d5efd5"}
_EDGE = {"leaf": "#5b8fc7", "op": "#999999", "kernel": "#d29a2f", "output": "#5fa75f"}
_STYLE = "font-family='ui-monospace,Menlo,Consolas,monospace' font-size='12'"


@final
class Drawing:
    """A picture of a graph; Jupyter shows it by itself.

    Attributes:
        svg, dot, mermaid: the picture as text.
    """

    def __init__(self, graph: Diagram):
        self.graph = graph

    @property
    def svg(self) -> str:
        """A picture that any browser shows."""
        return _svg(self.graph, arrange(self.graph))

    @property
    def dot(self) -> str:
        """Text for Graphviz."""
        lines = [
            f'  {box.key} [label="{_quoted(box.lines)}", fillcolor="{_FILL[box.kind]}"];'
            for box in self.graph.boxes
        ]
        lines += [
            f"  {start} -> {end}" + (f' [label="{_quoted([label])}"];' if label else ";")
            for start, end, label in self.graph.arrows
        ]
        head = '  node [shape=box, style="filled,rounded", fontname=monospace, fontsize=10];'
        return "\n".join(["digraph {", head, *lines, "}"]) + "\n"

    @property
    def mermaid(self) -> str:
        """Text for Mermaid, which Markdown viewers draw."""
        lines = [
            f'  {box.key}["{"<br/>".join(_entity(line) for line in box.lines)}"]:::{box.kind}'
            for box in self.graph.boxes
        ]
        lines += [
            f"  {start} -->" + (f'|"{_entity(label)}"| {end}' if label else f" {end}")
            for start, end, label in self.graph.arrows
        ]
        styles = [f"  classDef {k} fill:{_FILL[k]},stroke:{_EDGE[k]};" for k in _FILL]
        return "\n".join(["flowchart TD", *lines, *styles]) + "\n"

    def save(self, path: Any) -> None:
        """Write the picture to a file: .svg, .dot (.gv) or .mmd (.md).

        Raises:
            InputTypeError: the ending says nothing of these.
        """
        kinds = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".md": "mermaid"}
        kind = kinds.get(Path(path).suffix)
        if kind is None:
            raise InputTypeError(f"{path}: a drawing is saved as .svg, .dot or .mmd")
        save_text(path, getattr(self, kind))

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<drawing of {len(self.graph.boxes)} boxes, {len(self.graph.arrows)} arrows>"


def draw(tensors: Any, names: Mapping[str, Tensor] | None = None, values: bool = True) -> Drawing:
    """Draw the graph behind a tensor, or several.

    Leaves stand at the top, results at the bottom; a compiled kernel is one box that shows its
    formula, and an arrow into an elementwise operation shows the local derivative.

    Args:
        tensors: one, or a list of them. names: what to call leaves and results.
        values: show numbers and gradients, where there are few.

    Example:
        >>> import derivc as dc
        >>> x = dc.tensor(2.0, requires_grad=True)
        >>> dc.draw(x.sin(), {"x": x})
        <drawing of 3 boxes, 2 arrows>
    """
    many = list(tensors) if isinstance(tensors, list | tuple) else [tensors]
    for tensor in many:
        if not isinstance(tensor, Tensor):
            raise InputTypeError(f"expected a Tensor, got {type(tensor).__name__}")
    return Drawing(tidied(diagram(many, names, values)))


def _quoted(lines: list[str]) -> str:
    return "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)


def _entity(text: str) -> str:
    """Text in a Mermaid label: quotes, brackets and bars mean something there."""
    return "".join(c if c.isalnum() or c in " .,-+*/=()…_" else f"#{ord(c)};" for c in text)


_TIP = (
    "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7'"
    " orient='auto'><path d='M0 0L8 4L0 8z' fill='#777'/></marker></defs>"
)
"""The tip of an arrow."""


def _svg(graph: Diagram, layout: Layout) -> str:
    width, height = layout.width, layout.height
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0f}' height='{height:.0f}'"
        f" viewBox='0 0 {width:.0f} {height:.0f}' role='img' aria-label='computation graph'>"
    )
    parts = [head, _TIP, "<rect width='100%' height='100%' fill='white'/>"]
    arrows = list(zip(layout.paths, graph.arrows, strict=True))
    parts += [_curve([layout.places[k] for k in path]) for path, _ in arrows]
    parts += [_box(box, layout.places[box.key]) for box in graph.boxes]
    parts += _labels(arrows, layout)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _ends(path: list[Placed]) -> list[tuple[float, float]]:
    first, last = path[0], path[-1]
    inner = [(p.x, p.y) for p in path[1:-1]]
    return [(first.x, first.y + first.height / 2), *inner, (last.x, last.y - last.height / 2)]


def _curve(path: list[Placed]) -> str:
    points = _ends(path)
    text = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        text += f"C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
    return f"<path d='{text}' fill='none' stroke='#777' marker-end='url(#tip)'/>"


def _labels(arrows: list[tuple[list[str], tuple[str, str, str]]], layout: Layout) -> list[str]:
    """The labels; those of arrows into one box stand at different heights."""
    seen: Counter[str] = Counter()
    found = []
    for path, (_, end, text) in arrows:
        if text:
            found.append(_label([layout.places[k] for k in path], text, seen[end]))
            seen[end] += 1
    return found


def _label(path: list[Placed], text: str, before: int) -> str:
    """On the last piece of an arrow, before its tip."""
    (x0, y0), (x1, y1) = _ends(path)[-2:]
    t = (0.7, 0.42, 0.56, 0.28)[before % 4]
    x, y = x0 + t * t * (3 - 2 * t) * (x1 - x0), y0 + t * (y1 - y0)
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='middle' {_STYLE.replace('12', '10')}"
        f" fill='#a33' stroke='white' stroke-width='3' paint-order='stroke'>{escape(text)}</text>"
    )


def _box(box: Box, place: Placed) -> str:
    left, top = place.x - place.width / 2, place.y - place.height / 2
    shape = (
        f"<rect x='{left:.1f}' y='{top:.1f}' width='{place.width:.1f}' height='{place.height:.1f}'"
        f" rx='5' fill='{_FILL[box.kind]}' stroke='{_EDGE[box.kind]}'/>"
    )
    first = place.y - (len(box.lines) - 1) * LINE / 2 + 4
    texts = [
        f"<text x='{place.x:.1f}' y='{first + i * LINE:.1f}' text-anchor='middle' {_STYLE}"
        f"{' font-weight=' + repr('bold') if i == 0 else ''}>{escape(line)}</text>"
        for i, line in enumerate(box.lines)
    ]
    return "".join([shape, *texts])
