"""The page on steps shows what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import derivc as dc

PAGE = Path(__file__).resolve().parents[3] / "docs" / "steps.md"


def test_the_page_is_true() -> None:
    text = PAGE.read_text(encoding="utf-8")
    (call,) = re.findall(r"print\((dc\.explain\(.*\))\)", text)
    (shown,) = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
    assert eval(call, {"dc": dc}).text == shown


def test_every_call_of_the_table_works(tmp_path: Path) -> None:
    rows = re.findall(r"`(dc\.explain\(\".*?\))` \|", PAGE.read_text(encoding="utf-8"))
    assert len(rows) == 4
    for call in rows:
        assert eval(call, {"dc": dc}).text.count("Answer") >= 1
