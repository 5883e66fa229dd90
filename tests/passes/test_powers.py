"""Powers with a variable exponent: what is next to 1, or to another power, keeps its digits."""

from __future__ import annotations

import math

import pytest

import derivc as dc
from derivc.ir.algebra import SmartBuilder
from derivc.passes import powers
from derivc.verify import oracle
from derivc.verify.ulp import ulps

NEAR = [
    ("(1 + x)**p", {"x": 1e-12, "p": 3e11}),
    ("(1 - x)**p", {"x": 1e-12, "p": 3e11}),
    ("(x/(x + 1))**p", {"x": 1e12, "p": 3e11}),
    ("((a + b)/(a - b))**p", {"a": 1.0, "b": 1e-12, "p": 3e11}),
    ("(1 + x)**p - 1", {"x": 5e130, "p": 7e-38}),
    ("1 - (1 - x)**p", {"x": 1e-9, "p": 3.0e-5}),
    ("(x + 1)**(1/n) - x**(1/n)", {"x": 2e-110, "n": 9e30}),
    ("(x + 1)**(1/n) - x**(1/n)", {"x": 3e130, "n": -54405.0}),
    ("y*(x + 1)**p/(3*x**p)", {"x": 1e200, "p": 3e199, "y": 7.0}),
    ("x**p - y**p", {"x": 3.0, "y": 2.0, "p": 1e-20}),
    ("(1/(1 + exp(-s)))**p/(1/(1 + exp(-t)))**p", {"s": 2e-20, "t": -4e-33, "p": 3e15}),
    ("y*(1/(1 + exp(-s)))**p/(z*(1/(1 + exp(-t)))**p)",
     {"s": -6e-18, "t": -3e82, "p": 1e-287, "y": 3.0, "z": 7.0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "point"), NEAR, ids=str)
def test_value_and_partials_keep_their_digits(text: str, point: dict[str, float]) -> None:
    kernel = dc.compile(text)
    given = [point[name] for name in kernel.inputs]
    value, partials = kernel.value_and_grad(*given)
    truths = [
        *oracle.evaluate(kernel.definition.program, given),
        *oracle.gradient(kernel.definition.program, given),
    ]
    found = [
        ulps(v, oracle.truth_float(t)) for v, t in zip((value, *partials), truths, strict=True)
    ]
    assert max(found) <= 16, (found, value, partials)


@pytest.mark.parametrize(
    ("text", "given", "value"),
    [
        ("(1 + x)**p", (2.0, -3.0), 4.0),
        ("(1 + x)**p", (2.0, -1.0), 0.0),
        ("(1 + x)**p", (0.5, -3.0), math.nan),
        ("(1 + x)**p - 1", (3.0, -3.0), -9.0),
        ("(x + 1)**p/x**p", (2.0, -3.0), 4 / 9),
        ("(x + 1)**p/x**p", (0.5, -3.0), math.nan),
        ("x**p - y**p", (2.0, -3.0, -2.0), 5.0),
        ("x**p - y**p", (2.0, 3.0, 0.0), 9.0),
        ("x**p - y**p", (0.5, -3.0, -2.0), math.nan),
    ],
)
def test_it_is_what_it_was_where_no_logarithm_is(
    text: str, given: tuple[float, ...], value: float
) -> None:
    assert dc.compile(text)(*given) == pytest.approx(value, nan_ok=True)


def test_a_constant_exponent_stays_a_power() -> None:
    assert "log1p" not in dc.compile("(1 + x)**2.5").source


def test_what_is_next_to_one() -> None:
    b = SmartBuilder(["x", "y"])
    one = b.const(1)
    assert powers.beside_one(b, b.emit("sub", one, 0)) == b.emit("neg", 0)
    near = b.emit("div", b.emit("add", 0, 1), 0)
    assert powers.beside_one(b, near) == b.emit("div", 1, 0)
    assert powers.beside_one(b, b.emit("add", 0, 1)) is None
    assert powers.beside_one(b, b.emit("div", 0, 1)) is None
