"""`derivc docs`: sites from the command line, and what it refuses."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from derivc.cli import main
from derivc.reference.site import extra

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


def test_a_module_that_fails_is_the_users_error(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("import nothing_of_that_name", encoding="utf-8")
    result = run("docs", str(broken), "-o", str(tmp_path / "site"))
    assert result.exit_code == 2
    assert "broken.py:1: `import nothing_of_that_name`" in result.stderr


@pytest.mark.parametrize("words", [[], ["my_curves.py"]])
def test_a_missing_package_is_named_before_the_work(words, module, tmp_path, monkeypatch):
    monkeypatch.chdir(module.parent)
    monkeypatch.setitem(extra.PACKAGES, "no_such_package", "no-such-package")
    result = run("docs", *words, "-o", str(tmp_path / "site"))
    assert result.exit_code == 3
    assert 'no-such-package: python -m pip install "derivc[docs]"' in result.stderr
