"""Every peer on every case, interleaved."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.cases import AnyCase, Case
from benchmarks.peers import Peer, Unsupported
from benchmarks.peers.base import GRADIENT, HESSIAN, VALUE, Bind, Thunk
from benchmarks.results import Record
from benchmarks.timing import medians

BLOCK = 1_000_000
"""Larger arrays are worked through in blocks of so many points."""

_MOST_BYTES = 4 << 30


@dataclass(frozen=True)
class Section:
    """What is measured together: cases of one kind, at some sizes.

    Args:
        group: its name. heavy: whether peers that compile for seconds take part.
    """

    group: str
    cases: Sequence[AnyCase]
    what: str = GRADIENT
    dtype: str = "float64"
    sizes: tuple[int, ...] = (1, 1000, 1_000_000)
    heavy: bool = False


@dataclass
class Session:
    """What happened: records, and why peers were left out."""

    records: list[Record] = field(default_factory=list)
    skipped: dict[str, dict[str, int]] = field(default_factory=dict)

    def skip(self, peer: str, why: str) -> None:
        """Count a reason."""
        reasons = self.skipped.setdefault(peer, {})
        reasons[why] = reasons.get(why, 0) + 1


def run(
    section: Section, peers: Sequence[Peer], rounds: int, session: Session,
    tell: Callable[[str], None] = lambda _: None,
) -> None:  # fmt: skip
    """Measure one section and add its records to the session."""
    able = [p for p in peers if not _left_out(p, section, session)]
    for case in section.cases:
        tell(f"{section.group}: {section.what} {section.dtype} {case.name}")
        binds = prepare(able, case, section, session)
        for size in section.sizes:
            with quiet():
                thunks = bind(binds, case, section, size, session)
                found = medians(thunks, rounds, min(0.02, 2e-8 * size + 0.004))
            session.records += [
                Record(section.group, case.name, section.what, section.dtype, size, p, t)
                for p, t in found.items()
            ]


def _left_out(peer: Peer, section: Section, session: Session) -> bool:
    if peer.missing:
        session.skip(peer.name, f"{peer.missing} is not installed")
    elif peer.heavy and not section.heavy:
        session.skip(peer.name, f"compiles for seconds: left out of {section.group}")
        return True
    return bool(peer.missing)


def prepare(
    peers: Sequence[Peer], case: AnyCase, section: Section, session: Session
) -> dict[str, Bind]:
    """What the peers that can do a case make of it."""
    found = {}
    for peer in peers:
        try:
            with quiet():
                found[peer.name] = peer.prepare(case, section.what, np.dtype(section.dtype))
        except Exception as problem:  # noqa: BLE001  a peer's failure is a result
            session.skip(peer.name, _reason(problem))
    return found


def bind(
    binds: dict[str, Bind], case: AnyCase, section: Section, size: int, session: Session
) -> dict[str, Thunk]:
    """The calls to time at one size; each has run once."""
    inputs = case.inputs(size, np.dtype(section.dtype))
    found = {}
    for name, make in binds.items():
        try:
            thunk = _in_blocks(make, inputs, size) if size > BLOCK else make(inputs)
            thunk()
            found[name] = thunk
        except Exception as problem:  # noqa: BLE001
            session.skip(name, _reason(problem))
    return found


def _in_blocks(make: Bind, inputs: Sequence[Any], size: int) -> Thunk:
    """One call after another over views of the inputs."""
    thunks = [make([a[i : i + BLOCK] for a in inputs]) for i in range(0, size, BLOCK)]
    return lambda: [thunk() and None for thunk in thunks]


def _reason(problem: Exception) -> str:
    if isinstance(problem, Unsupported):
        return str(problem)
    told = str(problem).strip() or "no message"
    return f"{type(problem).__name__}: {told.splitlines()[0][:80]}"


@contextmanager
def quiet() -> Any:
    """Neither warnings of Python nor of NumPy."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def fits(case: AnyCase, size: int) -> bool:
    """Whether the inputs of a case are within reason."""
    return not isinstance(case, Case) or len(case.domain) * size * 8 <= _MOST_BYTES


__all__ = ["BLOCK", "GRADIENT", "HESSIAN", "VALUE", "Section", "Session", "run"]
