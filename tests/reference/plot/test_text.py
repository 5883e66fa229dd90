"""Plots in the terminal."""

from __future__ import annotations

import pytest

from derivc.errors import DerivcError
from derivc.reference.plot.text import text_plot

HOSTILE = [
    "5", "nan*x", "log(-1 - x**2)", "1e300*x**2", "x*1e-300", "tan(x)", "1/x", "exp(1/x)",
    "floor(x)", "sin(1000*x)", "sin(1/x)", "exp(exp(x))", "x*y", "log(x*y)",
    "sqrt(-1 - x**2*y**2)", "a*b*c",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("unicode", [True, False])
def test_fits_the_width(text, unicode):
    shown = text_plot(text, width=60, height=16, unicode=unicode)
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert unicode or shown.isascii()


def test_a_parabola_has_its_lowest_row_in_the_middle():
    rows = text_plot("x**2", orders=(0,), width=61, height=20, unicode=False, domain=(-1, 1))
    body = [line[10:] for line in rows.splitlines()[1:-2]]
    touched = [line for line in body if "*" in line]
    assert set(touched[-1].strip()) == {"*"}
    middle = (touched[-1].index("*") + touched[-1].rindex("*")) / 2
    assert abs(middle - 25) < 2
    assert touched[0].index("*") < 3 and touched[0].rindex("*") > 46


def test_marks_and_names_what_is_singular():
    shown = text_plot("abs(x)", unicode=False)
    assert "marked: kink at x = 0" in shown and "O" in shown
    assert "┊" in text_plot("1/x") and "pole at x = 0" in text_plot("1/x")


def test_says_that_there_is_nothing_to_draw():
    assert text_plot("log(-1 - x**2)") == "no real value for x from -3 to 3"


def test_derivatives_are_told_apart_without_colour():
    legend = text_plot("sin(x)").splitlines()[0]
    assert "⠤⠤⠤⠤" in legend and "⠤ ⠤" in legend


def test_too_many_variables():
    with pytest.raises(DerivcError, match="fix some"):
        text_plot("+".join(f"x{i}" for i in range(9)))
