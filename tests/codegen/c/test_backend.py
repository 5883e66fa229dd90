"""The C text as it was reviewed; DERIVC_GOLDEN=write renews the files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivc as dc
from derivc.codegen.c.backend import CBackend
from derivc.codegen.function import Header
from derivc.errors import UnsupportedError

FOLDER = Path(__file__).parents[2] / "golden" / "c"
FORMULAS = {
    "rosenbrock": "100*(y-x**2)**2 + (1-x)**2",
    "bell": "a*exp(-(x-m)**2/(2*s**2))",
    "branch": "where(x > 0, log(x), x*lgamma(y))",
    "wave": "a*sin(w*t)*exp(-t)",
}
VECTOR = frozenset({"exp", "expf", "log", "logf", "sin", "sinf"})


def source(text: str, formula: str = "a formula") -> str:
    spec = dc.compile(text).specs.build("value_and_grad")
    return CBackend(VECTOR).source([spec], Header(formula, "0.1.0"))


@pytest.mark.parametrize("name", FORMULAS)
def test_source_is_as_reviewed(name: str) -> None:
    text, place = source(FORMULAS[name], FORMULAS[name]), FOLDER / f"{name}.c"
    if os.environ.get("DERIVC_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_a_formula_cannot_end_the_comment() -> None:
    assert "/* x */ int" not in source("x", "x */ int main() {} /*")
    assert source("x", "x */ y").count("*/") == source("x").count("*/")


def test_calls_come_before_what_reads_them() -> None:
    text = source("x*exp(x)*(x + 1) + log(x + exp(2*x))")
    block = text.partition("_block_d(")[2].partition("_point(")[0]
    last_call = max(block.rindex("v_exp("), block.rindex("v_log("))
    products = [line for line in block[:last_call].splitlines() if " * " in line]
    assert [line.split("= ")[1] for line in products] == ["2.0 * x;"]


def test_what_c_cannot_spell_is_refused() -> None:
    op = dc.declare(
        "only_in_numpy_example", "Spelled for NumPy alone.", params=("x",),
        spelling=dc.Spelling("np.spacing"), partials=lambda x, y: [1], truth=lambda x: x,
    )  # fmt: skip
    with pytest.raises(UnsupportedError, match="only_in_numpy_example has no spelling in C.*numpy"):
        dc.compile(op(dc.parse("x")), backend="c")
