"""The pytest plugin, in test-suites of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

pytest_plugins = ["pytester"]

FUNCTIONS = """
import derivc as dc
import pytest

class Cube(dc.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2

class Square(Cube):
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x**2
"""
INSTALLED = bool(entry_points(group="pytest11", name="derivc"))
LOAD = (
    "-p",
    "no:cacheprovider",
    "--strict-markers",
    *(() if INSTALLED else ("-p", "pytest_derivc")),
)
ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "derivc" / "beside"
PLACES = os.pathsep.join([str(ROOT), str(PLUGIN)])


def test_the_mark_and_the_fixture_fail_where_a_backward_is_wrong(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", PLACES)
    pytester.makepyfile(
        FUNCTIONS
        + """
@pytest.mark.derivc_audit(function=Cube)
def test_right(): pass

@pytest.mark.derivc_audit
class Fourth(Cube):
    forward = Cube.forward

@pytest.mark.derivc_audit(Square, inputs=[2.0])
def test_wrong(): pass

@pytest.mark.derivc_audit
def test_empty(): pass

@pytest.mark.derivc_audit(function=Cube)
class TestClass:
    def test_one(self): pass

def test_right_by_fixture(derivc_audit):
    assert derivc_audit(Cube, inputs=[2.0]).verdict == "right"

def test_wrong_by_fixture(derivc_audit):
    derivc_audit(Square)
"""
    )
    result = pytester.runpytest_subprocess(*LOAD)
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines(["WRONG: Square*", "*constant factor*3/2*", "*worst at*"])
    result.stdout.fnmatch_lines(["*needs the function to audit*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_loading_it_imports_nothing_heavy():
    code = (
        "import sys, pytest_derivc; print({'derivc', 'sympy', 'numpy', 'torch'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PLUGIN)
    assert said.stdout.strip() == "set()"
