"""Functions of several variables: the sets where they are not smooth, as equations.

A candidate's equation is the set. Whether anything happens on it is judged along one variable
through some of its points, with the others at numbers that mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from derivc.errors import DerivcError, LimitError, UnsupportedError
from derivc.symbolic.canonical import canonical, plain
from derivc.symbolic.conditions import settled
from derivc.symbolic.differentiate import gradient
from derivc.symbolic.singularities.analyse import BUDGET, analyse
from derivc.symbolic.singularities.candidates import Candidate, candidates
from derivc.symbolic.singularities.places import FAILURES, number_of
from derivc.symbolic.singularities.precise import Budget
from derivc.symbolic.singularities.records import KINDS, Findings, Singularity
from derivc.symbolic.singularities.roots import zeros
from derivc.symbolic.walk import size

_SAMPLES = (
    ("0.7312", "1.3864", "0.4771"), ("1.6931", "0.3812", "2.2361"),
    ("-0.6181", "0.9273", "-1.4142"), ("2.5", "-0.3247", "3.1"),
)  # fmt: skip
_LARGEST = 400
_MOST = 30


def examined(tree: Any, variables: Sequence[Any], budget: float = BUDGET) -> Findings:
    """The sets on which a function of several variables is not smooth.

    Args:
        tree: over real symbols. variables: the symbols to look along.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> [(s.kind, s.where) for s in examined(sp.Max(x, y) / (x + y - 1), [x, y])]
        [('pole', 'x + y = 1'), ('kink', 'x = y')]
    """
    if size(tree) > _LARGEST:
        return Findings((), (), ("the expression is too large to be examined",))
    work = Budget(budget)
    notes: list[str] = []
    found: dict[str, Singularity] = {}
    every = candidates(tree, *_partials(tree, variables))
    for candidate in every[:_MOST]:
        try:
            place = _along(tree, candidate, variables, work, notes)
        except (LimitError, *FAILURES):
            notes.append(f"{equation(candidate.zero)} was not examined")
            continue
        if place is not None:
            found.setdefault(place.where, place)
    if len(every) > _MOST:
        notes.append(f"only the first {_MOST} of {len(every)} sets were examined")
    return Findings(tuple(found.values()), (), tuple(dict.fromkeys(notes)))


def _partials(tree: Any, variables: Sequence[Any]) -> list[Any]:
    try:
        return [canonical(p) for p in gradient(tree, [v.name for v in variables])]
    except DerivcError:
        return []


def equation(zero: Any) -> str:
    """The equation `zero = 0` in its readable form.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> equation(x - y), equation(x**2 + y**2 - 1)
        ('x = y', 'x**2 + y**2 = 1')
    """
    both = _origin(zero)
    if both:
        return " and ".join(f"{part} = 0" for part in map(plain, both))
    shown = settled(sp.Eq(zero, 0, evaluate=False))
    return f"{plain(shown.lhs)} = {plain(shown.rhs)}"


def _origin(zero: Any) -> list[Any]:
    """The variables that must all vanish, of a sum of squares or magnitudes of variables."""
    terms = sp.Add.make_args(zero)
    if len(terms) < 2:
        return []
    found = []
    for term in terms:
        inner = term.args[0] if isinstance(term, sp.Abs) else term
        if inner.is_Pow and inner.exp.is_Integer and inner.exp % 2 == 0:
            inner = inner.base
        if not inner.is_Symbol or inner == term:
            return []
        found.append(inner)
    return sorted(found, key=str)


def _along(
    tree: Any, candidate: Candidate, variables: Sequence[Any], work: Budget, notes: list[str]
) -> Singularity | None:
    """The worst of what happens on the set, along one of its variables."""
    seen: list[Singularity] = []
    for variable in sorted(candidate.zero.free_symbols & set(variables), key=str):
        missed = 0
        for fixed in _points(tree, candidate.zero, variable):
            work.take(50)
            there = _through(tree, candidate.zero, variable, fixed, work, notes)
            seen += there
            missed += not there and _crosses(candidate.zero.xreplace(fixed), variable)
        if seen:
            break
    if not seen:
        return None
    worst = min(seen, key=lambda s: (s.of, KINDS.index(s.kind)))
    part = ", on a part of it" if missed else ""
    where = equation(candidate.zero) + part
    return replace(worst, where=where, at=None, because=candidate.because, examples=())


def _points(tree: Any, zero: Any, variable: Any) -> Iterator[Mapping[Any, Any]]:
    """Numbers for all other variables."""
    others = sorted(tree.free_symbols - {variable}, key=str)
    origin = _origin(zero)
    for sample in _SAMPLES:
        numbers = {o: sp.Rational(sample[i % 3]) + i // 3 for i, o in enumerate(others)}
        yield numbers | {o: sp.S.Zero for o in origin if o != variable}


def _through(
    tree: Any, zero: Any, variable: Any, fixed: Mapping[Any, Any], work: Budget, notes: list[str]
) -> list[Singularity]:
    """What happens along a line at the points where it meets the set."""
    along = canonical(tree.xreplace(fixed))
    here = canonical(zero.xreplace(fixed))
    if not here.has(variable) or not along.has(variable):
        return []
    found = analyse(along, variable, min(work.left, BUDGET / 8))
    notes += [note for note in found.notes if "not examined" in note][:1]
    told = ", ".join(f"{name} = {float(value):g}" for name, value in fixed.items())
    return [
        replace(s, also=f"{variable} = {float(s.at):g}, {told}")
        for s in found
        if not s.is_family and _meets(here, variable, s)
    ]


def _crosses(zero: Any, variable: Any) -> bool:
    """Whether a line meets the set at all."""
    try:
        return any(number_of(at) == number_of(at) for at in zeros(canonical(zero), variable))
    except (UnsupportedError, *FAILURES):
        return False


def _meets(zero: Any, variable: Any, place: Singularity) -> bool:
    value = sp.N(zero.xreplace({variable: place.at}), 30)
    return bool(value.is_number and abs(value) < 1e-18) and bool(number_of(place.at) is not None)
