"""Figures: one record a median, and what is computed from many."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.registry import OURS


@dataclass(frozen=True)
class Record:
    """The median seconds of one peer's call.

    Args:
        group: of cases. case, what, dtype, size, peer: what was measured.
    """

    group: str
    case: str
    what: str
    dtype: str
    size: int
    peer: str
    seconds: float


@dataclass(frozen=True)
class Ratio:
    """A peer's time over derivc c's: geometric mean over cases, and the least with its case."""

    mean: float
    least: float
    case: str
    count: int


Key = tuple[str, str, str, int]
"""Group, what, dtype and size: the records of one table."""


def geometric(values: Iterable[float]) -> float:
    """The geometric mean; NaN of nothing."""
    logs = [math.log(v) for v in values]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def tables(records: Sequence[Record]) -> dict[Key, list[Record]]:
    """The records of each table, in the order in which they were measured."""
    found: dict[Key, list[Record]] = {}
    for r in records:
        found.setdefault((r.group, r.what, r.dtype, r.size), []).append(r)
    return found


def by_case(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """Seconds by case and peer."""
    found: dict[str, dict[str, float]] = {}
    for r in records:
        found.setdefault(r.case, {})[r.peer] = r.seconds
    return found


def ratios(records: Sequence[Record], over: str = OURS) -> dict[str, Ratio]:
    """Each peer against derivc c (or another), over the cases that both did."""
    rows = by_case(records)
    peers = dict.fromkeys(r.peer for r in records)
    pairs = {p: {c: t[p] / t[over] for c, t in rows.items() if p in t and over in t} for p in peers}
    return {
        peer: Ratio(geometric(of.values()), *min((v, c) for c, v in of.items()), len(of))
        for peer, of in pairs.items()
        if of and peer != over
    }


def save(path: Path, records: Sequence[Record], more: dict[str, Any]) -> None:
    """Everything as JSON."""
    content = {**more, "records": [asdict(r) for r in records]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> tuple[list[Record], dict[str, Any]]:
    """What `save` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [Record(**r) for r in content.pop("records")], content
