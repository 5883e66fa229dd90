"""Where a backward is tried: at moderate points, extreme ones, and where functions have kinks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from derivc.verify.audit.subject import Array, Case

EXTREMES = (
    -800.0, -100.0, -40.0, -20.0, 20.0, 40.0, 100.0, 800.0, -1e-4, -1e-8, 1e-8, 1e-4, -1e4, 1e4,
    -1e8, 1e8,
)  # fmt: skip
"""Where exponentials overflow, where differences cancel, and where squares swamp a one."""

SPECIAL = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0)
"""Where hand-written functions are pieced together most often."""

MODERATE, EXTREME, KINK, GIVEN = "moderate", "extreme", "special", "given"
JOINT = "special together"


@final
@dataclass(frozen=True)
class Point:
    """Arrays to call at, and cotangents to pull back.

    Args:
        kind: "given" (the user's own), "moderate", "extreme", "special", or "special together"
            where several arguments are so.
    """

    kind: str
    arrays: tuple[Array, ...]
    cotangents: tuple[Array, ...]


Domain = Mapping[str, tuple[float, float]]
Draw = Callable[[random.Random], float]

_DRAWS: tuple[Draw, ...] = (
    lambda s: s.gauss(0, 1),
    lambda s: s.uniform(0.05, 0.95),
    lambda s: 1 + s.expovariate(1.0),
    lambda s: s.gauss(0, 2.5),
    lambda s: s.uniform(-0.95, 0.95),
)


def points(
    case: Case,
    outputs: Sequence[Array],
    domain: Domain | None = None,
    specials: Sequence[float] = (),
    seed: int = 0,
) -> Iterator[Point]:
    """The points, in the order given, moderate, extreme, special.

    Args:
        case: the shapes. outputs: results there, for the shapes of the cotangents.
        domain: an interval for an argument by name; default: everywhere.
        specials: more numbers at which the function may have a kink.
        seed: of the random numbers.
    """
    for point in _all_points(case, outputs, domain, specials, seed):
        if not case.single:
            yield point
        elif point.kind != EXTREME:  # float32 overflows long before
            yield replace(point, arrays=_rounded(point.arrays),
                          cotangents=_rounded(point.cotangents))  # fmt: skip


def _rounded(arrays: Sequence[Array]) -> tuple[Array, ...]:
    return tuple(np.asarray(a, np.float32).astype(float) for a in arrays)


def _all_points(
    case: Case, outputs: Sequence[Array], domain: Domain | None, specials: Sequence[float],
    seed: int,
) -> Iterator[Point]:  # fmt: skip
    source = random.Random(seed)
    yield Point(GIVEN, case.arrays, _cotangents(source, outputs))
    for index in range(_count(case)):
        draw = _DRAWS[index % len(_DRAWS)]
        arrays = [_drawn(source, a, draw, _range(domain, n)) for n, a in _named(case)]
        yield Point(MODERATE, tuple(arrays), _cotangents(source, outputs))
    for values, kind in ((EXTREMES, EXTREME), ((*SPECIAL, *specials), KINK)):
        yield from _swept(source, case, outputs, values, kind, domain)


def _told(value: float) -> float:
    """A number that six digits tell, so that a reader can try the same one."""
    return float(f"{value:.6g}")


def _named(case: Case) -> list[tuple[str, Array]]:
    return list(zip(case.moving_names, case.arrays, strict=True))


def _count(case: Case) -> int:
    """So many moderate points that some hundred numbers are compared."""
    return int(min(15, max(8, 60 // max(1, case.size))))


def _range(domain: Domain | None, name: str) -> tuple[float, float] | None:
    return (domain or {}).get(name)


def _drawn(source: random.Random, like: Array, draw: Draw, within: Any) -> Array:
    size = range(np.size(like))
    numbers = [_told(source.uniform(*within) if within else draw(source)) for _ in size]
    return np.array(numbers, float).reshape(np.shape(like))


def _cotangents(source: random.Random, outputs: Sequence[Array]) -> tuple[Array, ...]:
    """Numbers of both signs, none near zero."""
    made = []
    for like in outputs:
        size = range(np.size(like))
        drawn = [source.choice((-1, 1)) * _told(source.uniform(0.5, 1.5)) for _ in size]
        made.append(np.array(drawn).reshape(np.shape(like)))
    return tuple(made)


def _swept(
    source: random.Random,
    case: Case,
    outputs: Sequence[Array],
    values: Sequence[float],
    kind: str,
    domain: Domain | None,
) -> Iterator[Point]:
    """One argument at a time (and all together) takes these values, the others moderate ones."""
    named = _named(case)
    together = [set(range(len(named)))] if len(named) > 1 else []
    for chosen in [*({i} for i in range(len(named))), *together]:
        width = max(1, max((np.size(named[i][1]) for i in chosen), default=1))
        for start in range(0, len(values), width):
            arrays = []
            for i, (name, like) in enumerate(named):
                within = _range(domain, name)
                if i in chosen:
                    arrays.append(_filled(values[start:], like, within))
                else:
                    arrays.append(_drawn(source, like, _DRAWS[0], within))
            joint = kind == KINK and len(chosen) > 1
            yield Point(JOINT if joint else kind, tuple(arrays), _cotangents(source, outputs))


def _filled(values: Sequence[float], like: Array, within: Any) -> Array:
    """An array that starts with these values and repeats them, kept inside the domain."""
    made = np.resize(np.array(values, float), np.shape(like))
    return made if within is None else np.clip(made, *within)
