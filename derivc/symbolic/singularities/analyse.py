"""The examination of a function of one variable: candidates, places, both sides of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import sympy as sp

from derivc.errors import DerivcError, LimitError
from derivc.ops.shorthand import mpmath
from derivc.symbolic.canonical import canonical
from derivc.symbolic.differentiate import diff
from derivc.symbolic.singularities.candidates import candidates
from derivc.symbolic.singularities.classify import Seen, Verdict, verdict
from derivc.symbolic.singularities.places import FAILURES, Place, number_of, places
from derivc.symbolic.singularities.precise import Budget, Precise
from derivc.symbolic.singularities.probe import scheme_of, side
from derivc.symbolic.singularities.records import Findings, Singularity
from derivc.symbolic.singularities.roots import K
from derivc.symbolic.walk import size

BUDGET = 100_000.0
"""Elementary operations of 320 digits that one examination may take: about two seconds."""
_LARGEST = 2_000
_DERIVATIVE = 400
_MEMBERS = (0, 1, -1, 2, -2, 3, -3, 4)


def analyse(tree: Any, variable: Any, budget: float = BUDGET) -> Findings:
    """All places of a function of one variable where it, or its derivative, is not smooth.

    Args:
        tree: an expression over one real symbol. variable: the symbol.
        budget: elementary operations that may be done; when it is used up, the rest is named.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> [(s.kind, s.where) for s in analyse(1 / x + sp.Abs(x - 1), x)]
        [('pole', 'x = 0'), ('kink', 'x = 1')]
    """
    work = Budget(budget)
    if size(tree) > _LARGEST:
        return Findings((), (), ("the expression is too large to be examined",))
    trees = [tree, *_derivative(tree, variable)]
    found, notes = places(candidates(*trees), variable, work)
    examiner = _Examiner(tree, variable, work)
    for place in sorted(found, key=lambda p: p.is_family):
        try:
            examiner.examine(place)
        except (LimitError, *FAILURES):
            notes.append(f"{variable} = {place.at} was not examined: too much work")
    ordered = sorted(examiner.found, key=lambda s: (s.is_family, _position(s)))
    return Findings(tuple(ordered), tuple(examiner.regular), tuple(dict.fromkeys(notes)))


def _derivative(tree: Any, variable: Any) -> list[Any]:
    if size(tree) > _DERIVATIVE:
        return []
    try:
        return [canonical(diff(tree, variable.name))]
    except DerivcError:
        return []


def _position(found: Singularity) -> float:
    return found.examples[0] if found.examples else float(sp.N(found.at))


@final
@dataclass(frozen=True)
class _Judged:
    """A place with what was measured there."""

    at: Any
    seen: Seen
    verdict: Verdict | None


@final
class _Examiner:
    """Judges places one after the other and keeps the results."""

    def __init__(self, tree: Any, variable: Any, work: Budget):
        self.tree, self.variable = tree, variable
        self.function = Precise(tree, variable.name, budget=work)
        self.found: list[Singularity] = []
        self.regular: list[Place] = []

    def examine(self, place: Place) -> None:
        """Judge a point, or some members of a family."""
        if place.is_family:
            return self._family(place)
        centre = place.number()
        if not mpmath().isfinite(centre):
            return None
        judged = self._judge(place.at, centre)
        if judged.verdict is not None:
            self.found.append(self._record(judged, place))
        elif judged.seen.left.value.kind != "none" or judged.seen.right.value.kind != "none":
            self.regular.append(place)
        return None

    def _judge(self, at: Any, centre: Any) -> _Judged:
        seen = Seen(
            self._value(at, centre), side(self.function, centre, -1), side(self.function, centre, 1)
        )
        return _Judged(at, seen, verdict(seen))

    def _value(self, at: Any, centre: Any) -> Any:
        """f exactly at the place: at an irrational one by formula, for no number is it."""
        mp = mpmath()
        with mp.workdps(scheme_of(self.function).digits):
            if at.is_Rational or at.is_Float:
                return self.function(centre)
            exact = canonical(self.tree.xreplace({self.variable: at}))
            value = sp.N(exact, 60) if exact.is_number and exact not in _NOTHING else sp.nan
            return mp.mpf(value._to_mpmath(300)) if value.is_Float or value.is_Rational else mp.nan

    def _record(self, judged: _Judged, place: Place) -> Singularity:
        assert judged.verdict is not None
        kind, of, order = judged.verdict
        name = self.variable.name
        return Singularity(
            kind, of, f"{name} = {shown(judged.at)}", name, judged.at, float(judged.seen.value),
            judged.seen.left, judged.seen.right, order, place.because, place.exact,
        )  # fmt: skip

    def _family(self, place: Place) -> None:
        """Members of one kind together; the exceptions alone."""
        known = [number_of(s.at) for s in self.found if not s.is_family]
        judged = []
        tried = _MEMBERS[:5] if self.function.slow else _MEMBERS
        for k in tried:
            centre = number_of(place.member(k))
            if mpmath().isfinite(centre):
                judged.append((k, self._judge(place.member(k), centre)))
        for group in _grouped(judged, place, tried):
            if group.alone:
                if not any(_close(number_of(j.at), n) for j in group.members for n in known):
                    self.found += [self._record(j, place) for j in group.members if j.verdict]
            elif group.members[0].verdict is not None:
                self.found = [*self._without(group), self._set(group, place)]

    def _without(self, group: _Group) -> list[Singularity]:
        """What was found, less the members of the group that another equation gave too."""
        inside = [number_of(j.at) for j in group.members]
        return [
            s for s in self.found
            if s.is_family or not any(_close(n, number_of(s.at)) for n in inside)
        ]  # fmt: skip

    def _set(self, group: _Group, place: Place) -> Singularity:
        first = group.members[0]
        name = self.variable.name
        text = f"{name} = {shown(group.at)}, {group.which}"
        members = [float(number_of(j.at)) for j in group.members]
        record = self._record(first, place)
        return replace(record, where=text, at=group.at, examples=tuple(members))


_NOTHING = (sp.nan, sp.zoo, sp.oo, -sp.oo)


@final
@dataclass(frozen=True)
class _Group:
    """Members of a family of one kind.

    Args:
        at: the expression in K. members: judged. alone: exceptions rather than a set.
        which: for which integers.
    """

    at: Any
    members: list[_Judged]
    alone: bool = False
    which: str = "k any integer"


def _grouped(judged: list[tuple[int, _Judged]], place: Place, tried: Sequence[int]) -> list[_Group]:
    """The set of the common kind, those of even and odd k apart where they differ."""
    kinds: dict[Any, list[int]] = {}
    for k, j in judged:
        kinds.setdefault(j.verdict, []).append(k)
    by_k = dict(judged)
    if not kinds:
        return []
    if len(kinds) == 2 and _alternating(list(kinds.values())):
        halves = [(sp.expand(place.at.subs(K, 2 * K + ks[0] % 2)), ks) for ks in kinds.values()]
        return [_Group(at, [by_k[k] for k in ks]) for at, ks in halves]
    common = max(kinds, key=lambda kind: (len(kinds[kind]), kind is not None))
    strange = [k for k, j in judged if j.verdict != common]
    which = _which(kinds[common], strange, tried)
    if not which:
        return [_Group(place.at, [j for _, j in judged], alone=True)]
    groups = [_Group(place.at, [by_k[k] for k in kinds[common]], which=which)]
    return [*groups, *(_Group(place.at, [by_k[k]], alone=True) for k in strange)]


def _which(usual: list[int], strange: list[int], tried: Sequence[int]) -> str:
    """For which integers the set is meant; empty where the members are too unlike."""
    outside = sorted(set(tried) - set(usual))
    if not outside:
        return "k any integer"
    if max(outside) < min(usual):
        return f"k = {min(usual)}, {min(usual) + 1}, {min(usual) + 2}, ..."
    if min(outside) > max(usual):
        return f"k = {max(usual)}, {max(usual) - 1}, {max(usual) - 2}, ..."
    if len(outside) > len(tried) // 2 or outside != sorted(strange):
        return ""
    return f"k any integer except {', '.join(map(str, outside))}"


def _alternating(groups: Sequence[list[int]]) -> bool:
    return all(len({k % 2 for k in ks}) == 1 and len(ks) > 1 for ks in groups)


def _close(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= mpmath().mpf(10) ** -40 * max(1, abs(b)))


def shown(at: Any) -> str:
    """A place as text: exact, or to twelve digits where it is known by its digits only."""
    if at.is_Float or (at.is_Rational and at.q > 10**6):
        return f"{float(at):.12g}"
    return str(sp.nsimplify(at, rational=False) if at.has(sp.Float) and not at.has(K) else at)
