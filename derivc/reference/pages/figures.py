"""A record's figures as the tables of a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sympy as sp

from derivc.ops.declaration import Kink, Op
from derivc.reference.pages.formulas import formula
from derivc.reference.pages.page import (
    CheckRow,
    Formula,
    KinkRow,
    PeerRow,
    SpecialRow,
    StabilityRow,
    number,
    numbers,
)  # fmt: skip
from derivc.reference.records import naive
from derivc.reference.records import store as records
from derivc.reference.records.measure import LOSS
from derivc.reference.records.places import view
from derivc.reference.records.reasons import reason


def measured(op: Op, record: dict[str, Any] | None) -> dict[str, Any]:
    """The tables of a page that come from the record; why there are none, where there is none."""
    if record is None:
        return {"unchecked": reason(op) or ""}
    return {
        "special": _special(record), "stability": _stability(op, record),
        "checks": _checks(record), "peers": _peers(record), "measured": date(),
        "fixed": ", ".join(f"{name} = {number(x)}" for name, x in record["fixed"].items()),
    }  # fmt: skip


def date() -> str:
    """When the records were made, and with what."""
    made = records.stored()["made"]
    words = [f"{name} {made[name]}" for name in ("numpy", "scipy", "torch", "jax") if name in made]
    return f"{made.get('date', '')} with {', '.join(words)}" if made else ""


def kinks(op: Op, record: dict[str, Any] | None) -> tuple[KinkRow, ...]:
    """The declared kinks, with what was measured there."""
    found = {entry["kink"]: entry for entry in (record or {}).get("kinks", [])}
    names = record["arguments"] if record else ()
    return tuple(_kink(op, kink, found.get(i), names) for i, kink in enumerate(op.kinks))


def _kink(op: Op, kink: Kink, entry: dict[str, Any] | None, names: Sequence[str]) -> KinkRow:
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    where = formula(sp.Eq(kink.place(*symbols), 0, evaluate=False))
    if isinstance(kink.at, int | float) and len(symbols) > 0:
        where = formula(sp.Eq(symbols[0], sp.sympify(kink.at), evaluate=False))
    if entry is None:
        slopes = ", ".join("—" if s is None else str(s) for s in kink.slopes())
        return KinkRow(where, kink.because, derivc=slopes)
    words = {key: numbers(entry[key]) for key in ("derivc", "torch", "jax", "left", "right")}
    return KinkRow(where, kink.because, place(names, entry["at"]), **words)


def place(names: Sequence[str], at: Sequence[float]) -> str:
    """A point in words: `x = 1, z = 2`."""
    return ", ".join(f"{n} = {number(x, 5)}" for n, x in zip(names, at, strict=True))


def _special(record: dict[str, Any]) -> tuple[SpecialRow, ...]:
    return tuple(
        SpecialRow(
            place(record["arguments"], entry["at"]), number(entry["value"]),
            numbers(entry["derivc"]), number(entry["torch_value"]), numbers(entry["torch"]),
            number(entry["jax_value"]), numbers(entry["jax"]),
        )
        for entry in record.get("special", [])
    )  # fmt: skip


def _stability(op: Op, record: dict[str, Any]) -> tuple[StabilityRow, ...]:
    """The naive forms of value and partials beside the stable ones."""
    seen = view(op)
    rows = []
    for label, entry in record["naive"].items():
        if entry is None:
            continue
        name = label.removeprefix("d/d")
        tree = naive.definition(seen) if label == "value" else naive.slope(seen, name)
        rows.append(_stable(seen.names, label, formula(tree), entry, record["worst"][label]))
    return tuple(rows)


def _stable(
    names: Sequence[str], label: str, form: Formula, entry: dict[str, Any], worst: dict[str, Any]
) -> StabilityRow:
    fails = entry["ulp"] > LOSS
    return StabilityRow(
        result=label, naive=form, regions=_regions(names, entry) if fails else "nowhere",
        at=place(names, entry["at"]), truth=number(entry["truth"], 10),
        naive_gives=number(entry["computed"], 10), naive_ulp=entry["ulp"],
        stable_ulp=worst["ulp"], fails=fails,
    )  # fmt: skip


def _regions(names: Sequence[str], entry: dict[str, Any]) -> str:
    """Where the naive form fails, in words."""
    if len(names) != 1:
        return f"at {100 * entry['share']:.0f}% of the points"
    return ", ".join(_interval(names[0], *ends) for ends in entry["regions"])


def _interval(name: str, low: float | None, high: float | None) -> str:
    """An interval in words; None where it reaches the end of what was looked at.

    Example:
        >>> _interval("x", None, -37.04), _interval("x", 0.5, 0.5)
        ('x ≤ -37.04', 'x = 0.5')
    """
    if low is not None and high is not None:
        a, b = number(low, 4), number(high, 4)
        return f"{name} = {a}" if a == b else f"{a} ≤ {name} ≤ {b}"
    if low is not None:
        return f"{name} ≥ {number(low, 4)}"
    return f"{name} ≤ {number(high, 4)}" if high is not None else f"every {name}"


def _checks(record: dict[str, Any]) -> tuple[CheckRow, ...]:
    rows = []
    for label, entry in record["worst"].items():
        if entry is not None:
            at = place(record["arguments"], entry["at"])
            rows.append(CheckRow(label, entry["ulp"], at, entry["moves"], entry["points"]))
    return tuple(rows)


def _peers(record: dict[str, Any]) -> tuple[PeerRow, ...]:
    names = record["arguments"]
    return tuple(
        PeerRow(label, t["points"], t["equal"], t["ours_nearer"], t["theirs_nearer"],
                _example(names, t.get("example")))
        for label, t in (record["torch"] or {}).items()
    )  # fmt: skip


def _example(names: Sequence[str], found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    words = (
        f"at {place(names, found['at'])} the truth is {number(found['truth'], 9)}, derivc gives"
        f" {number(found['ours'], 9)}, PyTorch {number(found['theirs'], 9)}"
    )
    return words if math.isfinite(found["truth"]) else words.replace("the truth is", "truth:")
