"""The audit of one subject, from points to report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derivc.verify.audit import report as reports
from derivc.verify.audit.causes.diagnose import diagnose
from derivc.verify.audit.compare import RIGHT, SKIPPED, WRONG, Sample, judged, worst
from derivc.verify.audit.failures import failure
from derivc.verify.audit.formulas import formula
from derivc.verify.audit.gather import Gathered, gather
from derivc.verify.audit.guess import in_single
from derivc.verify.audit.kinks import kinks
from derivc.verify.audit.linearity import linearity
from derivc.verify.audit.points import GIVEN, MODERATE, Domain, Point, points
from derivc.verify.audit.precision import computes_in_single, precision
from derivc.verify.audit.replacement import replacement
from derivc.verify.audit.report import AuditReport, Row, SecondRow
from derivc.verify.audit.saved import second_finding
from derivc.verify.audit.second import Second, second
from derivc.verify.audit.specials import specials
from derivc.verify.audit.spot import is_alone, spot
from derivc.verify.audit.stable import unstable
from derivc.verify.audit.subject import CallError, Case, Finding, Subject
from derivc.verify.audit.surrogate import surrogate
from derivc.verify.audit.trees import element_names
from derivc.verify.audit.variants import variants
from derivc.verify.ulp import ulps


def run(
    subject: Subject, case: Case, domain: Domain | None = None, expect: str = "exact",
    seed: int = 0,
) -> AuditReport:  # fmt: skip
    """Audit a subject with arguments of one kind."""
    try:
        outputs = subject.forward(case, case.arrays)
    except CallError as problem:
        return failed(subject, problem, case)
    if computes_in_single(subject, case, outputs):
        case = in_single(case)
    tried = list(points(case, outputs, domain, specials(subject, case, outputs), seed))
    found = gather(subject, case, tried)
    if not found.samples and found.failures:
        point, fault = found.failures[0]
        return failed(subject, fault, case, point.cotangents)
    return _judged(subject, case, tried, found, expect)


def failed(
    subject: Subject, problem: CallError, case: Case | None = None, cotangents: Sequence[Any] = ()
) -> AuditReport:
    """The report on a function that cannot be called."""
    place = subject.place
    cause = subject.explain(problem, case, cotangents)
    return AuditReport(
        subject.name, subject.library, place.file, place.line, reports.FAILS, (cause,),
        assumed=case.assumed if case else (),
    )  # fmt: skip


def _judged(
    subject: Subject, case: Case, tried: Sequence[Point], found: Gathered, expect: str
) -> AuditReport:
    samples = judged(found.samples, case.single)
    findings = _numeric(subject, case, tried, found, samples, expect)
    first = next((p for p in tried if p.kind in (GIVEN, MODERATE) and _works(p, found)), tried[0])
    findings += _once(subject.probes(case, first.cotangents), findings)
    findings += _once(variants(subject, case, findings), findings)
    grades = {f.grade for f in findings}
    twice = Second("skipped")
    if not case.single and not grades & {"wrong", "surrogate", "fails"}:
        good = [p for p in tried if p.kind in (MODERATE, GIVEN) and _is_right(p, samples)]
        twice = second(subject, case, good, found.exact)
        findings += second_finding(subject, case, twice)
    return _report(subject, case, tried, found, samples, findings, twice)


def _works(point: Point, found: Gathered) -> bool:
    return any(s.point is point and s.is_usable for s in found.samples)


def _is_right(point: Point, samples: Sequence[Sample]) -> bool:
    own = [s for s in samples if s.point is point]
    return bool(own) and all(s.outcome == RIGHT for s in own)


def _numeric(
    subject: Subject, case: Case, tried: Sequence[Point], found: Gathered,
    samples: Sequence[Sample], expect: str,
) -> list[Finding]:  # fmt: skip
    """What the comparison of numbers says."""
    instead = surrogate(case, samples, expect)
    if instead is not None:
        return [instead]
    fatal = [f for f in found.failures if f[0].kind in (GIVEN, MODERATE)]
    findings = [failure(problem, _where(point, case)) for point, problem in fatal[:1]]
    bent = linearity(subject, case, tried[0])
    findings += bent
    skip = {f.input for f in bent}
    findings += [f for f in diagnose(case, samples) if f.input not in skip]
    findings += precision(case, samples, bool(findings))
    findings += unstable(case, samples)
    return findings + kinks(case, samples)


def _where(point: Point, case: Case) -> str:
    return "" if point.kind == GIVEN else f" at {spot(point, case, None)}"


def _once(new: Sequence[Finding], old: Sequence[Finding]) -> list[Finding]:
    known = {f.code for f in old}
    return [f for f in new if f.code not in known]


def _report(
    subject: Subject, case: Case, tried: Sequence[Point], found: Gathered,
    samples: Sequence[Sample], findings: Sequence[Finding], twice: Second,
) -> AuditReport:  # fmt: skip
    place = subject.place
    rank = {"wrong": 0, "fails": 1, "unstable": 2, "second order": 3, "surrogate": 4, "note": 5}
    ordered = tuple(sorted(findings, key=lambda f: rank[f.grade]))
    rows = tuple(_row(case, found, samples, array) for array in range(len(case.moving)))
    trace = found.trace if found.exact else None
    first = formula(trace, 0) if trace else None
    verdict = _verdict(ordered)
    if verdict == reports.SURROGATE:
        rows = tuple(replace(r, outcome=_meant(r.outcome)) for r in rows)
    text = (
        "" if verdict in (reports.RIGHT, reports.SURROGATE) else replacement(subject, case, trace)
    )
    return AuditReport(
        subject.name, subject.library, place.file, place.line, verdict, ordered, rows,
        SecondRow(twice.outcome, twice.by, twice.at, twice.true, twice.given),
        first.forward if first else "", found.exact, len(tried), case.assumed, text,
    )  # fmt: skip


def _meant(outcome: str) -> str:
    return reports.SURROGATE if outcome == WRONG else outcome


def _verdict(findings: Sequence[Finding]) -> str:
    words = {
        "wrong": reports.WRONG, "fails": reports.FAILS, "unstable": reports.UNSTABLE,
        "second order": reports.SECOND, "surrogate": reports.SURROGATE,
    }  # fmt: skip
    return next((words[f.grade] for f in findings if f.grade in words), reports.RIGHT)


def _row(case: Case, found: Gathered, samples: Sequence[Sample], array: int) -> Row:
    own = [s for s in samples if s.array == array]
    at = worst(own)
    name = case.moving_names[array]
    if at is None:
        return Row(name, "not compared")
    known = None
    if found.exact and at.trace is not None:
        known = formula(at.trace, array, at.element)
    row = Row(
        name, at.outcome, at=spot(at.point, case, at.trace, array, at.element), true=at.true,
        written=at.written, ulps=min(ulps(at.written or 0.0, at.true), 1e30),
        element=_element(case, at), compared=sum(s.outcome != SKIPPED for s in own),
    )  # fmt: skip
    if known is None:
        return row
    equal = None if not known.written else all(s.outcome != WRONG for s in own)
    return replace(row, true_formula=known.true, written_formula=known.written, equal=equal)


def _element(case: Case, at: Sample) -> str:
    """Which element of several it is, where the others matter to it."""
    like = case.arrays[at.array]
    if np.size(like) == 1 or is_alone(at.trace, at.array, at.element):
        return ""
    return element_names([case.moving_names[at.array]], [like])[0][at.element]
