"""Generated modules as Python sees them: tracebacks, sources, missing packages."""

from __future__ import annotations

import inspect
import traceback

import pytest

from derivc.codegen.load import load, pseudo_filename
from derivc.errors import MissingDependencyError

SOURCE = "def value(x):\n    return 1 / x\n"


def test_tracebacks_show_the_line() -> None:
    value = load(SOURCE)["value"]
    try:
        value(0)
    except ZeroDivisionError:
        assert "return 1 / x" in traceback.format_exc()
    assert inspect.getsource(value) == SOURCE


def test_the_name_follows_from_the_text() -> None:
    assert pseudo_filename(SOURCE) == pseudo_filename(SOURCE) != pseudo_filename(SOURCE + "\n")
    assert pseudo_filename(SOURCE).startswith("<derivc value ")


def test_a_missing_package_names_the_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"derivc\[no_such_package_here\]"):
        load("import no_such_package_here\n")
