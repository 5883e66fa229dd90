"""Ops over mpmath numbers: far arguments count as infinite only where nothing else ends."""

from __future__ import annotations

import mpmath as mp
import pytest

from derivc.lowering import multiprecision


@pytest.mark.parametrize("name", ["log", "log1p"])
def test_a_logarithm_of_a_far_number(name: str) -> None:
    found = multiprecision.function(name)(mp.mpf(10) ** 20000)
    assert abs(found - 20000 * mp.log(10)) < 1e-9


def test_a_far_argument_of_a_sine_is_infinite() -> None:
    assert mp.isnan(multiprecision.function("sin")(mp.mpf(2) ** 5000))


def test_a_value_is_found_once_per_precision() -> None:
    digamma = multiprecision.function("digamma")
    with mp.workdps(60):
        exact = digamma(mp.mpf(2.75))
        assert digamma(mp.mpf(2.75)) is exact
    rounded = digamma(mp.mpf(2.75))
    assert mp.almosteq(rounded, exact) and rounded != exact
