"""Cancelling sums: the rewritten program is the same function and keeps the digits."""

from __future__ import annotations

import math

import numpy as np
import pytest

import derivc as dc
from derivc.ir.builder import Builder
from derivc.passes.cancel.forms import Forms
from derivc.verify import oracle
from derivc.verify.ulp import ulps

HARD = [
    ("sqrt(x + 1) - sqrt(x)", [1e15]),
    ("z/(z + 1)", [1e6]),
    ("1/(x + 1) - 1/x", [1e9]),
    ("(x + 1)**2 - x**2", [1e12]),
    ("(x - 1)/(x*x - 1)", [1.0000000001]),
    ("atan(x + 1) - atan(x)", [1e10]),
    ("log(x + 1) - log(x)", [1e12]),
    ("(x + 1)*log(x + 1) - x*log(x) - 1", [1e12]),
    ("log((1 - t)/(1 + t))", [1e-9]),
    ("(x + 1)**(1/3) - x**(1/3)", [1e9]),
    ("cbrt(x + 1) - cbrt(x)", [-1e12]),
    ("x*log(1 - y/x)", [3e9, 1e-3]),
    ("sqrt(abs((a*a - b*b)/(a*a)))", [3.0, 1e-9]),
    ("abs(p) + abs(r) - sqrt((p - r)**2 + 4*q**2)", [3.0, 1e-9, -2.0]),
    ("x - log(1 - y + y*exp(z))/t", [3.0, 2e-9, 5e8, 3e-12]),
    ("cosh(t)*cos(x + y) - cosh(t) + 3*t", [1e-12, 1e-9, 2e-9]),
    ("exp(x) - exp(-x)", [1e-9]),
    ("exp(x + y) - exp(x)", [0.5, 1e-10]),
    ("sin(x + y) - sin(x)", [0.7, 1e-10]),
    ("cos(x + y) - cos(x)", [0.7, 1e-10]),
    ("tan(x + y) - tan(x)", [0.7, 1e-10]),
    ("sinh(x + y) - sinh(x)", [0.7, 1e-10]),
    ("(-b + sqrt(b*b - 4*a*c))/(2*a)", [1e-3, 1e6, 2e-3]),
    ("(-b - sqrt(b*b - 4*a*c))/(2*a)", [1e-3, -1e6, 2e-3]),
    ("sqrt(x*x + y*y) - x", [1e6, 1e-3]),
    ("sqrt(x**2 + y**2 - 2*x*y*cos(t))", [1e-6, 1.25, 1.2500001]),
    ("10 - 4*cos(x) - 6*cos(y)", [1e-5, 2e-4]),
    ("w/(exp(h*w/(k*t)) - 1)", [1e-3, 2.0, 3.0, 0.7]),
    ("sqrt((a + d)**2 + (b - c)**2) - sqrt((a - d)**2 + (b + c)**2)", [2e-9, 3e6, 5e-7, 4e-8]),
    ("p/sqrt(p*p + q*q) - r/sqrt(r*r + q*q)", [3e9, 0.7, 2e9]),
    ("tanh(x + y) - tanh(x)", [0.7, 1e-10]),
    ("log(1 + exp(x + y)) - log(1 + exp(x))", [0.3, 1e-12]),
    ("(u + v)/(1 + u*v/c**2)", [1.0000106554267512, 1.0022374867815187, 1.1608020141173365]),
]


@pytest.mark.parametrize(("text", "point"), HARD, ids=[text for text, _ in HARD])
def test_value_and_partials_keep_their_digits(text: str, point: list[float]) -> None:
    kernel = dc.compile(text)
    value, partials = kernel.value_and_grad(*point)
    program = kernel.definition.program
    true = oracle.truth_float(oracle.evaluate(program, point)[0])
    assert ulps(value, true) <= 8
    slopes = [oracle.truth_float(s) for s in oracle.gradient(program, point)]
    assert all(ulps(p, s) <= 16 for p, s in zip(partials, slopes, strict=True)), (partials, slopes)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("sqrt(x + 1) - sqrt(x)", [0.0, 3.0, 1e300]),
        ("log(x + 1) - log(x)", [1e-300, 1.0, 1e300]),
        ("cbrt(x + 1) - cbrt(x)", [-1.0, -0.5, 0.0, 3.0, -1e300]),
        ("exp(x + 1) - exp(x)", [-700.0, 0.0, 700.0]),
        ("(1 - b) + sqrt(b*b + 2*b)", [0.5, 10.0, 1e8]),
    ],
)
def test_the_rewrite_is_right_where_nothing_cancels(text: str, points: list[float]) -> None:
    kernel = dc.compile(text)
    for x in points:
        true = oracle.truth_float(oracle.evaluate(kernel.definition.program, [x])[0])
        assert ulps(kernel(x), true) <= 8, x


