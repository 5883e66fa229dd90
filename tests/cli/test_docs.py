"""`derivc docs`: sites from the command line, and what it refuses."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from derivc.cli import main

TEXT = '''
def cube(x):
    """A cube."""
    return x**3


def odd(x):
    return x if x > 0 else -x
'''


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "my_curves.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_module_by_its_file(module, tmp_path):
    pytest.importorskip("latex2mathml", reason="the docs extra is not installed")
    result = run("docs", str(module), "-o", str(tmp_path / "site"))
    assert result.exit_code == 0, result.output
    assert "left out: odd" in result.stderr
    assert "A cube." in (tmp_path / "site/functions/cube.html").read_text(encoding="utf-8")


def test_the_folder_of_somebody_else(module):
    result = run("docs", "-o", str(module.parent))
    assert result.exit_code != 0
    assert "did not write" in result.stderr
    assert module.is_file()


@pytest.mark.parametrize("words", [["nowhere.py"], ["no.such.module"], ["a", "b"]])
def test_no_such_module(words, tmp_path):
    result = run("docs", *words, "-o", str(tmp_path / "site"))
    assert result.exit_code == 2
    assert "error" in result.stderr.lower()
    assert not (tmp_path / "site").exists()


def test_help_begins_with_examples():
    shown = run("docs", "--help").stdout
    assert shown.index("derivc docs -o site --open") < shown.index("--processes")
