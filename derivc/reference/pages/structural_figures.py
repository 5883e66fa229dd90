"""A structural op's record as the tables of its page."""

from __future__ import annotations

import math
from typing import Any

from derivc.ops.structure import StructuralOp
from derivc.reference.pages.figures import date
from derivc.reference.pages.page import CheckRow, Formula, KinkRow, PeerRow, number, numbers
from derivc.reference.records import store as records
from derivc.reference.records.reasons import reason


def measured(op: StructuralOp) -> dict[str, Any]:
    """The tables of a page that come from the record; why there are none, where there is none."""
    record = records.stored()["structural"].get(op.name)
    if record is None:
        return {"unchecked": reason(op) or ""}
    checks = tuple(
        CheckRow(label, entry["ulp"], entry["at"], math.nan, entry["points"])
        for label, entry in record["worst"].items()
    )
    peers = tuple(
        PeerRow(label, t["points"], t["equal"], t["ours_nearer"], t["theirs_nearer"])
        for label, t in record["torch"].items()
    )
    kinks = tuple(_kink(entry) for entry in record.get("kinks", []))
    return {"checks": checks, "peers": peers, "kinks": kinks, "measured": date()}


def _kink(entry: dict[str, Any]) -> KinkRow:
    """A special case: what comes back for a cotangent of ones."""
    where = Formula(f"{entry['call']} at a = {_list(entry['at'])}", "")
    words = {who: numbers(entry[who]) for who in ("derivc", "torch")}
    return KinkRow(where, entry["because"], "a, for a cotangent of ones", **words)


def _list(values: Any) -> str:
    """Nested numbers as one would type them."""
    if isinstance(values, list):
        return f"[{', '.join(map(_list, values))}]"
    return number(values)
