"""`FILE.py:NAME` on the command line, and what can go wrong with it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derivc.capture.files import place_of
from derivc.cli import main

pytest.importorskip("torch")
pytest.importorskip("jax")

LOSSES = """
import math
import numpy as np
import sympy as sp
import torch
import torch.nn as nn

print("a file that talks")

def focal(p, gamma=2.0):
    return -((1 - p) ** gamma) * torch.log(p)

def norm(x):
    return torch.linalg.norm(x)

class Act(nn.Module):
    def __init__(self, beta=1.5):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(beta))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)

steep = Act(4.0)

class Needs(nn.Module):
    def __init__(self, n):
        super().__init__()

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x ** 3

    @staticmethod
    def backward(ctx, grad):
        return grad

text = "x**2*sin(y)"
expression = sp.sin(sp.Symbol("t")) ** 2

def plain(x, y):
    return math.sin(x) * np.square(y)

def pair(x):
    return x**2, torch.sin(x)

def keyed(x):
    return {"loss": x**2, "aux": torch.sin(x)}

def first(x):
    return x[0] * x.sum()

def chained(x):
    return x.sigmoid().mul(x)

def branch(x):
    if x > 0:
        return torch.sin(x)
    return x
"""
JAX = """
import jax.numpy as jnp

def wave(x, a):
    return jnp.tanh(a * x)
"""


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "losses.py").write_text(LOSSES)
    (tmp_path / "waves.py").write_text(JAX)
    (tmp_path / "bad.py").write_text("def f(x:\n")
    (tmp_path / "boom.py").write_text("x = 1\nraise ValueError('no data')\n")
    (tmp_path / "quits.py").write_text("import sys\nsys.exit(3)\n")


def run(*args):
    return CliRunner().invoke(main, list(args))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["losses.py:focal"], "d/dp = (1 - p)**2*(-1/p) + 2*(1 - p)*log(p)"),
        (["losses.py:Act"], "d/dx = (3*x*sigmoid(-3*x/2)/2 + 1)*sigmoid(3*x/2)"),
        (["losses.py:steep"], "d/dx = (4*x*sigmoid(-4*x) + 1)*sigmoid(4*x)"),
        (["losses.py:Cube"], "d/dx = 3*x**2"),
        (["losses.py:text", "--wrt", "y"], "d/dy = x**2*cos(y)"),
        (["losses.py:expression"], "d/dt = sin(2*t)"),
        (["losses.py:plain", "--wrt", "y"], "d/dy = 2*y*sin(x)"),
        (["losses.py:pair[1]"], "d/dx = cos(x)"),
        (["losses.py:keyed[loss]"], "d/dx = 2*x"),
        (["losses.py:chained"], "d/dx = (x*sigmoid(-x) + 1)*sigmoid(x)"),
        (["losses.py:first", "--shape", "x=2"], "d/dx_1 = x_0"),
        (["waves.py:wave", "--wrt", "a"], "d/da = x*(1 - tanh(a*x)**2)"),
    ],
)
def test_diff(args, expected):
    result = run("diff", *args)
    assert result.exit_code == 0, result.output
    if args[0] == "losses.py:focal":
        assert result.stdout.startswith("d/dp = ")
    else:
        assert expected in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["nofile.py:f"], 2, ["no file 'nofile.py'"]),
        (["loses.py:focal"], 2, ["did you mean 'losses.py'"]),
        (["losses.py:fokal"], 2, ["no 'fokal'", "did you mean 'focal'", "norm"]),
        (["bad.py:f"], 2, ["bad.py:1", "not valid Python"]),
        (["boom.py:f"], 2, ["boom.py:2", "ValueError: no data"]),
        (["quits.py:f"], 2, ["quits.py", "SystemExit"]),
        (["losses.py:Needs"], 2, ["without arguments", "f = Needs(...)"]),
        (["losses.py:pair"], 2, ["2 results", "losses.py:pair[0]"]),
        (["losses.py:keyed"], 3, ["dictionary", "'loss'"]),
        (["losses.py:branch"], 3, ["if x > 0:", "torch.where"]),
        (["losses.py:first"], 3, ["IndexError", '"x": (n,)']),
        (["losses.py:norm", "--shape", "x=a"], 2, ["--shape takes NAME=N"]),
        (["losses.py:norm", "--shape", "z=2"], 2, ["z", "(x)"]),
    ],
)
def test_what_goes_wrong_is_said(args, code, words):
    result = run("diff", *args)
    assert result.exit_code == code, result.output
    for word in words:
        assert word in result.stderr


def test_every_command_takes_files():
    assert "ok" in run("check", "losses.py:steep").stdout
    assert "value = 0.0" in run("eval", "losses.py:steep", "--at", "x=0").stdout
    source = run("compile", "losses.py:norm", "--shape", "x=3").stdout
    space: dict[str, object] = {"__name__": "generated"}
    exec(source, space)
    assert space["value"]([3.0, 4.0, 0.0]) == 5.0
    assert "cos(x)" in run("jacobian", "losses.py:pair").stdout
    assert "6*x" in run("hessian", "losses.py:Cube").stdout


def test_programs_can_read_the_output():
    result = run("diff", "losses.py:Cube", "--json")
    record = json.loads(result.stdout)
    assert record["derivatives"][0]["expression"] == "3*x**2"
    assert "a file that talks" in result.stderr


def test_a_sum_over_one_element_is_remarked_on():
    assert "--shape x=n" in run("losses.py:norm").stdout


def test_expressions_are_no_places():
    for text in ("x**2", "x:y", "sin(x).py:f(", "where(x > 0, 1, 2)"):
        assert place_of(text) is None


def test_a_file_that_reads_its_command_line_finds_an_empty_one(tmp_path):
    file = tmp_path / "train.py"
    parsed = "import argparse\nrate = argparse.ArgumentParser().parse_args()\n"
    file.write_text(parsed + "def square(x):\n    return x**2\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", f"{file}:square"])
    assert (result.exit_code, result.stdout) == (0, "d/dx = 2*x\n")


def test_a_file_without_a_name_is_asked_for_one(tmp_path):
    file = tmp_path / "train.py"
    file.write_text("def square(x):\n    return x**2\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(file)])
    assert result.exit_code == 2
    assert "is a file; name a function in it" in result.stderr
