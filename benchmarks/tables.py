"""Tables of text: medians case by case, and ratios to derivc c."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.compare import Session
from benchmarks.peers.registry import OURS
from benchmarks.results import Key, Record, by_case, ratios, tables

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


def report(session: Session) -> str:
    """Everything that was measured, and who was left out."""
    parts = [_table(key, records) for key, records in tables(session.records).items()]
    return "\n\n".join([*parts, left_out(session)])


def _table(key: Key, records: Sequence[Record]) -> str:
    return "\n".join([title(key), *medians(records), *summary(records)])


def title(key: Key) -> str:
    """One line that says what a table holds."""
    group, what, dtype, size = key
    if group == "vectors":
        return f"{group}: {what.replace('_', ' ')}, {dtype}, one point"
    points = "one point of Python floats" if size == 1 else f"{size:,} points"
    return f"{group}: {what.replace('_', ' ')}, {dtype}, {points}"


def medians(records: Sequence[Record]) -> list[str]:
    """One line a case, one column a peer."""
    rows, peers = by_case(records), list(dict.fromkeys(r.peer for r in records))
    scale, unit = _unit(min(r.seconds for r in records))
    width = max([len(c) for c in rows] + [14])
    lines = ["  ".join([f"{unit:{width}s}", *(f"{p:>9s}" for p in peers)])]
    for case, times in rows.items():
        cells = (
            f"{times[p] / scale:{max(len(p), 9)}.3f}" if p in times else f"{'-':>{max(len(p), 9)}s}"
            for p in peers
        )
        lines.append("  ".join([f"{case:{width}s}", *cells]))
    return lines


def _unit(least: float) -> tuple[float, str]:
    return next(((scale, unit) for scale, unit in _UNITS if least >= scale), _UNITS[-1])


def summary(records: Sequence[Record]) -> list[str]:
    """One line a peer: its time over that of derivc c."""
    lines = [f"  time over that of {OURS}: geometric mean, least and its formula, formulas"]
    for peer, r in ratios(records).items():
        lines.append(f"  {peer:22s} {r.mean:9.2f}x {r.least:9.2f}x  {r.case}  ({r.count})")
    return lines


def left_out(session: Session) -> str:
    """Who did not take part in something, and why."""
    lines = ["left out:"]
    for peer, reasons in session.skipped.items():
        lines += [f"  {peer}: {why} ({count})" for why, count in reasons.items()]
    return "\n".join(lines if session.skipped else [])
