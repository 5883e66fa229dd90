"""The judge knows slopes to second order, kinks, zeros and edges, from differences alone."""

from __future__ import annotations

import math

import pytest

from derivc.lowering.lower import lower
from derivc.symbolic.parse import parse
from derivc.verify.crosscheck.quantity import Quantity, quantities
from derivc.verify.crosscheck.truth import Truth

VALUE, FIRST, SECOND = Quantity(0), Quantity(0, (0,)), Quantity(0, (0, 0))


def true(text: str, *point: float, names: tuple[str, ...] = ("x",)) -> dict[Quantity, float]:
    program = lower([parse(text)], names)
    truth = Truth(program, quantities(1, range(len(names)), 2), {})
    return truth.at(point)


@pytest.mark.parametrize(
    ("text", "x", "value", "first", "second"),
    [
        ("x**3", 2.0, 8, 12, 12),
        ("x**3", 0.0, 0, 0, 0),
        ("(exp(x) - 1)/x", 1e-9, 1.0000000005, 0.5000000003333333, 0.33333333358333333),
        ("1 - cos(x)", 1e-20, 5e-41, 1e-20, 1),
        ("exp(x)/(exp(x) + 1)", 300.0, 1, math.exp(-300), -math.exp(-300)),
        ("x + exp(-x)", 510.0, 510, 1, math.exp(-510)),
        ("3*x + exp(-x)", 510.0, 1530, 3, math.exp(-510)),
        ("sin(x)**2 + cos(x)**2", 0.7, 1, 0, 0),
        ("relu(x)", -1.0, 0, 0, 0),
        ("sin(x)/x", 0.0, 1, 0, math.nan),
        ("abs(x)", 0.0, 0, math.nan, math.nan),
        ("relu(x)**2", 0.0, 0, 0, math.nan),
        ("sqrt(x)", 0.0, 0, math.nan, math.nan),
        ("log(x)", -1.0, math.nan, math.nan, math.nan),
    ],
)
def test_values_and_slopes(text, x, value, first, second):
    found = true(text, x)
    assert found[VALUE] == pytest.approx(value, rel=1e-15, nan_ok=True)
    assert found[FIRST] == pytest.approx(first, rel=1e-15, nan_ok=True)
    if text != "abs(x)":  # whose mirrored second difference is 0: kinks are known by their ops
        assert found[SECOND] == pytest.approx(second, rel=1e-15, nan_ok=True)


def test_mixed_partials_and_zeros():
    found = true("x*y**2 + 3*x", 2.0, 3.0, names=("x", "y"))
    at = {q.by: v for q, v in found.items()}
    assert at == {(): 24, (0,): 12, (1,): 12, (0, 0): 0, (0, 1): 6, (1, 1): 4}


def test_a_product_with_a_vector():
    program = lower([parse("x*y**2")], ("x", "y"))
    wanted = [Quantity(0, (i,), along=True) for i in (0, 1)]
    found = Truth(program, wanted, {0: 2.0, 1: 0.5}).at((2.0, 3.0))
    assert list(found.values()) == [6 * 0.5, 6 * 2.0 + 4 * 0.5]


def test_one_sided_slopes():
    program = lower([parse("abs(x) + 2*x + floor(x)")], ("x",))
    truth = Truth(program, [FIRST], {})
    assert math.isnan(truth.at((0.0,))[FIRST])
    assert truth.sides((0.0,), FIRST) == (math.inf, 3.0)
