"""Pages hold what the declarations say, and formulas that mean the same."""

from __future__ import annotations

import json
from functools import partial

import mpmath as mp
import pytest
import sympy as sp

import derivc as dc
from derivc.ops.declaration import Op
from derivc.reference.names import pages
from derivc.reference.pages.find import made_of

SAMPLE = [op for i, op in enumerate(pages()) if i % 9 == 0]


@pytest.mark.parametrize("op", SAMPLE, ids=lambda op: op.name)
def test_a_page_can_be_made_of_every_op(op):
    page = made_of(op)
    assert page.summary == op.summary
    assert json.loads(json.dumps(page.as_json(), allow_nan=False))["name"] == op.name
    assert page.signature in str(page)
    differentiable = page.given_input if isinstance(op, Op) else op.formula
    assert bool(page.vjp) == bool(differentiable)


@pytest.mark.parametrize(
    ("name", "at"),
    [("sigmoid", {"x": 0.7}), ("gelu", {"x": -1.3}), ("softplus", {"x": 0.4, "beta": 1.5}),
     ("atan2", {"a": 0.3, "b": -1.2}), ("logaddexp", {"a": 0.2, "b": 1.1}), ("mish", {"x": 0.9}),
     ("xlogy", {"x": 1.3, "z": 0.6}), ("hypot", {"a": 1.5, "b": 0.7}), ("entr", {"x": 0.3})],
)  # fmt: skip
def test_formulas_agree_with_differences_of_the_definition(name, at):
    """First and second partials, given the input, the output, and of the definition."""
    page = dc.page(name)
    whole = _number(page.definition.text)
    y = whole(**at)
    for row in (*page.given_input, *page.given_output, *page.elementary):
        variable = row.label.text.removeprefix("d/d")
        truth = _difference(whole, at, variable)
        found = _number(row.formula.text)(**at, y=y)
        assert abs(found - truth) < 1e-10 * max(1, abs(truth)), row
    for row in page.second:
        below = row.label.text.partition("/")[2].replace("d", "").split()
        (first, second) = below if len(below) == 2 else (below[0].rstrip("2"),) * 2
        inner = partial(_along, whole, first)
        truth = _difference(inner, at, second)
        found = _number(row.formula.text)(**at)
        assert abs(found - truth) < 1e-7 * max(1, abs(truth)), row


def _number(text):
    """The formula as a function in 40 digits, read by derivc and evaluated by SymPy."""
    tree = dc.parse(text)

    def value(**at):
        exact = {sp.Symbol(n): sp.Float(str(x), 40) for n, x in at.items()}
        return mp.mpf(str(sp.N(tree.xreplace(exact).doit(), 40)))

    return value


def _along(function, name, **at):
    return _difference(function, at, name)


def _difference(function, at, name):
    with mp.workdps(40):
        step = mp.mpf(10) ** -9
        high, low = ({**at, name: at[name] + s * step} for s in (1, -1))
        return (function(**high) - function(**low)) / (2 * step)


def test_a_page_of_an_elementwise_op_is_complete():
    page = dc.page("torch.sigmoid")
    assert page.given_output[0].formula.text == "y*sigmoid(-x)"
    assert page.vjp[0].formula.text == "y_bar*(y*sigmoid(-x))"
    assert page.jvp[0].label.tex == r"\dot{y}"
    assert page.names["SciPy"] == ("scipy.special.expit",)
    assert [c.language for c in page.code] == ["python", "c"]
    assert "np.exp" in page.code[0].text and "exp(" in page.code[1].text
    assert page.range == "0 to 1"
    assert any(row.fails and row.result == "d/dx" for row in page.stability)


def test_kinks_are_side_by_side():
    (kink,) = dc.page("relu").kinks
    assert (kink.derivc, kink.torch, kink.jax, kink.left, kink.right) == ("0", "0", "0", "0", "1")
    assert kink.where.text == "x = 0"
    (absolute,) = dc.page("abs").kinks
    assert (absolute.left, absolute.right, absolute.jax) == ("-1", "1", "1")


def test_matrix_formulas():
    page = dc.page("torch.matmul")
    assert [row.formula.tex for row in page.vjp] == [r"\bar{Y} B^{\top}", r"A^{\top} \bar{Y}"]
    assert "def _matmul_vjp" in page.code[1].text
    assert dc.page("inv").code[1].text.startswith("lambda F, g, y:")


def test_the_page_in_a_notebook():
    pytest.importorskip("latex2mathml", reason="the docs extra is not installed")
    shown = dc.page("relu")._repr_html_()
    assert "<math" in shown and "<script" not in shown


def test_a_range_is_shown_only_where_it_is_declared():
    assert dc.page("sigmoid").range == "0 to 1"
    assert dc.page("gelu").range == ""  # not every number: it is never below -0.17
