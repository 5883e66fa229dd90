"""The page on steps lists calls that work; tests/test_docs.py runs its examples."""

from __future__ import annotations

import re
from pathlib import Path

import derivc as dc

PAGE = Path(__file__).resolve().parents[3] / "docs" / "steps.md"


def test_every_call_of_the_table_works() -> None:
    rows = re.findall(r"`(dc\.explain\(\".*?\))` \|", PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 4
    for call in rows:
        assert eval(call, {"dc": dc}).text.count("Answer") >= 1
