"""The slope of the scaled Bessel function keeps its digits at large arguments."""

from __future__ import annotations

import mpmath as mp
import pytest

import derivc as dc
from tests.ops.near import ulps


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize("x", [-562.0, -26.0, 30.0, 1e5])
def test_the_slope_of_ive(order: int, x: float) -> None:
    with mp.workdps(60):
        a = mp.mpf(x)
        sides = (mp.besseli(order - 1, a) + mp.besseli(order + 1, a)) / 2
        truth = mp.re(sides - mp.sign(a) * mp.besseli(order, a)) * mp.exp(-abs(a))
        assert ulps(dc.compile(f"ive({order}, x)").grad(x)[0], truth) < 8
