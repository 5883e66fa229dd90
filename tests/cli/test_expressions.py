"""What the program prints for expressions."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from derivc.cli import main


def run(*args: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=stdin)


def good(*args: str, stdin: str | None = None) -> str:
    result = run(*args, stdin=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_default_says_what_was_read_and_where_it_is_valid():
    lines = good("log(2*x - 1) + relu(x - 1)").splitlines()
    assert lines[0] == "I read this as  f(x) = log(2*x - 1) + relu(x - 1)"
    assert lines[2].startswith("  d/dx = ")
    assert "  valid where x > 1/2" in lines
    assert any("relu has no slope at x = 1" in line for line in lines)


def test_every_variable_gets_a_line():
    assert "  d/dx = y\n  d/dy = x\n" in good("x*y")


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["diff", "x**3", "--order", "2"], "d2/dx2 = 6*x\n"),
        (["diff", "x**2*y", "--wrt", "x,y"], "d2/dx dy = 2*x\n"),
        (["diff", "x*y", "--wrt", "y", "--wrt", "x"], "d/dy = x\nd/dx = y\n"),
        (["diff", "x**2", "--order", "0"], "f = x**2\n"),
        (["grad", "u**3 + v**2 + 4*u*v"], "d/du = 3*u**2 + 4*v\nd/dv = 4*u + 2*v\n"),
        (["grad", "x*y*z", "--wrt", "x,z"], "d/dx = y*z\nd/dz = x*y\n"),
        (["diff", "-x**2"], "d/dx = -2*x\n"),
        (["diff", "--order", "1", "-h*2"], "d/dh = -2\n"),
        (["diff", "--", "-h"], "d/dh = -1\n"),
        (["diff", "2x^2"], "d/dx = 4*x\n"),
        (["diff", r"\frac{x^{2}}{2}"], "d/dx = x\n"),
        (["diff", "5", "--wrt", "x"], "d/dx = 0\n"),
    ],
)
def test_derivatives(args, wanted):
    assert good(*args) == wanted


@pytest.mark.parametrize(
    "args", [["-x**2"], ["-x**2", "--order=1"], ["--wrt", "x", "-x**2"], ["--", "-x**2"]]
)
def test_an_expression_may_begin_with_a_minus(args):
    assert "d/dx = -2*x" in good(*args)


def test_matrices():
    rows = [line.split() for line in good("hessian", "x**2*y").splitlines()]
    assert rows == [["d/dx", "d/dy"], ["d/dx", "2*y", "2*x"], ["d/dy", "2*x", "0"]]
    rows = [line.split() for line in good("jacobian", "x*y", "x + y").splitlines()]
    assert rows == [["d/dx", "d/dy"], ["f1", "y", "x"], ["f2", "1", "1"]]
    assert "pmatrix" in good("hessian", "x*y", "--latex")


def test_latex():
    assert good("x^2", "--latex") == "\\frac{d}{dx}\\left(x^{2}\\right) = 2 x\n"
    assert "\\partial" in good("x*y", "--latex")


@pytest.mark.parametrize("args", [["x**2*sqrt(y)"], ["diff", "x*y"], ["grad", "x*y"]])
def test_json(args):
    record = json.loads(good(*args, "--json"))
    assert record["schema"] == 1
    assert record["input"] == args[-1]
    assert record["parsed"] == args[-1]
    assert record["variables"] == ["x", "y"]
    assert [d["label"] for d in record["derivatives"]] == ["d/dx", "d/dy"]
    assert {"valid_where", "kinks", "latex"} <= set(record)


def test_json_of_matrices():
    assert json.loads(good("hessian", "x*y", "--json"))["matrix"] == [["0", "1"], ["1", "0"]]
    assert json.loads(good("jacobian", "x*y", "x", "--json"))["matrix"] == [["y", "x"], ["1", "0"]]


def test_standard_input_one_expression_a_line():
    assert good("diff", "-", stdin="x**2\n\nsin(y)\n") == "d/dx = 2*x\n\nd/dy = cos(y)\n"
    lines = good("-", "--json", stdin="x\ny\n").splitlines()
    assert [json.loads(line)["variables"] for line in lines] == [["x"], ["y"]]


def test_a_faulty_line_does_not_stop_the_others():
    result = run("diff", "-", stdin="x +* 1\nx**2\n")
    assert result.exit_code == 2
    assert "line 1: error" in result.stderr
    assert result.stdout == "d/dx = 2*x\n"


def test_no_simplify_is_taken():
    assert "d/dx" in good("sin(x)*exp(x)", "--no-simplify")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sqrt(x)", "valid where x > 0"),
        ("1/(1 - 2*x)", "valid where x != 1/2"),
        ("x/x", "valid where x != 0"),
        ("sqrt(x**2 + 1)", "valid for every real x"),
        ("where(x > 0, log(x), x)", "valid for every real x"),
        ("log(-x**2)", "valid for no real x"),
        ("acos(x)", "valid where abs(x) < 1"),
        ("x**y", "valid where x > 0"),
        ("abs(x*y)", "valid for every real x, y"),
    ],
)
def test_where_it_is_valid(text, wanted):
    assert f"  {wanted}\n" in good(text)


def test_a_deep_formula_is_printed_but_its_domain_is_not():
    record = json.loads(good("eval", "sin(" * 300 + "x" + ")" * 300, "--at", "x=1", "--json"))
    assert record["valid_where"] is None
