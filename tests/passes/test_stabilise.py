"""Stable forms: value and partials keep their digits where the written form loses them."""

from __future__ import annotations

import math

import pytest

import derivc as dc

SMALL = {"x": (1e-12, 1e-9)}


@pytest.mark.parametrize(
    "text",
    [
        *("exp(x) - 1", "1 - exp(-x)", "log(1 + x)", "log(1 - x**2)", "log(1 + exp(x))"),
        *("1 - cos(x)", "cos(x) - 1", "exp(x)/(1 + exp(x))"),
    ],
)
def test_small_arguments_keep_their_digits(text):
    assert dc.compile(text).check(points=12, domain=SMALL)
    assert dc.compile(text).check(points=12)


@pytest.mark.parametrize("text", ["2*x*exp(x) - 2*x + x**3", "x**2 - x**3*exp(x) + (x**3 - x)"])
def test_an_exponential_less_one_between_other_terms(text):
    assert "expm1" in dc.compile(text).source
    assert dc.compile(text).check(points=12, domain=SMALL)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("log(x + sqrt(x**2 + 1))", "arcsinh"),
        ("log(sqrt(1 + x*x) + abs(x))", "arcsinh"),
        ("log(x + sqrt(x*x - 1))", "arccosh"),
        ("log(1/x + sqrt(1/x**2 + 1))", "arcsinh"),
    ],
)
def test_an_inverse_hyperbolic_function_written_out(text, name):
    kernel = dc.compile(text)
    assert name in kernel.source
    assert kernel.check()
    assert math.isnan(kernel(-2.0)) == (name == "arccosh")


def test_a_logarithm_of_other_sums_stays():
    assert "arcsinh" not in dc.compile("log(x + sqrt(y**2 + 1)) + log(x + sqrt(x**3 + 1))").source


def test_a_logarithm_of_two_exponentials():
    value, slopes = dc.compile("log(exp(a) + exp(b))").value_and_grad(-1e210, -1.5e-24)
    assert (value, *slopes) == (-1.5e-24, 0.0, 1.0)
    assert dc.compile("log(exp(a) + exp(b))").check()


def test_softplus_written_out_does_not_overflow():
    value, (slope,) = dc.compile("log(exp(x) + 1)").value_and_grad(1000.0)
    assert (value, slope) == (1000.0, 1.0)


def test_edges_keep_their_meaning():
    kernel = dc.compile("log(1 + x)")
    assert float(kernel(-1.0)) == -math.inf
    assert math.isnan(float(kernel(-2.0)))


INVERSES = ["tan(atan(x))", "sinh(asinh(x))", "cos(atan(x))", "sin(atan(x))", "cosh(asinh(x))",
            "tanh(asinh(x))", "cos(asin(x))", "sin(acos(x))", "tan(asin(x))", "cosh(atanh(x))",
            "sinh(atanh(x))"]  # fmt: skip


@pytest.mark.parametrize("text", INVERSES)
def test_a_function_of_an_inverse_function_is_algebra(text):
    kernel = dc.compile(text)
    ops = {step.op for step in kernel.program.instructions}
    assert not ops & {"sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "asin", "acos"}
    assert kernel.check()


@pytest.mark.parametrize("text", ["cos(asin(x))", "sin(acos(x))", "tan(asin(x))", "sinh(atanh(x))"])
def test_it_stays_undefined_where_the_inverse_is(text):
    assert math.isnan(dc.compile(text)(1.5))


@pytest.mark.parametrize("text", ["log(sigmoid(x))", "log(1/(1 + exp(-x)))"])
def test_a_logarithm_of_the_logistic_function_is_a_softplus(text):
    kernel = dc.compile(text)
    assert kernel.check(points=12)
    for x in (-800.0, 30.0, 40.0):
        exact = x if x < 0 else -math.log1p(math.exp(-x))
        assert kernel(x) == pytest.approx(exact, rel=1e-15)
    assert "torch.log(" not in kernel.source_for("torch")
