"""A structural op's record as the tables of its page."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import StructuralOp
from derivc.reference import records
from derivc.reference.page import CheckRow, PeerRow


def measured(op: StructuralOp) -> dict[str, Any]:
    """The tables of a page that come from the record; nothing where there is none."""
    record = records.stored()["structural"].get(op.name)
    if record is None:
        return {}
    checks = tuple(
        CheckRow(label, entry["ulp"], entry["at"], 0.0, entry["points"])
        for label, entry in record["worst"].items()
    )
    peers = tuple(
        PeerRow(label, t["points"], t["equal"], t["ours_nearer"], t["theirs_nearer"])
        for label, t in record["torch"].items()
    )
    from derivc.reference.figures import date

    return {"checks": checks, "peers": peers, "measured": date()}
