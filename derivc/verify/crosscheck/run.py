"""`crosscheck`: everything in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derivc.errors import InputTypeError, did_you_mean
from derivc.options import check_choice
from derivc.verify.crosscheck.distance import distance, relative
from derivc.verify.crosscheck.explain import ENOUGH, Judge
from derivc.verify.crosscheck.kinks import named
from derivc.verify.crosscheck.peers.base import Answer, Job, Peer
from derivc.verify.crosscheck.peers.finite import FinitePeer
from derivc.verify.crosscheck.peers.given import GivenPeer
from derivc.verify.crosscheck.peers.precise import MpmathPeer
from derivc.verify.crosscheck.peers.torch import TorchPeer
from derivc.verify.crosscheck.peers.transforming import AutogradPeer, JaxPeer
from derivc.verify.crosscheck.points import Point, chosen
from derivc.verify.crosscheck.quantity import Quantity
from derivc.verify.crosscheck.records import CrosscheckReport, Finding, KinkRow, Row
from derivc.verify.crosscheck.subject import Subject, check_wanted, kernel_from
from derivc.verify.crosscheck.truth import Truth

PEERS = ("torch", "jax", "autograd", "finite", "mpmath")
_OF_FUNCTIONS: dict[str, Callable[[Any], Peer]] = {
    "torch": TorchPeer, "jax": JaxPeer, "autograd": AutogradPeer,
}  # fmt: skip
_DTYPES = ("float64", "float32")


def crosscheck(
    source: Any,
    against: Sequence[str] | Mapping[str, Any] | str = PEERS,
    points: Any = 32,
    domain: Any = None,
    order: int = 2,
    dtype: str = "float64",
    seed: int = 0,
    **options: Any,
) -> CrosscheckReport:
    """Compare a function's value, partials and second partials with other systems'.

    Every peer computes the function as it is written, in its own ops, and differentiates it by its
    own means. Where a peer and derivc differ by more than rounding, 50-digit arithmetic says which
    of the two is right, and why the other is not.

    Args:
        source: a kernel, a text, SymPy, a Python function, or an op (`dc.sigmoid`). Or, with
            `inputs=`, a function of tensors: see `derivc.verify.crosscheck.graph`.
        against: the peers: "torch", "jax", "autograd" (HIPS), "finite", "mpmath"; or a mapping from
            names to functions: `{"torch": f}` is a function of torch tensors (so for jax and
            autograd), any other name a function that returns (value, gradient), a pair of
            functions, or an object with `.grad`. None stands for the expression spelled out.
        points: how many, or which: rows of numbers, or `{"x": [...], "y": [...]}`.
        domain: an interval per variable, `{"x": (0, 1)}`; default: everywhere.
        order: 0, 1 or 2. dtype: "float64" or "float32". seed: of points and vectors.
        options: for `derivc.compile` (`shapes`, `wrt`, `convention`, `backend`, ...); for functions
            of tensors `inputs`, and a function per peer.

    Returns:
        A report: prints as a table, `.ok`, `.worst`, `.to_json()`.

    Raises:
        InputTypeError: a peer that is not known, or points that are no numbers.

    Example:
        >>> import derivc as dc
        >>> report = dc.crosscheck("x*exp(y)", against=["finite", "mpmath"], points=4)
        >>> report.ok
        True
        >>> [row.result for row in report.rows if row.peer == "mpmath"]
        ['value', 'd/dx', 'd/dy', 'd²/dx²', 'd²/dxdy', 'd²/dy²']
    """
    if _is_of_tensors(options):
        from derivc.verify.crosscheck.graph import of_tensors

        return of_tensors(source, order=order, dtype=dtype, seed=seed, **options)
    if "torch" in options:
        raise InputTypeError("torch= is for functions of tensors: give their leaves, inputs=...")
    check_choice("dtype", dtype, _DTYPES)
    if order not in (0, 1, 2):
        raise InputTypeError(f"order must be 0, 1 or 2; got {order!r}")
    functions = _functions(against)
    subject = Subject(kernel_from(source, options), order)
    check_wanted(subject)
    places = chosen(subject, points, domain, seed, dtype)
    return _report(subject, functions, places, seed, dtype, order)


def _is_of_tensors(options: Mapping[str, Any]) -> bool:
    inputs = options.get("inputs")
    names = isinstance(inputs, str) or (
        isinstance(inputs, list | tuple) and all(isinstance(x, str) for x in inputs)
    )
    return "inputs" in options and inputs is not None and not names


def _functions(against: Any) -> dict[str, Any]:
    """By peer, the user's function or None.

    Raises:
        InputTypeError: a name that no peer has.
    """
    if isinstance(against, str):
        against = [name.strip() for name in against.split(",") if name.strip()]
    found = dict(against) if isinstance(against, Mapping) else dict.fromkeys(against)
    for name, function in found.items():
        if function is None and name not in PEERS:
            hint = did_you_mean(str(name), PEERS)
            raise InputTypeError(
                f"no peer is called {name!r}{hint or '.'} There are {', '.join(PEERS)}; for a"
                " function of your own give {name: function}"
            )
    if not found:
        raise InputTypeError(f"against= names nobody; there are {', '.join(PEERS)}")
    return found


def _report(
    subject: Subject, functions: Mapping[str, Any], places: list[Point], seed: int, dtype: str,
    order: int,
) -> CrosscheckReport:  # fmt: skip
    vector = subject.vector(seed)
    truth = Truth(subject.program, subject.wanted, vector)
    job = Job(subject, tuple(subject.columns(places, dtype)), vector)
    peers = {name: _peer(name, function, truth) for name, function in functions.items()}
    skipped = {name: peer.missing for name, peer in peers.items() if peer.missing}
    asked = [peer for peer in peers.values() if not peer.missing] if places else []
    judge = Judge(job, truth, places, subject.computed(job.columns, vector) if places else {})
    answers = {peer.name: peer.answer(job) for peer in asked}
    rows = [row for peer in asked for row in _rows(judge, peer, answers[peer.name])]
    notes = [f"{name}: {note}" for name, answer in answers.items() for note in answer.notes]
    return CrosscheckReport(
        subject.title, subject.names, len(places), dtype, order, tuple(rows),
        _kink_rows(judge, answers), tuple(notes), skipped,
    )  # fmt: skip


def _peer(name: str, function: Any, truth: Truth) -> Peer:
    if name in _OF_FUNCTIONS:
        return _OF_FUNCTIONS[name](function)
    if function is not None:
        return GivenPeer(name, function)
    return FinitePeer() if name == "finite" else MpmathPeer(truth)


def _rows(judge: Judge, peer: Peer, answer: Answer) -> list[Row]:
    subject = judge.job.subject
    rows = [
        _row(judge, peer, q, answer.columns[q])
        for q in subject.wanted
        if q in answer.columns and q in judge.ours
    ]
    for order, why in answer.missing.items():
        what = ("value", "first order", "second order")[order]
        rows.append(Row(peer.name, what, order, 0, 0.0, 0.0, (), f"not available: {why}"))
    return rows


def _row(judge: Judge, peer: Peer, quantity: Quantity, theirs: Any) -> Row:
    """Derivc's column beside a peer's: how far apart, and every disagreement explained."""
    ours = np.asarray(judge.ours[quantity], judge.dtype)
    with np.errstate(all="ignore"):
        rounded = np.asarray(theirs, judge.dtype)
    counted = np.full(len(ours), True)
    if isinstance(peer, MpmathPeer):
        counted = np.array([not np.isnan(judge.true(quantity, p)) for p in judge.points])
    apart = np.where(counted, distance(ours, rounded), 0.0)
    differing = apart > ENOUGH if peer.exact else relative(ours, rounded) > _COARSE
    findings = [
        judge.finding(peer, quantity, int(k), rounded[k]) for k in np.flatnonzero(differing)
    ]
    return Row(
        peer.name, judge.job.subject.label(quantity), quantity.order, int(np.sum(counted)),
        float(np.max(np.where(counted, relative(ours, rounded), 0.0))), float(np.max(apart)),
        _merged(findings),
    )  # fmt: skip


_COARSE = 1e-5
"""A relative difference that finite differences do not usually have."""


def _merged(findings: list[Finding]) -> tuple[Finding, ...]:
    """One finding per kind and culprit: the worst, with the number of points."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.blame), []).append(finding)
    merged = [replace(max(g, key=_severity), points=len(g)) for g in groups.values()]
    return tuple(sorted(merged, key=lambda f: f.is_explained))


def _severity(finding: Finding) -> float:
    sizes = [finding.derivc_ulps, finding.peer_ulps]
    return max((s for s in sizes if s == s), default=0.0)


def _kink_rows(judge: Judge, answers: Mapping[str, Answer]) -> tuple[KinkRow, ...]:
    """What everybody returns at kinks: the first point of each."""
    found: dict[tuple[str, str], KinkRow] = {}
    for k, point in enumerate(judge.points):
        hits = judge.kinks.at(point)
        for quantity in (q for q in judge.job.subject.wanted if q.order == 1 and hits):
            left, right = judge.truth.sides(point, quantity)
            if not np.isnan(judge.truth.at(point)[quantity]) or quantity not in judge.ours:
                continue
            slopes = {"derivc": float(judge.ours[quantity][k])} | {
                name: float(answer.columns[quantity][k])
                for name, answer in answers.items()
                if quantity in answer.columns and name != "mpmath"
            }
            label = judge.job.subject.label(quantity)
            row = KinkRow(named(hits), label, point, left, right, slopes)
            found.setdefault((row.kink, label), row)
    return tuple(found.values())
