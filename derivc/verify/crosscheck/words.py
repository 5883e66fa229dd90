"""Disagreements in words: peers that differ in the same way are named together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from derivc.verify.crosscheck.records import CrosscheckReport, Finding, Row


@final
@dataclass(frozen=True)
class Passage:
    """The disagreements of one kind about one result.

    Args:
        result: "d/dx", ... kind: a key of `KINDS`. cause: what happens.
        is_explained: whether it is no fault. pairs: the rows and findings, the worst first.
    """

    result: str
    kind: str
    cause: str
    is_explained: bool
    pairs: tuple[tuple[Row, Finding], ...]

    @property
    def head(self) -> str:
        """The result and who differs at how many points."""
        who = ", ".join(f"{row.peer} {finding.points}" for row, finding in self.pairs)
        single = sum(finding.points for _, finding in self.pairs) == 1
        return f"{self.result} ({who} point{'' if single else 's'})"

    def sentence(self, names: Sequence[str]) -> str:
        """What happens, and the numbers at the worst point."""
        _, worst = self.pairs[0]
        place = ", ".join(f"{n}={x!r}" for n, x in zip(names, worst.where, strict=False))
        at = f"at {place}: " if place else ""
        same = [(r.peer, f) for r, f in self.pairs if f.where == worst.where]
        given = ", ".join(f"{peer} {f.peer!r}{off(f.peer_ulps)}" for peer, f in same)
        true = "" if math.isnan(worst.truth) else f"; true {worst.truth!r}"
        ours = f"derivc {worst.derivc!r}{off(worst.derivc_ulps)}"
        return f"{self.accusation}{self.kind}: {self.cause}; {at}{ours}, {given}{true}"

    @property
    def accusation(self) -> str:
        """Who is wrong, loudly, where that is not explained or where it is derivc."""
        guilty = dict.fromkeys(f.blame or "one of the two" for _, f in self.pairs)
        loud = not self.is_explained or ("derivc" in guilty and self.kind != "rounding")
        return f"{', '.join(guilty)} OFF, " if loud else ""


def off(ulps: float) -> str:
    """How far a number is from the truth, in parentheses."""
    if math.isnan(ulps):
        return ""
    if ulps == 0:
        return " (exact)"
    if math.isinf(ulps):
        return " (no number)"
    return f" ({ulps:.0f} ulp off)" if ulps < 1e6 else f" ({ulps:.0e} ulp off)"


def passages(report: CrosscheckReport) -> tuple[Passage, ...]:
    """All disagreements beyond rounding, unexplained ones first."""
    groups: dict[tuple[str, str, str, bool], list[tuple[Row, Finding]]] = {}
    for row, finding in report.findings:
        key = (row.result, finding.kind, _common(row, finding), finding.is_explained)
        groups.setdefault(key, []).append((row, finding))
    return tuple(
        Passage(*key, tuple(sorted(pairs, key=_severity, reverse=True)))
        for key, pairs in groups.items()
    )


def _common(row: Row, finding: Finding) -> str:
    """The cause without the name of the peer that it mentions."""
    return finding.cause.replace(f"{row.peer} loses", "it loses")


def _severity(pair: tuple[Row, Finding]) -> float:
    ulps = pair[1].peer_ulps if pair[1].blame != "derivc" else pair[1].derivc_ulps
    return 0.0 if math.isnan(ulps) else ulps
