"""A file that misbehaves is contained: it costs a report, not the session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivc as dc
from derivc.errors import InputTypeError
from derivc.verify.audit.isolate import audit_file

HEAD = """
import derivc as dc

class Cube(dc.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        {body}
        return g * 3 * x**2
"""


@pytest.fixture
def written(tmp_path):
    """Writes a file with `body` in its backward."""

    def write(body="", head=""):
        path = tmp_path / "user.py"
        path.write_text(head + HEAD.format(body=body), encoding="utf-8")
        return str(path)

    return write


def test_a_right_function_comes_back_right(written, capfd):
    (report,) = audit_file(written(head="print('noise')\n"), "Cube")
    assert report.verdict == "right"
    assert "noise" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("while True: pass", "did not end within 4 s"),
        ("import os; os._exit(7)", "exit code 7"),
        ("import os; os.abort()", "SIGABRT"),
    ],
)
def test_what_ends_the_process_is_reported(written, body, says):
    path = written(body)
    (report,) = audit_file(path, "Cube", timeout=4 if "while" in body else 100)
    assert report.verdict == "fails when called"
    assert says in report.findings[0].message
    if "SIG" in says:
        assert report.line == 13, "the line of the crash"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read in /proc")
def test_a_memory_hog_is_ended(written):
    path = written("hog = [bytearray(2**20) for _ in iter(int, 1)]")
    (report,) = audit_file(path, "Cube", timeout=60, memory=700)
    assert "more than 700 MiB" in report.findings[0].message


def test_an_exit_is_a_failure_of_the_function(written):
    (report,) = audit_file(written("raise SystemExit"), "Cube")
    assert [f.code for f in report.findings] == ["exit"]


def test_a_file_that_cannot_be_run_is_reported_with_its_line(written):
    (report,) = audit_file(written(head="x = 1\nundefined + x\n"), "Cube")
    assert report.verdict == "fails when called"
    assert "NameError" in report.findings[0].message
    assert report.line == 2


def test_names_that_are_not_there_are_named(written):
    with pytest.raises(dc.errors.InputTypeError, match="did you mean 'Cube'"):
        audit_file(written(), "Cubes")
    with pytest.raises(dc.errors.InputTypeError, match="no file"):
        audit_file("nowhere.py")


def test_isolated_in_a_copy():
    report = dc.audit(lambda x: x**3, backward=lambda x, g: 3 * g * x**2, isolate=True)
    assert report.ok
    crash = dc.audit(lambda x: x**3, backward=lambda x, g: os.abort(), isolate=True)
    assert "SIGABRT" in crash.findings[0].message
    endless = dc.audit(lambda x: endlessly(), backward=lambda x, g: g, isolate=True, timeout=1)
    assert "1 s" in endless.findings[0].message


def endlessly():
    while True:
        pass


SEVERAL = """
import argparse
import derivc as dc

rate = argparse.ArgumentParser().parse_args()

class Fussy(dc.Function):
    @staticmethod
    def forward(ctx, x):
        assert x.shape == (17, 19)
        return 2 * x

    @staticmethod
    def backward(ctx, g):
        return 2 * g

class Endless(Fussy):
    @staticmethod
    def forward(ctx, x):
        while True: pass

class Double(dc.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x

    @staticmethod
    def backward(ctx, g):
        return 3 * g
"""


def test_one_of_several_functions_does_not_keep_the_others_from_being_audited(tmp_path):
    path = tmp_path / "several.py"
    path.write_text(SEVERAL, encoding="utf-8")
    found = {r.name: r for r in audit_file(str(path), timeout=20)}
    assert found["Fussy"].verdict == "not audited"
    assert "no arguments were found" in found["Fussy"].causes[0].message
    assert found["Endless"].verdict == "fails when called"
    assert found["Endless"].line == SEVERAL[: SEVERAL.index("while True")].count("\n") + 1
    assert found["Double"].verdict == "wrong"
    assert [f.code for f in found["Double"].causes] == ["constant-factor"]
    with pytest.raises(InputTypeError, match="no arguments were found"):
        audit_file(str(path), "Fussy")


def test_a_file_of_a_package_is_loaded_as_one(tmp_path):
    package = tmp_path / "models" / "layers"
    package.mkdir(parents=True)
    (tmp_path / "models" / "__init__.py").write_text("import not_installed_here", encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "powers.py").write_text("def cube(x): return x**3", encoding="utf-8")
    text = HEAD.format(body="").replace("return x**3", "return cube(x)")
    (package / "act.py").write_text(f"from .powers import cube\n{text}", encoding="utf-8")
    (report,) = audit_file(str(package / "act.py"))
    assert report.verdict == "right", report


def test_the_line_that_keeps_a_file_from_running_is_named(tmp_path):
    path = tmp_path / "user.py"
    path.write_text("x = 1\nimport not_installed_here\n", encoding="utf-8")
    (report,) = audit_file(str(path))
    assert (report.verdict, report.line) == ("fails when called", 2)
