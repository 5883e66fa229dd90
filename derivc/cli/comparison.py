"""A claimed derivative compared with the true one at points, both to 50 digits."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, final

import sympy as sp

from derivc.cli.formula import Formula
from derivc.cli.notation import label
from derivc.errors import DomainError
from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff

DIGITS = 50
_TRIES = 20
_TOLERANCE = sp.Float("1e-40")

Point = dict[str, float]


@final
@dataclass(frozen=True)
class Comparison:
    """The outcome at all points.

    Args:
        wrt: the variable. ok: whether all points agree. points: how many were compared.
        error: the largest relative error. at: where it is. true, given: the two numbers there.
    """

    wrt: str
    ok: bool
    points: int
    error: float
    at: Point
    true: str
    given: str

    def sentence(self) -> str:
        """The outcome in one line."""
        if self.ok:
            return f"{label([self.wrt])}: {self.points} points, relative error <= {self.error:.1e}"
        place = ", ".join(f"{name} = {value!r}" for name, value in self.at.items())
        return f"{label([self.wrt])}: at {place} it is {self.true}, not {self.given}"

    def record(self) -> dict[str, Any]:
        """The outcome for programs."""
        return {"label": label([self.wrt]), **self.__dict__}


def of_claim(formula: Formula, claim: Formula, name: str, points: int) -> Comparison:
    """Compare a claimed derivative with the true one, both to 50 digits."""
    given = canonical(claim.tree)
    names = sorted({*formula.names, *claim.names})
    return _compare(formula, name, names, points, lambda at: _number(given, at))


def _compare(
    formula: Formula,
    name: str,
    names: Sequence[str],
    points: int,
    given: Callable[[Point], Any],
) -> Comparison:
    """The worst of the points where the function has a real value and slope.

    Raises:
        DomainError: no such point was found.
    """
    value, slope = canonical(formula.tree), diff(formula.tree, name)
    found = [
        (_error(given(at), true), at, true)
        for at, true in islice(_truths(value, slope, names, points), points)
    ]
    if not found:
        raise DomainError("no point was found where the function has a real value and slope")
    error, at, true = max(found, key=lambda row: row[0])
    shown = [str(sp.N(number, 17)) for number in (true, given(at))]
    return Comparison(name, bool(error <= _TOLERANCE), len(found), float(error), at, *shown)


def _truths(
    value: Any, slope: Any, names: Sequence[str], points: int
) -> Iterator[tuple[Point, Any]]:
    """Points inside the domain, with the true slope there."""
    for at in _points(names, _TRIES * points):
        true = _number(slope, at)
        if true.is_finite and true.is_real and _number(value, at).is_real:
            yield at, true


def _points(names: Sequence[str], count: int) -> Iterator[Point]:
    """Always the same points: near 1, near 0, large, and inside (0, 1)."""
    draw = random.Random(0)
    kinds = (
        lambda: draw.gauss(0, 2), draw.random, lambda: 10 ** draw.uniform(-3, 1.5),
        lambda: 1 + draw.random(),
    )  # fmt: skip
    for index in range(count):
        yield {name: kinds[index % len(kinds)]() for name in names}


def _number(expr: Any, at: Point) -> Any:
    """The value to 50 digits; NaN where there is none."""
    exact = {sp.Symbol(name, real=True): sp.Rational(value) for name, value in at.items()}
    found = expr.xreplace(exact)
    found = found.evalf(DIGITS) if found.is_number else sp.nan
    return found if found.is_number else sp.nan


def _error(given: Any, true: Any) -> Any:
    """|given - true| / max(|true|, tiny); infinite where there is no number."""
    if not given.is_real or not given.is_finite:
        return math.inf
    return abs(given - true) / max(abs(true), sp.Float("1e-300"))
