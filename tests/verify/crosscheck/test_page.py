"""The page for notebooks: complete, escaped, self-contained, and coloured by ulp."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import derivc as dc
from derivc.verify.crosscheck.page import shade
from derivc.verify.crosscheck.records import CrosscheckReport, Finding, Row

NAN = float("nan")


class Balance(HTMLParser):
    """Notices a tag that is not closed, or closed twice."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_whole_and_loads_nothing():
    page = dc.crosscheck("abs(x)*y", ["finite", "mpmath"], points=4)._repr_html_()
    checker = Balance()
    checker.feed(page)
    assert not checker.open
    assert not re.search(r"https?:|src=|@import|<script", page)
    assert "abs at 0" in page


def test_what_is_wrong_is_red_and_open():
    wrong = dc.crosscheck("x**2", {"<mine>": lambda x: (x**2, 3 * x)}, points=4)
    page = wrong._repr_html_()
    assert "<details open>" in page
    assert "&lt;mine&gt;" in page
    assert "<mine>" not in page
    assert "WRONG" in page


def test_shades_follow_the_distance():
    finding = Finding("wrong", "mine", 1, "", (), 0.0, 0.0, NAN, NAN, NAN)
    rows = [Row("a", "value", 0, 1, 0.0, ulps) for ulps in (0, 3, 12, 1e4, 1e12, float("inf"))]
    shades = [shade(row) for row in rows] + [shade(Row("a", "v", 0, 1, 0.0, 0.0, (finding,)))]
    assert len(set(shades)) == len(shades)


def test_an_empty_report_has_a_page():
    report = CrosscheckReport("f", ("x",), 0, "float64", 2, ())
    assert "nothing compared" in report._repr_html_()
