"""Numbers with exponents of their own: the last resort where exponentials leave every format."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import derivc as dc
from derivc.codegen.support.scaled import _Scaled

LOGARITHMS = st.floats(-1e5, 1e5) | st.floats(-2, 2)
SIGNS = st.sampled_from([1, -1])
FUNCTIONS = ["exp", "expm1", "sinh", "cosh", "log", "log1p", "sqrt", "cbrt", "square", "abs"]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """As the kernels do it: what overflows on the way raises nothing."""
    with np.errstate(all="ignore"):
        yield


def far(logarithm: float, sign: int = 1) -> _Scaled:
    """A number that no format may hold."""
    found: _Scaled = np.exp(_Scaled(logarithm)) * sign
    return found


def exact(number: _Scaled) -> Any:
    m = number.m[()]
    head = float(m)
    return (mp.mpf(head) + mp.mpf(float(m - np.longdouble(head)))) * mp.mpf(2) ** int(number.e)


def assert_close(found: _Scaled, truth: Any) -> None:
    assert abs(exact(found) - truth) <= abs(truth) * mp.mpf(2) ** -58


@pytest.mark.parametrize("name", FUNCTIONS)
@given(logarithm=LOGARITHMS, sign=SIGNS)
def test_a_function_of_a_far_number(name: str, logarithm: float, sign: int) -> None:
    growing = name in ("exp", "expm1", "sinh", "cosh")
    number = _Scaled(sign * logarithm) if growing else far(logarithm)
    truth = {"abs": abs, "square": lambda x: x**2}.get(name) or getattr(mp, name)
    with mp.workprec(600):
        assert_close(getattr(np, name)(number), truth(exact(number)))


@given(one=LOGARITHMS, other=LOGARITHMS, sign=SIGNS)
def test_arithmetic_and_order_of_far_numbers(one: float, other: float, sign: int) -> None:
    a, b = far(one, sign), far(other)
    with mp.workprec(600):
        x, y = exact(a), exact(b)
        assert_close(a * b, x * y)
        assert_close(a / b, x / y)
        assert_close(a + b, x + y)
        assert_close(a - b, x - y)
        assert_close(np.hypot(a, b), mp.sqrt(x * x + y * y))
        assert (bool(a < b), bool(a >= b)) == (x < y, x >= y)
        assert exact(np.maximum(a, b)) == max(x, y)
        assert exact(np.minimum(a, b)) == min(x, y)


@given(base=LOGARITHMS, exponent=st.floats(-30, 30) | st.sampled_from([2.0, 3.0, -1.0, 0.5]))
def test_powers_of_far_numbers(base: float, exponent: float) -> None:
    a = far(base)
    with mp.workprec(600):
        assert_close(a ** _Scaled(exponent), exact(a) ** mp.mpf(exponent))


def test_a_negative_far_number_to_a_whole_power() -> None:
    a = far(2e4, -1)
    assert bool(a**3 < 0)
    assert bool(a**2 > 0)
    assert math.isnan(a**0.5)


def test_exponents_known_to_some_digits_leave_no_noise() -> None:
    one, other = np.exp(_Scaled(1e30)), np.exp(_Scaled(1e30 * (1 + 2e-8)))
    assert float(one / one) == 1
    assert math.isnan(one / other)
    assert float(np.exp(_Scaled(-1e60))) == 0


QUOTIENT = "exp(a)/(exp(a) + exp(b) + 3)*exp(-c)*exp(c + 1)"


def test_a_power_brings_back_what_no_exponent_is_known_of() -> None:
    slopes = dc.compile("(1/(1 + exp(-x)))**p*exp(y)").grad(1e-82, -3e82, 1.0)
    assert slopes == pytest.approx([-3e82 * math.exp(-2), 1e-82 * math.exp(-2), math.exp(-2)])


def test_far_numbers_are_equal_to_themselves_only() -> None:
    a, b = far(-2e4), far(-2e4, -1)
    assert bool(a == a)
    assert bool(a != b)
    assert bool(a != 0)
    assert bool(_Scaled(0) * a == 0)


def test_a_quotient_of_exponentials_beyond_every_format() -> None:
    kernel = dc.compile(QUOTIENT)
    with mp.workdps(50):
        truth = mp.e / (1 + mp.e)
        slope = truth / (1 + mp.exp(-1))
    value, (a, b, c) = kernel.value_and_grad(20000.0, 20001.0, 14000.0)
    assert [value, a, b, c] == pytest.approx([float(truth), float(slope), -float(slope), 0.0])
    values = kernel(np.array([20000.0, 1.0]), 20001.0, np.array([14000.0, 3.0]))
    assert values == pytest.approx([float(truth), 0.0])


def test_an_array_of_fixed_shape() -> None:
    def softmax(x: Any) -> Any:
        return np.sign(x[2]) * np.exp(x[0]) / np.sum(np.exp(x))

    kernel = dc.compile(softmax, shapes={"x": (3,)})
    for point in ([800.0, 801.0, 2.0], [20000.0, 20001.0, 2.0]):
        value, gradient = kernel.value_and_grad(np.array(point))
        share = 1 / (1 + math.e)
        assert value == pytest.approx(share)
        assert gradient == pytest.approx([share * (1 - share), -share * (1 - share), 0.0])


def test_a_truly_undefined_result_stays_nan() -> None:
    kernel = dc.compile("x**y")
    assert math.isnan(kernel(-2.0, 0.5))
    assert np.isnan(kernel(np.array([-2.0, 4.0]), 0.5)).tolist() == [True, False]
