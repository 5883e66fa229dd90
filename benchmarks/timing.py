"""Interleaved timing: the competitors take turns, so that a drifting machine favours nobody."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Thunk = Callable[[], Any]


def once(thunk: Thunk, repeat: int = 1) -> float:
    """Seconds of one call, averaged over `repeat` calls."""
    start = time.perf_counter()
    for _ in range(repeat):
        thunk()
    return (time.perf_counter() - start) / repeat


def medians(thunks: Mapping[str, Thunk], rounds: int = 7, budget: float = 0.02) -> dict[str, float]:
    """The median seconds of each thunk over rounds in turn, after one warm-up call each.

    Short calls are repeated within a round until it takes about `budget` seconds.
    """
    repeats = {}
    for name, thunk in thunks.items():
        thunk()
        repeats[name] = max(1, int(budget / max(once(thunk), 1e-9)))
    found: dict[str, list[float]] = {name: [] for name in thunks}
    for _ in range(rounds):
        for name, thunk in thunks.items():
            found[name].append(once(thunk, repeats[name]))
    return {name: statistics.median(times) for name, times in found.items()}
