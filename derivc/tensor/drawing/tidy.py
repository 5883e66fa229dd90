"""Large diagrams made readable: leaves that are used everywhere, and long chains."""

from __future__ import annotations

from collections import Counter

from derivc.tensor.drawing.diagram import Box, Diagram

_USES = 3
_MANY = 60
_TALLEST = 12


def tidied(graph: Diagram) -> Diagram:
    """The same graph with fewer long arrows and, when it is large, fewer boxes."""
    return joined(repeated(graph)) if len(graph.boxes) > _MANY else repeated(graph)


def repeated(graph: Diagram) -> Diagram:
    """A leaf with many uses stands beside every one of them, in full only at the first."""
    uses = Counter(start for start, _, _ in graph.arrows)
    many = {b.key: b for b in graph.boxes if b.kind == "leaf" and uses[b.key] > _USES}
    found = Diagram()
    copies: dict[str, list[Box]] = {}
    seen: Counter[str] = Counter()
    for start, end, label in graph.arrows:
        if start in many:
            seen[start] += 1
        if start in many and seen[start] > 1:
            copy = Box(f"{start}_{seen[start]}", many[start].lines[:1], "leaf")
            copies.setdefault(end, []).append(copy)
            found.arrows.append((copy.key, end, label))
        else:
            found.arrows.append((start, end, label))
    for box in graph.boxes:
        found.boxes.extend([*copies.get(box.key, []), box])
    return found


def joined(graph: Diagram) -> Diagram:
    """Operations that only follow one another share a box, one line each."""
    after = Counter(start for start, _, _ in graph.arrows)
    before = Counter(end for _, end, _ in graph.arrows)
    boxes = {box.key: box for box in graph.boxes}
    place = {key: key for key in boxes}
    lines = {key: list(box.lines) for key, box in boxes.items()}
    for start, end, _ in graph.arrows:
        first = place[start]
        plain = boxes[start].kind == boxes[end].kind == "op"
        room = len(lines[first]) + len(lines[end]) <= _TALLEST
        if plain and after[start] == before[end] == 1 and room:
            place[end] = first
            lines[first] += lines[end]
    kept = [Box(k, lines[k], b.kind) for k, b in boxes.items() if place[k] == k]
    arrows = [(place[a], place[b], t) for a, b, t in graph.arrows if place[a] != place[b]]
    return Diagram(kept, arrows)
