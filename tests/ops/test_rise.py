"""Differences of polygamma functions keep their digits, as the slopes of beta do with them."""

from __future__ import annotations

import random
from typing import Any

import mpmath as mp
import pytest
import sympy as sp

import derivc as dc
from derivc.ops.rise import derivative_of_rise
from tests.codegen.catalogue import error


def places(count: int) -> list[tuple[float, float]]:
    chance = random.Random(5)
    return [(10 ** chance.uniform(-8, 8), 10 ** chance.uniform(-8, 8)) for _ in range(count)]


def difference(order: int, a: float, b: float) -> Any:
    with mp.workdps(60):
        return mp.psi(order, mp.mpf(a) + mp.mpf(b)) - mp.psi(order, mp.mpf(a))


@pytest.mark.parametrize("order", range(3))
def test_few_ulp_over_sixteen_decades(order: int) -> None:
    kernel = dc.compile(
        derivative_of_rise(order).build(*sp.symbols("a b", real=True)), inputs=["a", "b"]
    )
    for a, b in places(60):
        assert error(kernel(a, b), difference(order, a, b)) < 32, (a, b)


def test_slopes_of_beta() -> None:
    kernel = dc.compile("betaln(a, b)", inputs=["a", "b"])
    for a, b in places(60):
        for got, (p, q) in zip(kernel.grad(a, b), [(a, b), (b, a)], strict=True):
            assert error(got, -difference(0, p, q)) < 16, (a, b)


def test_of_either_sign_and_left_of_zero() -> None:
    rise = dc.compile(derivative_of_rise(0).build(*sp.symbols("a b", real=True)), inputs=["a", "b"])
    for a, b in [(3.0, -1e-9), (20.0, -19.5), (1e-5, -1e-6), (-1.5, 0.25), (-0.5, 4.0)]:
        assert error(rise(a, b), difference(0, a, b)) < 64
    assert rise(2.0, 0.0) == 0
