"""`derivc compile` for other libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from derivc.cli import main


def run(*words: str):
    return CliRunner().invoke(main, ["compile", *words])


@pytest.mark.parametrize("backend", ["torch", "jax", "array_api", "cupy"])
def test_a_module_is_written(tmp_path: Path, backend: str) -> None:
    target = tmp_path / "quick-gelu.py"
    done = run("x*sigmoid(1.702*x)", "--backend", backend, "-o", str(target))
    assert done.exit_code == 0, done.output
    text = target.read_text(encoding="utf-8")
    compile(text, "module", "exec")
    assert text.startswith('"""x*sigmoid(1.702*x)')
    assert ("def quick_gelu(x)" in text) == (backend in ("torch", "jax"))


def test_names_and_options() -> None:
    done = run("x*exp(-y)", "--backend", "torch", "--name", "Decay", "--custom-op", "--order", "1")
    assert done.exit_code == 0, done.output
    assert "class Decay(" in done.output
    assert "def decay(x, y)" in done.output
    assert 'custom_op("derivc::decay"' in done.output
    assert "_decay_x_x" not in done.output


def test_variables_held_constant() -> None:
    done = run("x**n", "--backend", "torch", "--wrt", "x")
    assert "_f_slopes = ((None, _f_x),)" in done.output


@pytest.mark.parametrize(("words", "message"), [
    (["jv(n, x)", "--wrt", "x", "--backend", "torch"], "a constant as its first argument"),
    (["jv(n, x)", "--wrt", "x", "--backend", "array_api"], "a constant as its first argument"),
    (["2", "--backend", "torch"], "no variables"),
    (["x", "--backend", "torch", "--name", "a b"], "cannot name a function"),
])  # fmt: skip
def test_what_cannot_be_written_is_said(words: list[str], message: str) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert message in done.output + done.stderr
