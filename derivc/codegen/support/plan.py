"""The plan of a generated function, and the memory it computes in."""

from __future__ import annotations

import math
import threading
from typing import Any, final

import numpy as np

# --- carried ---


@final
class _Plan:
    """One function: its arguments, the shape of its result, and the code that computes it.

    `layout` is a list for a tuple of results and an array's own shape for each of them; `pack`
    nests results so; `typed` gives every number of a nested result another type; `computed` are
    the outputs that are neither constants nor arguments.
    """

    def __init__(self, **fields: Any):
        self.name: str = fields["name"]
        self.function = fields["function"]
        self.arguments: tuple[str, ...] = fields["arguments"]
        self.shapes: tuple[Any, ...] = fields["shapes"]
        self.layout = fields["layout"]
        self.own = _own_shapes(self.layout)
        self.pack = fields["pack"]
        self.typed: Any = fields.get("typed")
        self.computed = fields["computed"]
        self.numbers: Any = fields.get("numbers")
        self.uniform: Any = fields.get("uniform")
        self.block: Any = fields.get("block")
        self.scaled: Any = fields.get("scaled")
        self.work, self.bits = fields["work"], fields["bits"]
        self.rows = len(self.arguments) + sum(map(math.prod, self.own)) + self.work


def _own_shapes(layout: Any) -> list[Any]:
    if isinstance(layout, list):
        return [shape for part in layout for shape in _own_shapes(part)]
    return [layout]


@final
class _Scratch(threading.local):
    """The buffers of the last call in this thread, kept because fresh memory is slow to touch."""

    key: Any = None
    rows: tuple[list[Any], list[Any]] = ([], [])

    def take(self, plan: _Plan, length: int, dtype: Any) -> tuple[list[Any], list[Any]]:
        key = (plan.work, plan.bits, length, dtype)
        if key != self.key:
            work, bits = np.empty((plan.work, length), dtype), np.empty((plan.bits, length), bool)
            self.rows, self.key = (list(work), list(bits)), key
        return self.rows


_scratch = _Scratch()
