"""Singular places against what mathematics says of each function, derived by hand."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derivc.symbolic.latex import read
from derivc.symbolic.singularities.analyse import analyse

X = sp.Symbol("x", real=True)


def found(text):
    return analyse(read(text, relaxed=True), X)


def summary(text):
    return [(s.kind, s.of, s.where.removeprefix("x = ")) for s in found(text)]


@pytest.mark.parametrize(
    "text",
    ["x**3", "exp(-x**2)", "sin(1000*x)", "gelu(x)", "softplus(x)", "atan2(x, 1)", "5", "sinc(x)",
     "where(x < 1, x**2, x**2)", "sqrt(x**4)", "cos(x) - x", "1/(1 + x**2)", "log(1 + x**2)",
     "abs(x)*abs(x)", "relu(x)**3", "max(x, x - 1)", "exp(x)/(1 + exp(x))", "cosh(x)"],
)  # fmt: skip
def test_smooth_functions_have_none(text):
    assert summary(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(x)", [("kink", "f", "0")]),
        ("relu(2*x - 3)", [("kink", "f", "3/2")]),
        ("max(x, x**2)", [("kink", "f", "0"), ("kink", "f", "1")]),
        ("abs(x**2 - 2)", [("kink", "f", "-sqrt(2)"), ("kink", "f", "sqrt(2)")]),
        ("sqrt(x**2)", [("kink", "f", "0")]),
        ("where(x < 1, x, 2 - x)", [("kink", "f", "1")]),
        ("abs(sin(x))", [("kink", "f", "pi*k, k any integer")]),
        ("x*abs(x)", [("kink", "f'", "0")]),
        ("elu(x)", [("kink", "f'", "0")]),
        ("huber_loss(x, 0)", [("kink", "f'", "-1"), ("kink", "f'", "1")]),
        ("where(x < 1, x**2, 2*x - 1)", [("kink", "f'", "1")]),
        ("floor(x)", [("jump", "f", "k, k any integer")]),
        ("round(2*x)", [("jump", "f", "k/2 + 1/4, k any integer")]),
        ("x % 2", [("jump", "f", "2*k, k any integer")]),
        ("floor(exp(x))", [("jump", "f", "log(k), k = 1, 2, 3, ...")]),
        ("atan(1/x)", [("jump", "f", "0")]),
        ("heaviside(x - 1)", [("jump", "f", "1")]),
        ("where(x > 0, 1, 0)", [("jump", "f", "0")]),
        ("sin(x)/x", [("removable", "f", "0")]),
        ("(x**2 - 1)/(x - 1)", [("removable", "f", "1")]),
        ("(exp(x) - 1)/x", [("removable", "f", "0")]),
        ("x*log(abs(x))", [("removable", "f", "0")]),
        ("exp(-1/x**2)", [("removable", "f", "0")]),
        ("x/sin(x)", [("removable", "f", "0"), ("pole", "f", "pi*k, k any integer except 0")]),
        ("1/x", [("pole", "f", "0")]),
        ("tan(x)", [("pole", "f", "pi*k + pi/2, k any integer")]),
        ("gamma(x)", [("pole", "f", "k, k = 0, -1, -2, ...")]),
        ("1/(exp(2*x) - 3*exp(x) + 2)", [("pole", "f", "0"), ("pole", "f", "log(2)")]),
        ("sqrt(x)", [("branch point", "f", "0")]),
        ("x**x", [("branch point", "f", "0")]),
        ("asin(x)", [("branch point", "f", "-1"), ("branch point", "f", "1")]),
        ("sqrt(x)**3", [("end of the domain", "f", "0")]),
        ("1/sqrt(x)", [("branch point", "f", "0")]),
        ("cbrt(x)", [("vertical tangent", "f", "0")]),
        ("sqrt(abs(x))", [("cusp", "f", "0")]),
        ("log(x)", [("logarithmic", "f", "0")]),
        ("log(abs(sin(x)))", [("logarithmic", "f", "pi*k, k any integer")]),
        ("log(x)/(x - 1)", [("logarithmic", "f", "0"), ("removable", "f", "1")]),
        ("log(log(x))", [("logarithmic", "f", "1")]),
        ("exp(1/x)", [("essential", "f", "0")]),
        ("sin(1/x)", [("essential", "f", "0")]),
        ("sin(x) + cos(x) + abs(sin(x) - cos(x))", [("kink", "f", "pi*k + pi/4, k any integer")]),
    ],
)  # fmt: skip
def test_finds_each_place_with_its_kind(text, expected):
    assert summary(text) == expected


@pytest.mark.parametrize(
    ("text", "order"),
    [("1/x", 1), ("1/x**2", 2), ("(1 - cos(x))/x**5", 3), ("tan(x)**2", 2), ("1/sqrt(x)", 0.5),
     ("x/(x - 1)**4", 4), ("digamma(x)", 1), ("1/(x*sin(x))**2", 4), ("abs(x)**(-1/3)", 1 / 3)],
)  # fmt: skip
def test_order_of_poles(text, order):
    assert found(text).found[0].order == pytest.approx(order, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("sin(x)/x", 1), ("(1 - cos(x))/x**2", 0.5), ("(x - sin(x))/x**3", 1 / 6),
     ("(exp(x) - 1)/x", 1), ("x*sin(1/x)", 0), ("(x**2 - 1)/(x - 1)", 2), ("x*log(abs(x))", 0),
     ("(1 + x)**(1/x)", math.e), ("log(x)/(x - 1) + 0/x", 1), ("tanh(x)/x", 1),
     ("(sqrt(1 + x) - 1)/x", 0.5)],
)  # fmt: skip
def test_limits_at_removable_points(text, limit):
    (place,) = [s for s in found(text) if s.kind == "removable"]
    assert float(place.limit) == pytest.approx(limit, abs=1e-14)


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [("abs(x)", -1, 1), ("relu(x)", 0, 1), ("leaky_relu(x)", 0.01, 1), ("abs(sin(3*x))", -3, 3),
     ("max(x, 5*x)", 1, 5), ("abs(exp(x) - 1)", -1, 1), ("where(x < 0, sin(x), x**2)", 1, 0)],
)  # fmt: skip
def test_slopes_at_kinks(text, left, right):
    place = found(text).found[0]
    assert place.kind == "kink"
    assert float(place.left.slope.limit) == pytest.approx(left, abs=1e-25)
    assert float(place.right.slope.limit) == pytest.approx(right, abs=1e-25)


@pytest.mark.parametrize(
    ("text", "root"),
    [("1/(cos(x) - x)", 0.7390851332151607), ("1/(x**5 - x - 1)", 1.1673039782614187),
     ("abs(x + exp(x))", -0.5671432904097838)],
)  # fmt: skip
def test_places_without_a_formula_are_numerical(text, root):
    (place,) = found(text)
    assert float(place.at) == pytest.approx(root, rel=1e-15)
    assert not place.exact


@pytest.mark.parametrize(
    "text",
    ["1/(sin(x) + sin(sqrt(2)*x) + x/10)", "abs(sin(x**2)*cos(exp(x)) - x)",
     "+".join(f"abs(x-{i})" for i in range(200)), "gamma(gamma(x))", "exp(exp(exp(exp(x))))",
     "1/(x**40 - 3*x**17 + x - 1)", "log(log(log(log(x))))", "floor(tan(x))", "abs(x)**abs(x)",
     "1/sin(1/x)", "x**x**x", "tan(tan(x))", "1/(sin(x) - 2)", "(" * 30 + "x" + "**2+1)" * 30],
)  # fmt: skip
def test_hostile_expressions_end(text):
    import time

    start = time.process_time()
    found(text)
    assert time.process_time() - start < 12


def test_a_function_that_mpmath_never_finishes_is_given_up_and_named():
    import derivc as dc

    report = dc.singularities("gammainc(a, x)")
    assert len(report) or any("not examined" in note for note in report.notes)
    assert "smooth" not in str(report)
