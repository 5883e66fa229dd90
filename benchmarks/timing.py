"""Interleaved timing: the competitors take turns, so that a drifting machine favours nobody."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Thunk = Callable[[], Any]
_SLOW, _FEW = 0.05, 3


def once(thunk: Thunk, repeat: int = 1) -> float:
    """Seconds of one call, averaged over `repeat` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        thunk()
    return (time.perf_counter() - start) / repeat


def medians(thunks: Mapping[str, Thunk], rounds: int = 7, budget: float = 0.02) -> dict[str, float]:
    """The median seconds of each thunk over rounds in turn, after one warm-up call each.

    Short calls are repeated within a round until it takes about `budget` seconds; calls of more
    than `_SLOW` seconds take part in the first rounds only.
    """
    first = {}
    for name, thunk in thunks.items():
        thunk()
        first[name] = max(once(thunk), 1e-9)
    repeats = {name: max(1, int(budget / seconds)) for name, seconds in first.items()}
    found: dict[str, list[float]] = {name: [] for name in thunks}
    for i in range(rounds):
        for name in (n for n in thunks if i < _FEW or first[n] < _SLOW):
            thunk = thunks[name]
            found[name].append(once(thunk, repeats[name]))
    return {name: statistics.median(times) for name, times in found.items()}
