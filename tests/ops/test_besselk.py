"""K at many digits, against mpmath's own; and that it takes no seconds."""

from __future__ import annotations

import time

import mpmath as mp
import pytest

from derivc.ops.besselk import besselk

ARGUMENTS = (1e-300, 0.01, 0.13, 0.7, 1.5, 3.7, 10.0, 31.0, 119.3, 400.0, 1e4, 1e12)


@pytest.mark.parametrize("bits", [53, 170])
@pytest.mark.parametrize("order", [0, 1, 2, -3, 20, 0.5, 3.7])
def test_every_digit_is_right(order: float, bits: int) -> None:
    for x in map(mp.mpf, ARGUMENTS):
        with mp.workprec(bits):
            found = besselk(mp.mpf(order), x)
        with mp.workprec(bits + 40):
            truth = mp.besselk(order, x)
            assert abs(found - truth) <= truth * mp.mpf(2) ** (1 - bits), (order, x)


def test_ends() -> None:
    assert besselk(0, mp.inf) == 0
    assert besselk(0, 0) == mp.inf
    assert mp.isnan(besselk(0, mp.mpf(-1)))
    assert mp.isnan(besselk(1, mp.nan))
    assert besselk(0, mp.mpc(1, 1)) == mp.besselk(0, mp.mpc(1, 1))


def test_many_digits_take_no_time_where_mpmath_takes_a_second() -> None:
    with mp.workprec(420):
        besselk(0, mp.mpf(2))
        start = time.perf_counter()
        for x in range(40, 140):
            besselk(x % 3, mp.mpf(x))
        assert time.perf_counter() - start < 5
