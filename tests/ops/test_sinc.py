"""sinc is smooth at zero to every order, and its derivatives are accurate everywhere."""

from __future__ import annotations

import mpmath as mp
import pytest

import derivc as dc
from derivc.ops.sinc import derivative_of_sinc
from tests.properties.oracle import evaluate

PLACES = [0.0, 1e-300, 1e-8, -1e-3, 0.5, -1.4, 1.6, 3.0, 10.0, -33.0, 1e4]


def exact(order: int, x: float) -> mp.mpf:
    """The power series with digits to spare, or Leibniz' rule far out."""
    if x == 0:
        return mp.mpf(0) if order % 2 else mp.mpf(-1) ** (order // 2) / (order + 1)
    total = mp.mpf(0)
    for j in range(order + 1):
        sine = mp.sin(x + (order - j) * mp.pi / 2)
        total += mp.binomial(order, j) * sine * (-1) ** j * mp.factorial(j) / mp.mpf(x) ** (j + 1)
    return total


@pytest.mark.parametrize("order", range(8))
def test_derivatives_of_every_order(order: int) -> None:
    op = derivative_of_sinc(order)
    kernel = dc.compile(f"{op.name}(x)")
    for x in PLACES:
        with mp.workdps(3000 if 0 < abs(x) < 1e-100 else 200):
            expected = exact(order, x)
            stable = evaluate(op.stable, [mp.mpf(x)])
            assert abs(stable - expected) < 1e-18, (x, stable, expected)
            assert abs(kernel(x) - expected) < 1e-13, (x, kernel(x), expected)


def test_second_derivative_at_zero() -> None:
    kernel = dc.compile("sinc(x)")
    assert kernel.grad(0.0) == (0.0,)
    assert float(kernel.hessian(0.0)[0][0]) == pytest.approx(-(float(mp.pi) ** 2) / 3, rel=1e-15)


@pytest.mark.parametrize("x", [-1e100, 1e17, 1e10 + 0.25, 12345.0, -2.75, 1.0, 0.999, 1e-5])
def test_sinc_of_signal_processing_does_not_round_pi_x(x: float) -> None:
    with mp.workdps(150):
        a = mp.mpf(x)
        value, slope = mp.sincpi(a), (mp.cospi(a) - mp.sincpi(a)) / a
        bend = -(mp.pi**2) * mp.sincpi(a) - 2 * slope / a
    kernel = dc.compile("sinc(x)")
    assert kernel(x) == pytest.approx(float(value), rel=1e-14, abs=1e-300)
    assert kernel.grad(x)[0] == pytest.approx(float(slope), rel=1e-14)
    assert kernel.hessian(x)[0][0] == pytest.approx(float(bend), rel=1e-13)


@pytest.mark.parametrize("order", range(8))
def test_the_truth_is_that_of_the_integral(order: int) -> None:
    """s_k(x) is the integral of t^k cos(x t + k pi/2) over [0, 1]."""
    for x in (0.0, 1e-30, 0.3, -0.999, 1.0, 2.5, -7.3, 30.0):
        with mp.workdps(50):
            at = mp.mpf(x)
            turn = order * mp.pi / 2
            expected = mp.quad(lambda t: t**order * mp.cos(at * t + turn), mp.linspace(0, 1, 9))  # noqa: B023
            assert abs(derivative_of_sinc(order).truth(at) - expected) < mp.mpf(10) ** -45
    assert derivative_of_sinc(order).truth(mp.inf) == 0