def test_a_difference_of_logistic_functions() -> None:
    kernel = dc.compile("1/(1 + exp(-x)) - 1/(1 + exp(-y))")
    for point in ([0.7, 0.7 + 1e-12], [-80.0, -80.00001], [30.0, 30.00001], [-3.0, 5.0]):
        true = oracle.truth_float(oracle.evaluate(kernel.definition.program, point)[0])
        assert ulps(kernel(*point), true) <= 8, point


def test_functions_of_two_values_keep_their_digits_one_by_one() -> None:
    kernel = dc.compile("t*(1/tanh(a*t) + 1/tanh(b*t))")
    names = {"a": 1e-7, "b": 3e-9, "t": 0.02}
    point = [names[name] for name in kernel.inputs]
    truths = [oracle.truth_float(s) for s in oracle.gradient(kernel.definition.program, point)]
    found = kernel.grad(*point)
    assert all(ulps(p, s) <= 8 for p, s in zip(found, truths, strict=True)), (found, truths)


def test_a_sum_that_vanishes_becomes_zero() -> None:
    kernel = dc.compile("(x + 1)**2 - x**2 - 2*x - 1")
    assert kernel(0.1) == 0
    assert kernel.grad(0.1) == (0,)


def test_partials_that_vanish_are_exactly_zero() -> None:
    assert dc.compile("cos(x/x) + y").grad(2.7e-9, 0.4) == (0, 1)
    assert dc.compile("tan(y*x/(x/1))").grad(4e-10, 0.2)[0] == 0


def test_what_does_not_cancel_stays_as_written() -> None:
    assert "- x" in dc.compile("(y - x)**4 + 3").source
    assert math.isclose(dc.compile("(x - 1)**4 - x**2")(0.5), 0.0625 - 0.25, rel_tol=1e-15)


def test_value_is_the_same_with_and_without_partials() -> None:
    for text, point in HARD:
        kernel = dc.compile(text)
        assert kernel(*point) == kernel.value_and_grad(*point)[0], text


REMOVABLE = [
    ("(exp(x) - 1)/x", (0.0, 1e-9, 0.02, 0.9, 1.1, -3.0)),
    ("1/x - 1/tan(x)", (1e-200, 1e-5, 0.3, 0.9, 1.2)),
    ("(x - sin(x))/(x - tan(x))", (1e-5, 0.3, 0.9, 1.2)),
    ("log(x)/(x - 1)", (1.0000001, 0.999, 1.2, 0.5, 3.0)),
    ("log(1 - x)/log(1 + x)", (1e-9, -1e-3, 0.2, 0.9)),
    ("(1 - cos(x))/x**2", (1e-9, 1e-3, 0.5, 2.0)),
    ("sqrt((exp(2*x) - 1)/(exp(x) - 1))", (1e-9, -0.01, 0.5, 3.0)),
]


@pytest.mark.parametrize(("text", "points"), REMOVABLE, ids=[text for text, _ in REMOVABLE])
def test_removable_singularities_keep_their_digits(text: str, points: tuple[float, ...]) -> None:
    kernel = dc.compile(text)
    program = kernel.definition.program
    for x in filter(None, points):
        value, (slope,) = kernel.value_and_grad(x)
        assert ulps(value, oracle.truth_float(oracle.evaluate(program, [x])[0])) <= 16, x
        assert ulps(slope, oracle.truth_float(oracle.partial(program, [x], 0))) <= 16, x


def test_partials_at_the_removable_point_itself() -> None:
    assert dc.compile("(exp(x) - 1)/x").grad(0.0) == (0.5,)
    assert dc.compile("1/x - 1/tan(x)").grad(0.0) == (pytest.approx(1 / 3, rel=1e-15),)


def test_logistic_quotients_stay_finite() -> None:
    for text in ("1/(1 + exp(-x))", "exp(x)/(1 + exp(x))", "exp(x)/(exp(x) - 1)"):
        kernel = dc.compile(text)
        for x in (-1e5, -800.0, 800.0, 1e5):
            true = oracle.truth_float(oracle.evaluate(kernel.definition.program, [x])[0])
            value, (slope,) = kernel.value_and_grad(x)
            assert ulps(value, true) <= 4
            assert slope == 0


