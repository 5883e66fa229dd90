"""What a cross-check found: frozen records, with a sentence for every disagreement."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any, final

KINDS = {
    "rounding": "both within what rounding allows",
    "kink": "a choice of slope at a kink",
    "cancellation": "digits lost by plain arithmetic",
    "overflow": "plain arithmetic overflows on the way",
    "underflow": "a number too small for plain arithmetic",
    "branch": "NaN from a branch that is not taken",
    "op": "an inaccurate op of the peer's",
    "dtype": "the rounding of the type",
    "resolution": "more than finite differences can resolve",
    "domain": "no real value, or the edge of the domain",
    "unknown": "the truth is not known",
    "inaccurate": "derivc loses digits",
    "wrong": "not explained",
}
"""Why two numbers differ."""

LOUD = ("wrong", "inaccurate")
"""Kinds that make a report fail."""


@final
@dataclass(frozen=True)
class Finding:
    """Disagreements of one kind, between derivc and one peer, about one result.

    Args:
        kind: a key of `KINDS`. blame: who is off: "derivc", the peer's name, or "" for nobody.
        points: at how many points. cause: what happens, at the worst of them.
        where: that point. derivc, peer, truth: the three numbers there (truth NaN if unknown).
        derivc_ulps, peer_ulps: how far the two are from the truth (NaN if unknown).
    """

    kind: str
    blame: str
    points: int
    cause: str
    where: tuple[float, ...]
    derivc: float
    peer: float
    truth: float
    derivc_ulps: float
    peer_ulps: float

    @property
    def is_explained(self) -> bool:
        """Whether the disagreement has a known cause that is not a fault."""
        return self.kind not in LOUD


@final
@dataclass(frozen=True)
class Row:
    """One result beside one peer's.

    Args:
        peer: its name. result: "value", "d/dx", ... order: 0, 1 or 2.
        points: how many points were compared; 0 where the peer has no answer.
        relative, ulps: the largest difference between the two; infinite where only one is NaN.
        findings: the disagreements, explained. note: why there is no answer, or how it was made.
    """

    peer: str
    result: str
    order: int
    points: int
    relative: float
    ulps: float
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether every disagreement is explained."""
        return all(finding.is_explained for finding in self.findings)

    @property
    def disagreements(self) -> int:
        """At how many points the two differ by more than rounding."""
        return sum(f.points for f in self.findings if f.kind != "rounding")


@final
@dataclass(frozen=True)
class KinkRow:
    """What everybody returns at a kink.

    Args:
        kink: "relu at 0". result: "d/dx". where: the point. left, right: the one-sided slopes.
        slopes: by name, derivc first.
    """

    kink: str
    result: str
    where: tuple[float, ...]
    left: float
    right: float
    slopes: dict[str, float] = field(default_factory=dict)


@final
@dataclass(frozen=True, repr=False)
class CrosscheckReport:
    """The outcome of a cross-check; true when every disagreement is explained.

    Args:
        title: the function. inputs: the names of its variables. points: how many were compared.
        dtype: of the numbers. order: up to which order. rows: one per peer and result.
        kinks: what everybody returns at kinks. notes: how peers were asked.
        skipped: by peer, why it was not asked.
    """

    title: str
    inputs: tuple[str, ...]
    points: int
    dtype: str
    order: int
    rows: tuple[Row, ...]
    kinks: tuple[KinkRow, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether something was compared, and every disagreement is explained."""
        return any(row.points for row in self.rows) and all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        """The same as `ok`."""
        return self.ok

    @property
    def worst(self) -> Row | None:
        """The row of the worst disagreement: an unexplained one first, then by ulp."""
        compared = [row for row in self.rows if row.points]
        return max(compared, key=_badness, default=None)

    @property
    def findings(self) -> tuple[tuple[Row, Finding], ...]:
        """Every disagreement beyond rounding with its row, unexplained ones first."""
        pairs = [(r, f) for r in self.rows for f in r.findings if f.kind != "rounding"]
        return tuple(sorted(pairs, key=lambda pair: pair[1].is_explained))

    def record(self) -> dict[str, Any]:
        """The report out of lists and numbers; what JSON lacks (inf, NaN) is text."""
        whole = asdict(self)
        whole["ok"] = self.ok
        plain: dict[str, Any] = _plain(whole)
        return plain

    def to_json(self, indent: int | None = None) -> str:
        """The report as a JSON document."""
        return json.dumps(self.record(), ensure_ascii=False, allow_nan=False, indent=indent)

    def __str__(self) -> str:
        from derivc.verify.crosscheck.text import text

        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from derivc.verify.crosscheck.page import page

        return page(self)


def _badness(row: Row) -> tuple[bool, float]:
    return not row.ok, row.ulps


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
