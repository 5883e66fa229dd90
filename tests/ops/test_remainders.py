"""The slopes of remainders are whole numbers: how often the divisor was taken."""

from __future__ import annotations

from fractions import Fraction

import pytest

import derivc as dc

PAIRS = [
    (7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (0.3, 0.1), (-0.3, 0.1), (0.9, 0.3), (6.0, 3.0),
    (1e15, 3.0), (1e15 + 0.125, 0.7), (2.0**51, 1.0), (5e-324, 1.0), (1e300, 7e290),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_slopes(a: float, b: float) -> None:
    exact = Fraction(a) / Fraction(b)
    towards_zero = int(exact)
    assert dc.compile("fmod(a, b)").grad(a, b) == (1.0, -float(towards_zero))
    assert dc.compile("mod(a, b)").grad(a, b) == (1.0, -float(exact // 1))
