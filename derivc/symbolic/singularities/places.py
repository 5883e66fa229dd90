"""From equations to places: isolated points and periodic families, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.errors import LimitError, UnsupportedError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.singularities.candidates import Candidate
from derivc.symbolic.singularities.precise import Budget
from derivc.symbolic.singularities.probe import DIGITS
from derivc.symbolic.singularities.roots import K, zeros
from derivc.symbolic.singularities.scan import REACH, scanned

FAILURES = (ArithmeticError, ValueError, TypeError, RecursionError, NotImplementedError)
"""What SymPy and mpmath raise at expressions that they cannot handle."""
_MOST = 60


@final
@dataclass(frozen=True)
class Place:
    """A point, or a family of points over the integer `K`.

    Args:
        at: the number or expression. because: of the candidate. exact: known in closed form.
    """

    at: Any
    because: str
    exact: bool = True

    @property
    def is_family(self) -> bool:
        """Whether it stands for a point for each integer."""
        return bool(self.at.has(K))

    def member(self, k: int) -> Any:
        """One point of the family."""
        return self.at.subs(K, k)

    def number(self) -> Any:
        """The point to 320 digits; NaN when it is not real."""
        return number_of(self.at)


def number_of(at: Any) -> Any:
    """A SymPy number to 320 digits; NaN when it is not real."""
    mp = mpmath()
    with mp.workdps(DIGITS):
        value = at if at.is_Rational else sp.N(at, DIGITS)
        if not value.is_number or not (value.is_real or value.is_Float or value.is_Rational):
            return mp.nan
        if value.is_Rational:
            return mp.mpf(int(value.p)) / int(value.q)
        try:
            return mp.mpf(value._to_mpmath(mp.prec))
        except FAILURES:
            return mp.nan


def places(found: list[Candidate], variable: Any, budget: Budget) -> tuple[list[Place], list[str]]:
    """All places that the candidates of one variable give, and notes on what was not solved."""
    kept: dict[Any, Place] = {}
    notes: list[str] = []
    for candidate in found[:_MOST]:
        if candidate.zero.free_symbols != {variable}:
            continue
        solved, exact = _solved(candidate, variable, budget, notes)
        for at in solved:
            known = kept.get(_key(at))
            because = _joined(known.because if known else "", candidate.because)
            kept[_key(at)] = Place(at, because, exact and not at.has(sp.Float))
    if len(found) > _MOST:
        notes.append(f"only the first {_MOST} of {len(found)} places in the formula were examined")
    return _without_repeats(list(kept.values())), notes


def _joined(known: str, more: str) -> str:
    """Both reasons, at most two, the graver first."""
    reasons = [r for r in known.split("; ") if r]
    if more in reasons or len(reasons) == 2:
        return known
    grave = more.startswith(("a division", "a pole", "the edge"))
    return "; ".join([more, *reasons] if grave else [*reasons, more])


def _solved(
    candidate: Candidate, variable: Any, budget: Budget, notes: list[str]
) -> tuple[list[Any], bool]:
    try:
        budget.take(20)
        return zeros(candidate.zero, variable), True
    except (UnsupportedError, *FAILURES):
        pass
    try:
        found = scanned(candidate.zero, variable, budget)
    except LimitError:
        notes.append(f"{candidate.zero} = 0 was not solved: too much work")
        return [], False
    except FAILURES:
        found = []
    notes.append(
        f"{candidate.zero} = 0 was solved numerically, for sign changes"
        f" between -{REACH} and {REACH}"
    )
    return found, False


def _key(at: Any) -> Any:
    if at.has(K):
        return at
    value = number_of(at)
    return mpmath().nstr(value, 40) if value == value else at


def _without_repeats(found: list[Place]) -> list[Place]:
    """Without families that are part of another: 2 pi k in pi k."""
    families = [place for place in found if place.is_family]
    return [p for p in found if not any(o is not p and _within(p, o) for o in families)]


def _within(part: Place, whole: Place) -> bool:
    """Whether an arithmetic progression, or a point, lies in another progression."""
    period = sp.diff(whole.at, K)
    if not part.is_family or not period.is_number or period == 0:
        return False
    own = sp.diff(part.at, K)
    shift = sp.nsimplify((part.at - whole.at).subs(K, 0) / period)
    ratio = own / period
    larger = ratio.is_integer and shift.is_integer
    same = larger and abs(ratio) == 1
    return bool(larger and not (same and str(part.at) < str(whole.at)))
