"""The page docs/better_than.md holds what is measured here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivc as dc
from tests.tensor.better import CASES, page, truth, ulps, value

PAGE = Path(__file__).resolve().parents[2] / "docs" / "better_than.md"


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.text} at {c.point}")
def test_derivc_is_right(case):
    assert ulps(value(dc, case.text, case.point), truth(case)) <= 8


def test_the_page_says_what_is_measured():
    torch = pytest.importorskip("torch")
    found = page(torch)
    if os.environ.get("DERIVC_GOLDEN") == "write":
        PAGE.write_text(found, encoding="utf-8")
    assert rows(PAGE.read_text(encoding="utf-8")) == rows(found)


def rows(text):
    """What is listed; the last digits of the distances may differ from machine to machine."""
    return [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| `")]
