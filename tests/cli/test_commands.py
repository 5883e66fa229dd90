"""The commands that compute numbers, write code, and report on the installation."""

from __future__ import annotations

import importlib.util
import json
import math
import sys

import pytest
from click.testing import CliRunner, Result

from derivc.cli import main


def run(*args: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, list(args), env=env)


def good(*args: str) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("at", [["--at", "x=2", "--at", "y=pi/2"], ["--at", "x=2,y=pi/2"]])
def test_eval(at):
    record = json.loads(good("eval", "x*sin(y)", *at, "--json"))
    assert record["at"] == {"x": 2.0, "y": math.pi / 2}
    assert record["value"] == 2.0
    assert record["gradient"]["x"] == 1.0


def test_eval_prints_aligned_numbers():
    assert good("eval", "x**2", "--at", "x=-3") == "value = 9.0\nd/dx  = -6.0\n"
    assert good("eval", "5") == "value = 5.0\n"
    assert good("eval", "x", "--at", "x=max(1,2)").startswith("value = 2.0\n")


def test_eval_writes_what_json_lacks_as_text():
    assert json.loads(good("eval", "1/x", "--at", "x=0", "--json"))["value"] == "inf"


@pytest.mark.parametrize("at", [[], ["--at", "x"], ["--at", "x=1,z=2"], ["--at", "x=1,x=2"]])
def test_eval_refuses_a_point_that_does_not_fit(at):
    assert run("eval", "x**2", *at).exit_code == 2


def test_compile_prints_a_module():
    source = good("compile", "x**2*sin(y)")
    space: dict[str, object] = {"__name__": "generated"}
    exec(source, space)
    assert space["grad"](2.0, 0.0) == (0.0, 4.0)


def test_compile_writes_a_module(tmp_path):
    path = tmp_path / "kernel.py"
    assert good("compile", "x*y", "-o", str(path)) == ""
    spec = importlib.util.spec_from_file_location("written_kernel", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.value_and_grad(2.0, 3.0) == (6.0, (3.0, 2.0))


def test_compile_reports_a_place_that_cannot_be_written(tmp_path):
    result = run("compile", "x", "-o", str(tmp_path / "absent" / "kernel.py"))
    assert result.exit_code == 2
    assert "could not write" in result.stderr


def test_compile_takes_several_expressions():
    assert "def jacobian(" in good("compile", "x*y", "x + y")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["x**2*sin(x)"], 0),
        (["log(x)*y"], 0),
        (["x**2", "2*x"], 0),
        (["sin(x)**2", "2*sin(x)*cos(x)"], 0),
        (["x**2", "3*x"], 1),
        (["x**2*y", "2*x*y", "--wrt", "x"], 0),
        (["x**2*y", "2*x*y", "--wrt", "y"], 1),
        (["x**2*y", "2*x*y"], 2),
        (["log(-1 - x**2)"], 3),
    ],
)
def test_check(args, code):
    assert run("check", *args, "--points", "8").exit_code == code
    result = run("check", *args, "--points", "8", "--json")
    if code < 2:
        assert json.loads(result.stdout)["ok"] is (code == 0)


def test_check_shows_the_worst_point_of_value_and_partials():
    shown = good("check", "x*sin(y)", "--points", "8").splitlines()
    assert [line.split()[0] for line in shown] == ["ok:", "result", "value", "d/dx", "d/dy"]
    assert "x=" in shown[-1]
    entries = json.loads(good("check", "x*sin(y)", "--points", "8", "--json"))["checks"]
    assert [entry["label"] for entry in entries] == ["value", "d/dx", "d/dy"]
    assert all(entry["ulps"] <= 16 for entry in entries)


def test_ops():
    assert "sigmoid(x)" in good("ops")
    names = [op["name"] for op in json.loads(good("ops", "--json"))["ops"]]
    assert names == sorted(names)
    assert "relu(x)" not in good("ops", "trigonometric")


def test_op_in_full():
    shown = good("op", "relu")
    assert shown == good("ops", "show", "relu")
    assert "torch.relu" in shown
    assert "x = 0  derivc 0, PyTorch 0, JAX 0, left 0, right 1" in shown
    assert json.loads(good("op", "expit", "--json"))["name"] == "sigmoid"
    assert run("op", "sigmoidd").exit_code == 2


@pytest.mark.parametrize("name", ["torch.special.entr", "F.gelu", "torch.linalg.solve", "matmul"])
def test_op_by_the_names_of_libraries(name):
    record = json.loads(good("op", name, "--json"))
    assert record["name"] == name.rpartition(".")[2]
    assert record["vjp"]
    assert "\\" in good("op", name, "--latex")


def test_ops_can_be_shown():
    for op in json.loads(good("ops", "--json"))["ops"][::12]:
        assert json.loads(good("op", op["name"], "--json"))["params"] == op["params"]


