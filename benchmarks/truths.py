"""The 50-digit truth of value and partials at the points of an expression, kept between runs."""

from __future__ import annotations

import hashlib
import math
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from derivc.ir.program import Program
from derivc.verify import oracle
from derivc.verify.ulp import from_ordinal, ordinal, ulps

Point = tuple[float, ...]
KEPT = Path(tempfile.gettempdir()) / "derivc-truths"


@dataclass(frozen=True)
class Truth:
    """At one point: value, then partials; and how far each moves with one ulp in the arguments."""

    point: Point
    results: tuple[float, ...]
    conditions: tuple[float, ...]


def truths(program: Program, points: Sequence[Point]) -> list[Truth]:
    """One truth a point, from the file of an earlier run where there is one."""
    given = repr((str(program), points)).encode()
    path = KEPT / f"{hashlib.sha256(given).hexdigest()}.pickle"
    if path.exists():
        found: list[Truth] = pickle.loads(path.read_bytes())
        return found
    found = [_truth(program, point) for point in points]
    KEPT.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps(found))
    return found


def _truth(program: Program, point: Point) -> Truth:
    results = _results(program, point)
    beside = tuple(from_ordinal(ordinal(x) + (1 if i % 2 else -1)) for i, x in enumerate(point))
    moved = _results(program, beside) if any(map(math.isfinite, results)) else results
    return Truth(point, results, tuple(map(ulps, results, moved)))


def _results(program: Program, point: Point) -> tuple[float, ...]:
    value = oracle.truth_float(oracle.evaluate(program, point, 25)[0])
    if not math.isfinite(value):
        return (value,) + (math.nan,) * len(point)
    partials = (oracle.partial(program, point, i, 22) for i in range(len(point)))
    return (value, *map(oracle.truth_float, partials))
