"""`derivc explain`: steps in the terminal, as LaTeX, JSON and HTML."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

import derivc as dc
from derivc.cli import main


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["explain", *args])


def good(*args: str) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_steps_are_printed_rule_by_rule():
    shown = good("x**2*sin(x)")
    assert shown == dc.explain("x**2*sin(x)").text + "\n"
    heads = ["1. Product rule", "2. Power rule", "3. Derivative of sin", "4. Simplify", "Answer"]
    places = [shown.index(head) for head in heads]
    assert places == sorted(places)


def test_numbers_flow():
    assert "at x = 1: f = 3.534446645388523, d/dx f = 3.2874696809144304" in good(
        "sigmoid(x)**2 + 3*x", "--at", "x=1"
    )
    assert "x = 1.5707963267948966" in good("sin(x)", "--at", "x=pi/2")


def test_by_which_variables_and_how_often():
    assert good("x*y").count("Answer") == 2
    assert good("x*y", "--wrt", "y").count("Answer") == 1
    assert "Answer: d2/dx dy f = 2*x" in good("x**2*y", "--wrt", "x,y")
    assert "Third derivative: d3/dx3" in good("x**5", "--order", "3")


def test_other_forms():
    assert good("x**2", "--latex").startswith(r"\begin{aligned}")
    assert good("x**2", "--html").startswith("<!DOCTYPE html>")
    record = json.loads(good("x**2", "--json"))
    assert record["command"] == "explain"
    assert record["derivations"][0]["answer"]["text"] == "2*x"


def test_without_simplification():
    assert "Simplify" in good("x*sin(x)**2 + x*cos(x)**2")
    assert "Simplify" not in good("x*sin(x)**2 + x*cos(x)**2", "--no-simplify")


def test_long_derivations_are_cut():
    assert "not shown" in good("sin(x**2)*cos(x**3)", "--steps", "2")


@pytest.mark.parametrize(
    ("args", "code"),
    [(["x**"], 2), (["x", "--order", "0"], 2), (["x", "--at", "y=1"], 2), (["gammainc(x, 2)"], 3)],
)
def test_errors(args, code):
    result = run(*args)
    assert result.exit_code == code
    assert "error" in result.output


def test_a_function_of_a_file_is_explained(tmp_path):
    file = tmp_path / "losses.py"
    file.write_text("import math\ndef swing(x, y):\n    return math.sin(x) * y**2\n")
    shown = good(f"{file}:swing", "--at", "x=1,y=2", "--wrt", "y")
    assert "Answer: d/dy f = 2*y*sin(x)" in shown
    assert "d/dy f = 3.365883939231586" in shown
    twice = good(f"{file}:swing", "--wrt", "x", "--order", "2")
    assert "Answer: d2/dx2 f = -y**2*sin(x)" in twice
