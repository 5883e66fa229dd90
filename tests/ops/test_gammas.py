"""Gamma functions keep their digits at their zeros and next to their poles."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ops import registry
from tests.ops.near import ulps

NEAR_ZEROS = [
    1 - 1e-11, 1 + 1e-11, 1 + 1e-5, 0.9, 1.3, 1.4616321449683622, 2 - 1e-11, 2 + 1e-9, 2.1,
]  # fmt: skip


@pytest.mark.parametrize("x", NEAR_ZEROS)
def test_lgamma_next_to_its_zeros(x: float) -> None:
    with mp.workdps(50):
        truth = mp.loggamma(mp.mpf(x))
        kernel = dc.compile("lgamma(x)")
        assert ulps(kernel(x), truth) < 4
        assert ulps(kernel(np.full(4, x))[0], truth) < 4


def test_lgamma_keeps_its_edges() -> None:
    kernel = dc.compile("lgamma(x)")
    found = kernel(np.array([1.0, 2.0, np.inf, 0.0, np.nan]))
    np.testing.assert_array_equal(found, [0.0, 0.0, np.inf, np.inf, np.nan])
    assert kernel(-0.5) == pytest.approx(float(mp.re(mp.loggamma(-0.5))), rel=1e-14)


@pytest.mark.parametrize("name", ["gammainc", "gammaincc", "lowergamma", "uppergamma"])
def test_incomplete_functions_left_of_zero_are_no_numbers_at_once(name: str) -> None:
    assert mp.isnan(registry.get(name).truth(mp.mpf("1.6"), mp.mpf("-0.3")))
