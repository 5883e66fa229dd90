"""The site's files: the same every time, whole, and with nothing from outside."""

from __future__ import annotations

import json
import re

import pytest

from derivc.reference.names import find
from derivc.reference.pages.page import SpecialRow
from derivc.reference.site.cells import linked, spoken
from derivc.reference.site.frame import index_of
from derivc.reference.site.reference import files
from derivc.reference.site.sections import special

pytest.importorskip("latex2mathml", reason="the docs extra is not installed")
pytest.importorskip("markdown_it", reason="the docs extra is not installed")
LOADS = r"(?:src=|url\(|@import|<link[^>]*href=)[\"']?([^\"')\s>]+)"
SOME = ["tanh", "relu", "xlogy", "softmax", "solve", "where"]


@pytest.fixture(scope="module")
def site():
    return files(1, SOME)


def test_two_builds_are_the_same_bytes_however_many_processes(site):
    assert files(2, SOME) == site


def test_nothing_comes_from_outside(site):
    for name, content in site.items():
        if name.endswith((".html", ".css", ".js")):
            loads = re.findall(
                r"(?:src=|url\(|@import|<link[^>]*href=)[\"']?([^\"')\s>]+)", content
            )
            assert [x for x in loads if "//" in x] == [], name
            assert "fetch(" not in content and "XMLHttpRequest" not in content


def test_the_index_of_the_search_names_every_page(site):
    rows = json.loads(site["names.js"].removeprefix("const NAMES = ").rstrip(";\n"))
    assert [row[0] for row in rows] == SOME
    for name, address, _, names in rows:
        assert address in site
        assert set(find(name).aliases) <= set(names)


def test_markup_in_the_index_is_no_markup():
    assert "</script>" not in index_of([("a", "b", "</script>", ["c"])])


def test_all_tables_are_there(site):
    for page in ("index.html", "names.html", "kinks.html", "accuracy.html", "notes/parity.html"):
        assert "<table" in site[page] or page.startswith("notes")
    assert "torch.tanh" in site["names.html"]
    assert "relu" in site["kinks.html"]


def test_every_page_has_the_same_parts(site):
    for name, content in site.items():
        if name.endswith(".html"):
            for part in ("<main", "<h1", 'lang="en"', "viewport", "names.js", "search.js"):
                assert part in content, (name, part)


@pytest.mark.parametrize(
    ("text", "markup"),
    [("the inverse of `logit`", "the inverse of <code>logit</code>"), ("a < b", "a &lt; b"),
     ("one ` alone", "one ` alone"), ("`<b>`", "<code>&lt;b&gt;</code>")],
)  # fmt: skip
def test_sentences(text, markup):
    assert spoken(text) == markup


def test_addresses_are_links():
    assert linked("see https://dlmf.nist.gov/4, too").count("<a ") == 1
    assert "<b" not in linked("<b> https://x.y/<b>")


def test_a_column_that_nothing_is_known_for_is_left_out():
    rows = [SpecialRow("x = 0", "0", "0.5", "0", "0.5", "", ""),
            SpecialRow("x = 1", "1", "1", "1", "-inf", "", "")]  # fmt: skip
    shown = special(rows)
    assert shown["heads"] == ["at", "value", "slope: derivc", "PyTorch"]
    assert [row["cells"] for row in shown["rows"]] == [
        ["x = 0", "0", "0.5", "0.5"], ["x = 1", "1", "1", "−∞"],
    ]  # fmt: skip
    assert [row["mark"] for row in shown["rows"]] == ["", "differs"]


def test_cards_of_kinks_name_their_columns(site):
    assert '<td data-head="PyTorch">0</td>' in site["kinks.html"]
    assert "data-head" not in site["index.html"]
