"""`derivc plot` and `derivc singularities`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derivc.cli import main


def run(*args):
    return CliRunner().invoke(main, list(args))


def test_plots_in_the_terminal():
    result = run("plot", "x**3 - x", "--width", "50", "--height", "12")
    assert result.exit_code == 0 and result.stdout.startswith("f(x)")
    assert all(len(line) <= 50 for line in result.stdout.splitlines())
    assert run("plot", "x", "--ascii").stdout.isascii()


def test_options_reach_the_plot():
    shown = run("plot", "a*x", "--at", "a=2", "--domain", "0,pi", "--orders", "1", "--ascii").stdout
    assert "f'(x)" in shown and "f(x)" not in shown and "3.14" in shown
    assert run("plot", "x*y", "--domain", "x=0,1", "--domain", "y=-1,1").exit_code == 0
    assert run("plot", "a*b*x", "--wrt", "x").stdout.count("f(x)") == 1


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_writes_files(tmp_path, ending):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"f.{ending}"
    assert run("plot", "sin(x)/x", "--orders", "0,1,2", "-o", str(path)).exit_code == 0
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    "args",
    [("x", "-o", "f.gif"), ("x", "--orders", "a"), ("x", "--domain", "3"), ("x", "--wrt", "z"),
     ("x", "y"), (), ("x", "--at", "z=1"), ("x", "-o", "/nowhere/f.svg")],
    ids=str,
)  # fmt: skip
def test_refuses_with_a_message(args):
    if "/nowhere/f.svg" in args:
        pytest.importorskip("matplotlib")
    result = run("plot", *args)
    assert result.exit_code == 2 and result.stderr.startswith("error:")


def test_singularities():
    shown = run("singularities", "abs(x)/x").stdout
    assert shown.startswith("x = 0\n    jump: f -> -1 on the left and 1 on the right")
    record = json.loads(run("singularities", "tan(x)", "--json").stdout)
    assert record["singularities"][0]["kind"] == "pole"
    assert "smooth" in run("singularities", "x**2").stdout
