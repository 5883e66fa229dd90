"""Where the comparison is made: given points, a domain, or everywhere; kinks are sought out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from numbers import Integral
from typing import Any

import numpy as np

from derivc.errors import InputTypeError, ShapeError
from derivc.verify import oracle
from derivc.verify.crosscheck.kinks import Kinks
from derivc.verify.crosscheck.subject import Subject
from derivc.verify.sample import check_domain, moderate, sample

Point = tuple[float, ...]

_LATTICE = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 6.0, 20.0)
_TRIES = 20
_LATTICE_TRIES = 400
_KINKS = 6


def chosen(subject: Subject, points: Any, domain: Any, seed: int, dtype: str) -> list[Point]:
    """The points of a check.

    Args:
        subject: the function. points: how many, or which: rows of numbers, or a column per name.
        domain: an interval per name, or None for everywhere.
        seed: of the generator. dtype: the points are numbers of this type.

    Returns:
        Points where the function has a real value, kinks among them; given ones as they are.

    Raises:
        InputTypeError: the points are no numbers. ShapeError: they do not fit the arguments.
    """
    if not isinstance(points, Integral):
        return [_rounded(p, dtype) for p in _given(subject, points)]
    if points < 1:
        raise InputTypeError(f"points must be a positive number, or points; got {points}")
    count = int(points)
    if domain is not None:
        check_domain(subject.names, domain)
    found = list(islice(_valid(subject, _candidates(subject, count, domain, seed), dtype), count))
    return list(dict.fromkeys([*found, *_kinks(subject, domain, dtype)]))


def _candidates(subject: Subject, count: int, domain: Any, seed: int) -> Iterator[Point]:
    if domain is not None:
        return iter(sample(subject.names, domain, _TRIES * count, seed=seed))
    usual = (p for p in moderate(subject.names, seed) if all(map(_is_usual, p)))
    return islice(usual, _TRIES * count)


def _is_usual(x: float) -> bool:
    return 1e-6 < abs(x) < 1e6


def _valid(subject: Subject, points: Iterator[Point], dtype: str) -> Iterator[Point]:
    """The points, rounded, where every output is a real number that the type holds."""
    largest = float(np.finfo(dtype).max)
    for point in points:
        moved = _rounded(point, dtype)
        if all(map(math.isfinite, moved)) and _is_real(subject, moved, largest):
            yield moved


def _is_real(subject: Subject, point: Point, largest: float) -> bool:
    values = oracle.evaluate(subject.program, point, 30)
    return all(abs(oracle.truth_float(v)) <= largest for v in values)


def _rounded(point: Sequence[float], dtype: str) -> Point:
    with np.errstate(over="ignore"):
        return tuple(float(x) for x in np.array(point, dtype))


def _kinks(subject: Subject, domain: Any, dtype: str) -> list[Point]:
    """Some points of a lattice that lie on kinks, inside the domain."""
    kinks = Kinks(subject.program)
    if not kinks.any:
        return []
    lattice = product(_LATTICE, repeat=len(subject.names))
    on_it = (
        point for point in islice(lattice, _LATTICE_TRIES)
        if _is_inside(subject, point, domain) and kinks.at(point)
    )  # fmt: skip
    return list(islice(_valid(subject, on_it, dtype), _KINKS))


def _is_inside(subject: Subject, point: Point, domain: Any) -> bool:
    for name, x in zip(subject.names, point, strict=True):
        low, high = (domain or {}).get(name) or (None, None)
        if (low is not None and x < low) or (high is not None and x > high):
            return False
    return True


def _given(subject: Subject, points: Any) -> list[Point]:
    if isinstance(points, Mapping):
        points = _from_columns(subject, points)
    try:
        table = np.array(points, np.float64)
    except (TypeError, ValueError):
        raise InputTypeError(f"points must be numbers, got {points!r}") from None
    width = len(subject.names)
    if table.ndim == 1 and width == 1:
        table = table.reshape(-1, 1)
    table = table.reshape(1, -1) if table.ndim == 1 else table.reshape(len(table), -1)
    if table.shape[1] != width or not len(table):
        raise ShapeError(
            f"every point needs {width} numbers, for {', '.join(subject.names)}; the points have"
            f" the shape {np.shape(points)}"
        )
    return [tuple(row) for row in table.tolist()]


def _from_columns(subject: Subject, columns: Mapping[str, Any]) -> Any:
    missing = [name for name in subject.names if name not in columns]
    if missing:
        raise InputTypeError(f"points= lacks a column for {', '.join(missing)}")
    arrays = [np.atleast_1d(np.asarray(columns[name], float)) for name in subject.names]
    return np.stack(np.broadcast_arrays(*arrays), -1)
