"""Where the boxes of a diagram go: in layers, with few crossings, always the same.

The layers are by longest path; the order within a layer by the barycentre of the neighbours
(Sugiyama, Tagawa and Toda 1981), an arrow over several layers passing through a point in each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import final

from derivc.tensor.drawing.diagram import Diagram

CHARACTER, LINE, MARGIN = 7.2, 16.0, 10.0
_GAP, _LEVEL, _POINT = 26.0, 46.0, 12.0
_SWEEPS, _LEAF = 12, 0.02


@final
class Placed:
    """A box or a point of an arrow: its centre and size, in pixels.

    `weight` says how much its place counts against its neighbours': leaves give way.
    """

    def __init__(self, layer: int, width: float, height: float, weight: float = 1.0):
        self.layer, self.width, self.height, self.weight = layer, width, height, weight
        self.x = self.y = 0.0


@final
@dataclass(frozen=True)
class Layout:
    """Where everything is.

    Attributes:
        places: by key. paths: per arrow the keys from end to end. width, height: of the picture.
    """

    places: dict[str, Placed]
    paths: list[list[str]]
    width: float
    height: float


def arrange(diagram: Diagram) -> Layout:
    """Place all boxes and the points that long arrows pass through."""
    layers = _layers(diagram)
    places = {
        box.key: Placed(
            layers[box.key],
            max(len(line) for line in box.lines) * CHARACTER + 2 * MARGIN,
            len(box.lines) * LINE + MARGIN,
            _LEAF if box.kind == "leaf" else 1.0,
        )
        for box in diagram.boxes
    }
    paths = _paths(diagram, layers, places)
    rows = _ordered(places, paths)
    _spread(rows, places, paths)
    return _framed(rows, places, paths)


def _layers(diagram: Diagram) -> dict[str, int]:
    """One more than the deepest box before; a leaf stands right above its first use."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for start, end, _ in diagram.arrows:
        before[end].append(start)
        after[start].append(end)
    found: dict[str, int] = {}
    for box in diagram.boxes:
        found[box.key] = 1 + max((found[b] for b in before[box.key]), default=-1)
    for box in diagram.boxes:
        if not before[box.key] and after[box.key]:
            found[box.key] = min(found[a] for a in after[box.key]) - 1
    return found


def _paths(diagram: Diagram, layers: dict[str, int], places: dict[str, Placed]) -> list[list[str]]:
    paths = []
    for k, (start, end, _) in enumerate(diagram.arrows):
        path = [start]
        for layer in range(layers[start] + 1, layers[end]):
            key = f"p{k}.{layer}"
            places[key] = Placed(layer, _POINT, 0.0)
            path.append(key)
        paths.append([*path, end])
    return paths


def _neighbours(paths: list[list[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for one, two in pairwise(path):
            down[one].append(two)
            up[two].append(one)
    return up, down


def _ordered(places: dict[str, Placed], paths: list[list[str]]) -> list[list[str]]:
    """The layers, each in an order with few crossings."""
    rows: list[list[str]] = [
        [] for _ in range(1 + max((p.layer for p in places.values()), default=0))
    ]
    for key, place in places.items():
        rows[place.layer].append(key)
    up, down = _neighbours(paths)
    rank = {key: i for row in rows for i, key in enumerate(row)}
    for sweep in range(_SWEEPS):
        near = up if sweep % 2 == 0 else down
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=lambda key: (_mean([rank[n] for n in near[key]], rank[key]), rank[key]))
            rank.update((key, i) for i, key in enumerate(row))
    return rows


def _mean(numbers: list[int] | list[float], default: float) -> float:
    return sum(numbers) / len(numbers) if numbers else default


def _spread(rows: list[list[str]], places: dict[str, Placed], paths: list[list[str]]) -> None:
    """Horizontal places: near the neighbours, in order, none overlapping."""
    up, down = _neighbours(paths)
    for row in rows:
        _push_apart(row, places, [0.0] * len(row))
    for sweep in range(2 * _SWEEPS):
        near = up if sweep % 2 == 0 else down
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_pulled([places[n] for n in near[key]], places[key].x) for key in row]
            _push_apart(row, places, wanted)


def _pulled(near: list[Placed], default: float) -> float:
    """Where the neighbours want a box to be, by their weights."""
    whole = sum(p.weight for p in near)
    return sum(p.weight * p.x for p in near) / whole if near else default


def _push_apart(row: list[str], places: dict[str, Placed], wanted: list[float]) -> None:
    """As near to the wanted places as order and widths allow.

    Boxes that touch make a block, which moves to the mean of what they want.
    """
    blocks: list[tuple[float, float, float]] = []  # centre, weight, width
    sizes = [places[key].width + _GAP for key in row]
    groups: list[list[int]] = []
    for i, size in enumerate(sizes):
        blocks.append((wanted[i], places[row[i]].weight, size))
        groups.append([i])
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1]):
            (a, n, w), (b, m, v) = blocks[-2], blocks[-1]
            whole = w + v
            # the centre of the joint block, so that on the mean each part is where it wants to be
            centre = (n * (a - w / 2 + whole / 2) + m * (b + v / 2 - whole / 2)) / (n + m)
            blocks[-2:] = [(centre, n + m, whole)]
            groups[-2:] = [groups[-2] + groups[-1]]
    for (centre, _, width), group in zip(blocks, groups, strict=True):
        left = centre - width / 2
        for i in group:
            places[row[i]].x = left + sizes[i] / 2
            left += sizes[i]


def _touch(one: tuple[float, float, float], two: tuple[float, float, float]) -> bool:
    return one[0] + one[2] / 2 > two[0] - two[2] / 2


def _framed(rows: list[list[str]], places: dict[str, Placed], paths: list[list[str]]) -> Layout:
    left = min((p.x - p.width / 2 for p in places.values()), default=0.0) - MARGIN
    y = MARGIN
    for row in rows:
        height = max(places[key].height for key in row)
        for key in row:
            places[key].x -= left
            places[key].y = y + height / 2
        y += height + _LEVEL
    width = max((p.x + p.width / 2 for p in places.values()), default=0.0) + MARGIN
    return Layout(places, paths, width, y - _LEVEL + MARGIN)
