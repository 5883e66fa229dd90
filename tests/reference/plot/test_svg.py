"""SVG text for web pages: well formed, small, the same every time, readable on light and dark."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("matplotlib")

from derivc.errors import DerivcError
from derivc.reference.plot.svg import svg

NS = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "5", "x*0 + nan", "log(-x**2 - 1)", "1e300*x", "1e-300*x", "sin(1000*x)", "tan(x)", "1/x",
    "floor(x**2)", "log(x)", "x**x", "exp(exp(x))", "where(x > 0, 1/x, x)", "sqrt(-abs(x))",
    "sin(1/x)", "gamma(x)", "abs(x - 1e-12)", "x", "heaviside(x)", "log(x-1000000)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_is_well_formed_and_small(text):
    drawn = svg(text)
    root = ET.fromstring(drawn)
    assert root.tag == NS + "svg"
    assert drawn.startswith("<svg") and len(drawn) < 40_000
    assert root[0].tag == NS + "title" and root[1].tag == NS + "desc"
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"


def test_stands_in_a_page_beside_others():
    first, second = svg("x**2"), svg("sin(x)")
    both = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (first, second)]
    assert both[0] and not both[0] & both[1]
    for text in (first, second):
        known = set(re.findall(r'\bid="([^"]+)"', text))
        used = re.findall(r'(?:url\(|href=")#([\w-]+)', text)
        assert used and set(used) <= known
        assert "<style" not in text and "<?xml" not in text


def test_text_is_text_in_the_colour_of_the_page():
    root = ET.fromstring(svg("x**2", title="Square"))
    texts = [t.text for t in root.iter(NS + "text")]
    assert "f(x)" in texts and "f'(x)" in texts and "Square" in texts
    assert "currentColor" in svg("x**2") and "#ffffff" not in svg("x**2")


def test_is_the_same_in_every_process():
    code = "from derivc.reference.plot.svg import svg; print(svg('sin(x)/x'), end='')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == svg("sin(x)/x")


def test_takes_trees_orders_sizes_and_fixed_variables():
    import sympy as sp

    x, a = sp.symbols("x a")
    drawn = svg(sp.exp(-a * x), x, orders=(0, 1, 2), size=(300, 200), at={"a": 2})
    root = ET.fromstring(drawn)
    assert (root.get("width"), root.get("height")) == ("300", "200")
    assert "f''(x)" in [t.text for t in root.iter(NS + "text")]


def test_describes_what_is_marked():
    root = ET.fromstring(svg("abs(x) + 1/(x - 2)"))
    assert "kink at x = 0" in root[1].text and "pole at x = 2" in root[1].text


@pytest.mark.parametrize("options", [{"domain": (1, 0)}, {"domain": 3}, {"orders": (-1,)}])
def test_refuses_what_it_cannot_draw(options):
    with pytest.raises(DerivcError):
        svg("x", **options)


@pytest.mark.parametrize("text", ["digamma(x)", "y1(x)", "lambertw(x)", "erfinv(x)"])
def test_special_functions_are_drawn_in_bounded_time(text):
    import time

    start = time.process_time()
    svg(text)
    assert time.process_time() - start < 15
