"""A picture of characters: braille dots where the terminal knows them, else plain ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, final

import numpy as np

Array = Any
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_DASH = 7.0
_ASCII = "*+o%#@xo"


@final
class Canvas:
    """Cells of characters, each of several dots; later layers lie on top.

    Args:
        width, height: in characters. unicode: braille of 2 by 4 dots, else one dot a character.

    Example:
        >>> canvas = Canvas(3, 1, unicode=False)
        >>> canvas.dots(np.array([0.0, 1.0]), np.array([0.5, 0.5]), 0)
        >>> canvas.rows()
        [[('*', 0), (' ', -1), ('*', 0)]]
    """

    def __init__(self, width: int, height: int, unicode: bool = True):
        self.width, self.height, self.unicode = width, height, unicode
        self.fine = (width * 2, height * 4) if unicode else (width, height)
        self._dots = np.zeros((self.fine[1], self.fine[0]), dtype=np.int8)
        self._text: dict[tuple[int, int], tuple[str, int]] = {}

    def dots(self, x: Array, y: Array, layer: int) -> None:
        """Dots at places in the unit square, (0, 0) at the lower left; others are left out."""
        columns = np.round(x * (self.fine[0] - 1)).astype(int)
        lines = np.round((1 - y) * (self.fine[1] - 1)).astype(int)
        inside = (columns >= 0) & (columns < self.fine[0]) & (lines >= 0) & (lines < self.fine[1])
        self._dots[lines[inside], columns[inside]] = layer + 1

    def curve(self, x: Array, y: Array, layer: int, dashed: bool = False) -> None:
        """Places in the unit square joined by straight lines, clipped to it; perhaps dashed."""
        if not len(x):
            return
        y = np.clip(y, -1.0, 2.0)
        steps = np.maximum(np.abs(np.diff(x)) * self.fine[0], np.abs(np.diff(y)) * self.fine[1])
        counts = np.minimum(np.ceil(steps).astype(int) + 1, 4 * sum(self.fine))
        pieces = [np.linspace(0, 1, n, endpoint=False) for n in counts] + [np.zeros(1)]
        start = np.repeat(np.arange(len(x)), [len(p) for p in pieces])
        part, last = np.concatenate(pieces), np.minimum(start + 1, len(x) - 1)
        across, up = x[start] + part * (x[last] - x[start]), y[start] + part * (y[last] - y[start])
        if dashed:
            gone = np.hypot(np.diff(across) * self.fine[0], np.diff(up) * self.fine[1])
            shown = np.concatenate([[0.0], np.cumsum(gone)]) % _DASH < _DASH * 0.6
            across, up = across[shown], up[shown]
        self.dots(across, up, layer)

    def sign(self, x: float, y: float, sign: str, layer: int) -> None:
        """One character at a place in the unit square."""
        if 0 <= x <= 1 and 0 <= y <= 1:
            column, line = round(x * (self.width - 1)), round((1 - y) * (self.height - 1))
            self._text[line, column] = (sign, layer)

    def column(self, x: float, sign: str, layer: int) -> None:
        """A vertical line of one character, behind everything else."""
        if 0 <= x <= 1:
            for line in range(self.height):
                self._text.setdefault((line, round(x * (self.width - 1))), (sign, layer - 1000))

    def rows(self) -> list[list[tuple[str, int]]]:
        """Characters with their layers (-1 for none), line by line."""
        return [[self._cell(i, j) for j in range(self.width)] for i in range(self.height)]

    def _cell(self, line: int, column: int) -> tuple[str, int]:
        sign, layer = self._text.get((line, column), ("", -1))
        if sign and layer > -500:
            return sign, layer
        tall, wide = self.fine[1] // self.height, self.fine[0] // self.width
        block = self._dots[line * tall : (line + 1) * tall, column * wide : (column + 1) * wide]
        if not block.any():
            return (sign, layer + 1000) if sign else (" ", -1)
        top = int(block.max()) - 1
        return (self._braille(block) if self.unicode else _ASCII[top % len(_ASCII)]), top

    def _braille(self, block: Array) -> str:
        return chr(0x2800 + sum(_DOTS[i][j] for i, j in np.argwhere(block)))


def painted(rows: Iterable[Sequence[tuple[str, int]]], paint: Any) -> list[str]:
    """Lines of text; `paint(text, layer)` colours runs of one layer."""
    lines = []
    for row in rows:
        text, run, current = "", "", -1
        for sign, layer in row:
            if layer != current and run:
                text += paint(run, current) if current >= 0 else run
                run = ""
            run, current = run + sign, layer
        text += paint(run, current) if current >= 0 else run
        lines.append(text.rstrip())
    return lines
