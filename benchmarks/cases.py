"""The functions that are measured, with a point or an array inside each domain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
"""The collection of real expressions, beside the checkout; what needs it is skipped without it."""


@dataclass(frozen=True)
class Case:
    """One expression with the interval of each variable."""

    name: str
    expression: str
    domain: dict[str, tuple[float, float]]

    def arrays(self, size: int, dtype: Any = np.float64) -> list[Any]:
        """One array per variable, sorted by name, uniform over its interval."""
        source = np.random.default_rng(7)
        return [source.uniform(*self.domain[v], size).astype(dtype) for v in sorted(self.domain)]

    def point(self) -> list[float]:
        """One point inside the domain, no two variables alike."""
        return [float(values[0]) for values in self.arrays(1)]


SEEDS = [
    Case("uv", "u**3 + v**2 + 4*u*v", {"u": (-3, 3), "v": (-3, 3)}),
    Case("sigmoid", "sigmoid(x)**2 + 3*x", {"x": (-5, 5)}),
    Case("banana", "100*(y - x**2)**2 + (1 - x)**2", {"x": (-2, 2), "y": (-2, 2)}),
    Case("bell", "sin(x)*exp(-x**2/2) + log(1 + x**2)", {"x": (-3, 3)}),
]


def feynman() -> list[Case]:
    """The physics formulas of the collection; empty when it is not there."""
    path = DATA / "feynman.json"
    items = json.loads(path.read_text()) if path.exists() else []
    return [
        Case(i["name"], i["expr"], {v: tuple(i["domain"][v]) for v in i["vars"]}) for i in items
    ]
