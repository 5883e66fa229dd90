"""Sites of one's own functions: what is taken, what is refused, and why."""

from __future__ import annotations

import types

import numpy as np
import pytest
import sympy as sp

import derivc as dc
from derivc.errors import InputTypeError, SaveError
from derivc.reference.pages import own

pytest.importorskip("latex2mathml", reason="the docs extra is not installed")


def bell(x, sigma=1.0):
    """A bell curve.

    Not normalised.
    """
    return np.exp(-(x**2) / (2 * sigma**2))


def branchy(x):
    return x if x > 0 else -x


def polar(r, t):
    return [r * np.cos(t), r * np.sin(t)]


def test_a_module(tmp_path):
    module = types.ModuleType("curves")
    for function in (bell, branchy, polar):
        copied = types.FunctionType(function.__code__, globals(), function.__name__)
        copied.__doc__, copied.__module__ = function.__doc__, "curves"
        copied.__defaults__ = function.__defaults__
        setattr(module, function.__name__, copied)
    module.elsewhere = sp.sin
    made = dc.document(module, tmp_path / "site")
    assert [page.name for page in made.pages] == ["bell", "polar"]
    assert list(made.refused) == ["branchy"]
    assert "x > 0" in made.refused["branchy"]
    text = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert "curves" in text and "A bell curve." in text and "branchy" in text
    assert "left out: branchy" in str(made)


def test_every_kind_of_source(tmp_path):
    x = sp.Symbol("x")
    made = dc.document(
        {"text": "x**2*y", "sympy": x**3, "function": lambda a: a * 2,
         "kernel": dc.compile(lambda v: (v**2).sum(), shapes={"v": (3,)}), "several": ["x*y", "x"],
         "constant": "3", "kink": "abs(x)", "latex": r"\frac{x}{2}", "odd name/..": "x"},
        tmp_path / "site",
    )  # fmt: skip
    assert made.refused == {}
    by_name = {page.name: page for page in made.pages}
    assert by_name["sympy"].given_input[0].formula.text == "3*x**2"
    assert [r.formula.text for r in by_name["text"].second] == ["2*y", "2*x", "0"]
    assert by_name["kink"].kinks
    assert by_name["several"].given_input[0].formula.text == "y"
    files = sorted(p.name for p in (tmp_path / "site/functions").iterdir())
    assert "odd-name.html" in files


def test_what_cannot_be_read_is_listed(tmp_path):
    made = dc.document({"bad": "sin(", "good": "sin(x)", "none": "sin(x) + foo(x)"}, tmp_path / "s")
    assert [page.name for page in made.pages] == ["good"]
    assert set(made.refused) == {"bad", "none"}


@pytest.mark.parametrize("nothing", [{}, [], types.ModuleType("empty")])
def test_nothing_to_document(tmp_path, nothing):
    with pytest.raises(InputTypeError, match="nothing to document"):
        dc.document(nothing, tmp_path / "site")


@pytest.mark.parametrize("wrong", [3, [None], ["x", object()]])
def test_other_kinds_are_refused(tmp_path, wrong):
    with pytest.raises(InputTypeError):
        dc.document(wrong, tmp_path / "site")


def test_a_folder_of_the_users_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(SaveError, match="did not write"):
        dc.document("x", tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_names_of_functions_that_are_markup(tmp_path):
    made = dc.document({"<script>alert(1)</script>": "x"}, tmp_path / "site", title="<b>")
    for path in made.path.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8")


def test_a_function_that_swells_is_documented_by_its_code():
    def nest(x):
        for _ in range(12):
            x = np.sin(x) * np.exp(x)
        return x

    page = own.page_of("nest", nest)
    assert not page.given_input and "Too large" in page.notes[0]
    assert page.code and page.checks


def test_checks_are_made_now():
    page = own.page_of("f", "exp(x)*sin(y)")
    assert [row.result for row in page.checks] == ["value", "d/dx", "d/dy"]
    assert all(row.ulp < 1000 for row in page.checks)
