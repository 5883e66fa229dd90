"""The text of a tree reads back as the same tree."""

from __future__ import annotations

import pytest

import derivc as dc
from derivc.symbolic.text import text_of

TEXTS = [
    "where(x == 3, 1, x)",
    "where(x != 3 and (x == 2 or y > 0), x**2, y)",
    "where(x == 1, where(y == 2, 1, 2), 3)",
    "abs(x) + where(x == 0, 1, sin(x)/x)",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_condition_reads_back(text: str) -> None:
    tree = dc.compile(text).formula
    assert dc.compile(text_of(tree), inputs=["x", "y"]).formula == tree


def test_a_report_names_conditions_as_they_are_written() -> None:
    report = dc.singularities("where(x == 1, abs(x), x**2)")
    assert report.formula == "where(x == 1, abs(x), x**2)"
    assert "Eq(" not in str(report)
