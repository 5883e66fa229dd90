"""One exponential in place of several: forms that people know, and the same numbers."""

from __future__ import annotations

import mpmath as mp
import pytest
import sympy as sp

import derivc as dc
from derivc.symbolic.exponentials import by_one, several
from tests.option import OPTION, price

NAMES = ("K", "S", "T", "r", "s")
POINT = (100.0, 80.0, 0.7, 0.03, 0.2)


@pytest.mark.parametrize(("name", "exponentials", "functions"), [
    ("K", 1, {"erf", "exp", "log"}), ("S", 0, {"erf", "log"}), ("T", 2, {"erf", "exp", "log"}),
    ("r", 1, {"erf", "exp", "log"}), ("s", 1, {"exp", "log"}),
])  # fmt: skip
def test_sensitivities_of_an_option(name: str, exponentials: int, functions: set[str]) -> None:
    found = dc.diff(OPTION, name)
    assert len(found.atoms(sp.exp)) == exponentials
    assert {type(f).__name__ for f in found.atoms(sp.Function)} == functions
    with mp.workdps(60):
        order = tuple(int(n == name) for n in NAMES)
        truth = mp.diff(price, tuple(map(mp.mpf, map(str, POINT))), order)
    numbers = dict(zip(NAMES, map(sp.Rational, map(str, POINT)), strict=True))
    values = {symbol: numbers[symbol.name] for symbol in found.free_symbols}
    assert float(found.subs(values).evalf(40)) == pytest.approx(float(truth), rel=1e-15)


def test_the_second_derivative_needs_one() -> None:
    assert len(dc.diff(OPTION, "S", order=2).atoms(sp.exp)) == 1


@pytest.mark.parametrize("text", [
    "exp(x) + exp(y)", "exp(-x**2) - exp(-y**2)", "exp(x)", "exp(x**2 + y)*exp(-x)/2",
])  # fmt: skip
def test_what_has_little_in_common_stays(text: str) -> None:
    expr = dc.diff(f"z*({text})", "z")
    assert not several(expr) or by_one(expr) == expr


@pytest.mark.parametrize("text", ["(x + y)**900*exp(x)*exp(y)", "exp((x + y)**900)*exp(x*y)"])
def test_what_would_grow_is_left_alone(text: str) -> None:
    assert not several(sp.diff(sp.sympify(text), "x"))


def test_a_logarithm_in_the_exponent_becomes_a_power() -> None:
    x, y = sp.symbols("x y", real=True)
    expr = x * sp.exp(-((y - 1) ** 2)) - sp.exp(-(y**2 + 1) + 2 * y + sp.log(x))
    assert by_one(expr) == 0


def test_the_steps_say_so() -> None:
    assert "write one exponential by another" in dc.explain(OPTION, wrt="S").text