def test_doctor():
    record = json.loads(good("doctor", "--json"))
    assert record["packages"]["sympy"]
    assert set(record["compilers"]) == {"cc", "gcc", "clang", "zig"}
    assert "long double" in good("doctor")


def test_cache(tmp_path):
    env = {"DERIVC_CACHE_DIR": str(tmp_path)}
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "two.src").write_text("three")
    assert "(1 files" in run("cache", "info", env=env).stdout
    assert json.loads(run("cache", "--json", env=env).stdout)["bytes"] == 5
    assert run("cache", "clear", env=env).stdout == "removed 1 files\n"
    assert "switched off" in run("cache", env={"DERIVC_CACHE_DIR": ""}).stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion(shell):
    assert "_DERIVC_COMPLETE" in good("completion", shell)


def test_examples_run_as_they_stand(tmp_path, monkeypatch):
    import shlex

    monkeypatch.chdir(tmp_path)
    (tmp_path / "losses.py").write_text("def focal(p):\n    return -((1 - p) ** 2) * p\n")

    lines = [line for line in good("examples").splitlines() if line.startswith("derivc ")]
    assert len(lines) >= 5
    for line in lines:
        if " -o " not in line:
            good(*shlex.split(line)[1:])


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["x**2*sin(y)"], 0),
        (["abs(x)", "--order", "1"], 0),
        (["exp(x)", "--domain", "x=0:1", "--dtype", "float32"], 0),
        (["log(-1 - x**2)"], 3),
        (["3"], 3),
        (["x", "--domain", "x"], 2),
        (["x", "--domain", "z=0:1"], 2),
    ],
)
def test_crosscheck(args, code):
    options = ["--points", "4", "--against", "finite,mpmath"]
    assert run("crosscheck", *args, *options).exit_code == code
    if code == 0:
        record = json.loads(good("crosscheck", *args, *options, "--json"))
        assert record["ok"]
        assert record["input"] == args[0]
        assert {row["peer"] for row in record["rows"]} == {"finite", "mpmath"}


def test_crosscheck_of_several_lines():
    options = ["--points", "2", "--against", "mpmath", "--order", "1"]
    result = CliRunner().invoke(main, ["crosscheck", "-", *options], input="x**2\nsin(x\ny\n")
    assert result.exit_code == 2
    assert result.stdout.count("ok: ") == 2
    assert "line 2" in result.stderr


def test_crosscheck_fails_on_what_is_not_explained(monkeypatch):
    from derivc.verify.crosscheck import run as module
    from derivc.verify.crosscheck.records import CrosscheckReport, Finding, Row

    nan = float("nan")
    finding = Finding("wrong", "derivc", 1, "planted", (1.0,), 1.0, 2.0, nan, nan, nan)
    report = CrosscheckReport(
        "x", ("x",), 1, "float64", 1, (Row("p", "v", 0, 1, 1, 1, (finding,)),)
    )
    monkeypatch.setattr(module, "crosscheck", lambda *_: report)
    assert run("crosscheck", "x").exit_code == 1
    assert run("crosscheck", "nobody", "--against", "nobody").exit_code == 1


def test_crosscheck_knows_its_peers():
    assert "torch, jax" in run("crosscheck", "x", "--against", "nobody").stderr


@pytest.mark.parametrize("option", [["--name", "f"], ["--custom-op"]])
def test_compile_refuses_options_of_other_libraries(option):
    result = run("compile", "x", *option)
    assert result.exit_code == 2
    assert f"{option[0]} is for modules of other libraries" in result.stderr


def test_a_file_that_cannot_be_written_is_told_in_the_users_terms(tmp_path):
    result = run("compile", "x", "-o", str(tmp_path / "absent" / "kernel.py"))
    assert f"there is no folder {tmp_path / 'absent'}; make it" in result.stderr
    assert ".tmp" not in run("compile", "x", "-o", str(tmp_path)).stderr


def test_a_point_with_a_variable_too_many_names_those_there_are():
    said = run("eval", "x*y", "--at", "x=1,z=2").stderr
    assert "give --at y=...; there is no variable z (variables: x, y)" in said


def test_crosscheck_with_nobody_who_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    result = run("crosscheck", "x**2", "--against", "torch", "--points", "2")
    assert result.exit_code == 3
    assert "skipped: torch" in result.stdout


@pytest.mark.parametrize("word", ["SIGM", "expit"])
def test_ops_are_found_by_any_word(word):
    assert "sigmoid(x)" in good("ops", word)


def test_ops_of_a_word_that_stands_nowhere():
    result = run("ops", "sigmod")
    assert result.exit_code == 2
    assert "did you mean 'sigmoid'?" in result.stderr
