"""`derivc audit`: text, JSON, a page, exit codes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derivc.cli import main

FILE = """
import derivc as dc

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
    forward = Cube.forward

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x**2
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE, encoding="utf-8")
    return file


def run(*words):
    return CliRunner().invoke(main, ["audit", *map(str, words)])


def test_a_right_function_exits_with_0(path):
    found = run(f"{path}:Cube", "--inputs", "randn(3)")
    assert found.exit_code == 0, found.output
    assert found.output.startswith("RIGHT: Cube")


def test_all_of_a_file_with_a_page(path, tmp_path):
    page = tmp_path / "report.html"
    found = run(path, "--html", page)
    assert found.exit_code == 1
    assert "2 functions audited, 1 not right" in found.output
    text = page.read_text(encoding="utf-8")
    assert text.count("<section") == 2
    assert "must be multiplied by 3/2" in text
    assert "http" not in text, "the page needs nothing else"


def test_json_for_programs(path):
    found = run(f"{path}:Square", "--json")
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    assert document["command"] == "audit"
    assert not document["ok"]
    (report,) = document["reports"]
    assert report["verdict"] == "wrong"
    assert report["findings"][0]["code"] == "constant-factor"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["{path}:Cubic"], "did you mean 'Cube'"),
        (["{path}.txt"], "there is no file"),
        (["{path}:Cube", "--inputs", "randnn(3)"], "did you mean 'randn'"),
        (["{path}:Cube", "--domain", "x=1"], "NAME=LOW:HIGH"),
    ],
)
def test_slips_exit_with_2(path, words, says):
    found = run(*(word.format(path=path) for word in words))
    assert found.exit_code == 2
    assert says in found.output
