"""The program as a program: help, errors, exit codes, pipes, colours, start-up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derivc.cli import COMMANDS, main
from derivc.cli.words import arities, split

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "derivc"]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*args: str, env: dict[str, str] | None = None, color: bool = False) -> Result:
    return CliRunner().invoke(main, list(args), env=env, color=color)


def test_help_begins_with_examples():
    for option in ("-h", "--help"):
        shown = run(option).stdout
        assert shown.index("Examples:") < shown.index("Commands:") < shown.index("Exit codes:")
    assert run().stdout == shown


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_has_help(command):
    result = run(command.name, "--help")
    assert result.exit_code == 0
    assert "Options:" in result.stdout


def test_version():
    assert [line.split()[0] for line in run("--version").stdout.splitlines()] == [
        "derivc", "sympy", "numpy", "python",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["x +* 2"], 2, "       ^\n"),
        (["foo(x)"], 2, "'foo'"),
        ([""], 2, "empty"),
        (["diff"], 2, "no expression"),
        (["diff", "5"], 2, "no variable"),
        (["x", "+", "y"], 2, 'quote it: "x + y"'),
        (["dif", "x**2"], 2, "did you mean 'diff'"),
        (["diff", "x", "--ordr", "2"], 2, "--order"),
        (["diff", "x", "--wrt", "a+b"], 2, "names of variables"),
        (["zeta(x)"], 3, "derivative of zeta"),
        (["1/0"], 3, "zero"),
    ],
)
def test_errors(args, code, said):
    result = run(*args)
    assert result.exit_code == code
    assert result.stdout == ""
    assert "error: " in result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_errors_as_json():
    error = json.loads(run("x +* 2", "--json").stderr)["error"]
    assert error["kind"] == "syntax"
    assert error["position"] == 3
    assert json.loads(run("diff", "--json").stderr)["error"]["kind"] == "usage"


def test_debug_shows_the_traceback():
    assert "Traceback" in run("x +* 2", "--debug").stderr
    assert "Traceback" in run("x +* 2", env={"DERIVC_DEBUG": "1"}).stderr


def test_an_error_of_ours_is_reported_without_traceback(monkeypatch):
    monkeypatch.setattr("derivc.cli.formula.read", lambda text: 1 // 0)
    result = run("x**2")
    assert result.exit_code == 70
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_variable_like_a_command_gets_a_hint():
    result = run("dif")
    assert result.exit_code == 0
    assert "the command is 'diff'" in result.stderr
    assert "d/ddif = 1" in result.stdout


def test_options_come_from_the_environment():
    assert json.loads(run("x**2", env={"DERIVC_JSON": "1"}).stdout)["schema"] == 1
    assert "d2/dx2" in run("x**2", env={"DERIVC_ORDER": "2"}).stdout


def test_colour_is_given_only_where_it_is_wanted():
    plain = {"NO_COLOR": "", "TERM": "xterm"}
    assert "\x1b[" in run("x**2", env=plain, color=True).stdout
    assert "\x1b[" not in run("x**2", env=plain).stdout
    assert "\x1b[" not in run("x**2", "--no-color", env=plain, color=True).stdout
    assert "\x1b[" not in run("x**2", env={**plain, "NO_COLOR": "1"}, color=True).stdout
    assert "\x1b[" not in run("x**2", env={**plain, "TERM": "dumb"}, color=True).stdout


def test_options_may_stand_anywhere():
    for args in (["--json", "diff", "x"], ["diff", "--json", "x"], ["diff", "x", "--json"]):
        assert json.loads(run(*args).stdout)["command"] == "diff"


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["-x", "--wrt", "-"], (["--wrt", "-"], ["-x"])),
        (["-o", "f", "-o*x"], (["-o", "f"], ["-o*x"])),
        (["--", "--wrt"], ([], ["--wrt"])),
        (["--wrt=x", "--unknown", "-"], (["--wrt=x", "--unknown"], ["-"])),
    ],
)
def test_split(args, wanted):
    assert split(args, arities(COMMANDS)) == wanted


def test_help_and_version_do_not_wait_for_sympy():
    code = (
        "import sys, types; m = types.ModuleType('derivc'); m.__path__ = ['derivc'];"
        "sys.modules['derivc'] = m\n"
        "from derivc.cli import main\n"
        "for option in ('--version', '--help'):\n"
        "    try: main([option])\n"
        "    except SystemExit as done: assert not done.code\n"
        "assert not {'sympy', 'numpy', 'jinja2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def test_runs_as_a_module():
    done = subprocess.run([*PROGRAM, "-x**2"], env=ENV, capture_output=True, text=True, check=True)
    assert "d/dx = -2*x" in done.stdout
    assert done.stderr == ""


def test_a_closed_pipe_is_no_error():
    with subprocess.Popen(
        [*PROGRAM, "ops"], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for children")
def test_ctrl_c():
    code = (
        "import os, signal; from derivc.cli import main, source\n"
        # A program that a shell starts in the background ignores it otherwise.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "source.expressions = lambda words: os.kill(os.getpid(), signal.SIGINT) or ['x']\n"
        "main(['x'])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENV, capture_output=True, text=True)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_told():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("the system has no /dev/full")
    with full.open("w", encoding="utf-8") as stream:
        done = subprocess.run(
            [*PROGRAM, "x**2"], env=ENV, stdout=stream, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "could not write the output: No space left on device" in done.stderr


def test_standard_input_that_is_no_text():
    done = subprocess.run(
        [*PROGRAM, "-"], env=ENV, input=b"\xff\xfe", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"standard input is not text in UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["explain-nan", "x", "--of", "foo"], "Try: derivc explain-nan --help"),
        (["completion"], "Choose from: bash, zsh, fish"),
        (["diff", "losses.py"], "losses.py is a file; name a function in it"),
        (["mean(x)"], "dc.compile('mean(...)')"),
    ],
)
def test_errors_say_what_to_do(args, said):
    result = run(*args)
    assert result.exit_code == 2
    assert said in result.stderr