def test_a_common_factor_never_divides_by_what_may_be_zero() -> None:
    kernel = dc.compile("(a/b)*exp(-((x - m)/b)**2/2)")
    program = kernel.definition.program
    for point in ([0.8, 0.5, 1.25, 1.25], [0.8, 0.5, 1.25, 2.0]):
        partials = kernel.grad(*point)
        slopes = [oracle.truth_float(s) for s in oracle.gradient(program, point)]
        assert partials == pytest.approx(slopes, rel=1e-14, abs=1e-300)


def test_rewrites_hold_where_everything_is_zero() -> None:
    for text in ("sqrt(x + y) - sqrt(x)", "sqrt(x*x + y*y) - x", "exp(x + y) - exp(x)",
                 "atan(x + y) - atan(x)", "sin(x + y) - sin(x)", "x**2 - (x - y)**2",
                 "sqrt(x**2 + y**2 - 2*x*y*cos(x - y))"):  # fmt: skip
        kernel = dc.compile(text)
        assert kernel(0.0, 0.0) == 0, text
        assert list(kernel(np.zeros(2), np.zeros(2))) == [0, 0], text


def test_a_fused_sum_cancels_like_any_other():
    kernel = dc.compile("fma(x, y, z) - (1 + (x*y + z))")
    assert kernel(1e20, 3.0, 7.0) == -1


def test_a_logarithm_of_a_sum_that_cancels():
    true = math.log(0.5) - 60 * math.log(10)  # (1 - x)/(1 - y) is all that is left
    assert dc.compile("log(1 - (x - y)/(1 - y))")(0.5, -1e60) == pytest.approx(true, rel=1e-14)


def test_an_exponential_less_one_is_not_taken_from_its_inverse():
    kernel = dc.compile("exp(-w)*l**exp(w)")
    steps = kernel.specs.build("value_and_grad").program.instructions
    assert [step.args for step in steps if step.op == "expm1"] == [(1,)]


@pytest.mark.parametrize(
    "text",
    [
        *("y*(exp(x) - 1)/x", "a*(1 - cos(b*x))/x**2", "k*(1 - exp(-r*t))/r"),
        *("A*(exp(-k*t) - exp(-m*t))", "y*sin(x) - y*tan(x)", "log(x + 1) - log(x)"),
    ],
)
def test_a_function_beside_a_factor_keeps_its_digits(text):
    assert dc.compile(text).check()


def test_a_difference_of_logarithms_stays_undefined_where_they_are():
    assert math.isnan(dc.compile("log(x + 1) - log(x)")(-2.0))
    assert math.isnan(dc.compile("log(x + h) - log(x)")(0.5, -2.0))


def test_a_payment_at_hardly_any_interest():
    payment = dc.compile("P*r/(1 - (1 + r)**(-n))", inputs=["P", "n", "r"])
    value, (by_principal, _, _) = payment.value_and_grad(3600.0, 360.0, 1e-14)
    assert value == pytest.approx(10 * (1 + 361 * 1e-14 / 2), rel=1e-15)
    assert by_principal == pytest.approx(value / 3600, rel=1e-15)


def test_a_logarithm_of_what_is_almost_one():
    assert dc.compile("1/log(cos(x))")(3.5e-9) == pytest.approx(-2 / 3.5e-9**2, rel=1e-15)


def test_an_exponential_of_logarithms():
    kernel = dc.compile("exp(log(a) + log(b))")
    assert kernel(3e100, 7e-90) == pytest.approx(2.1e11, rel=3e-16)
    assert all(map(math.isnan, kernel.grad(-3.0, -7.0)))


def test_a_power_whose_exponent_less_one_is_rounded():
    kernel = dc.compile("x**p", inputs=["x", "p"])
    slope, _ = kernel.grad(1e80, 1e-5)
    assert slope == pytest.approx(1e-5 * 1e80**1e-5 / 1e80, rel=4e-16)
    assert kernel.grad(0.0, 0.25)[0] == math.inf


def test_expansion_stops_where_a_program_has_had_enough() -> None:
    builder = Builder(["x", "y"])
    total = builder.emit("add", 0, 1)
    square = builder.emit("mul", total, total)
    program = builder.finish([square])
    forms = Forms(program)
    assert forms.expand([forms.products[square]]) is not None
    forms = Forms(program)
    assert forms.spend(10)
    assert not forms.spend(10**9)
    assert forms.expand([forms.products[square]]) is None
