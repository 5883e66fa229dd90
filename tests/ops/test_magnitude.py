"""The second partials of hypot keep their digits where one leg is much shorter."""

from __future__ import annotations

import mpmath as mp
import pytest

import derivc as dc
from tests.ops.near import ulps


@pytest.mark.parametrize(
    "legs", [(1e-3, 1.0), (1.0, 1e-6), (3.0, 4.0), (1e200, 1e199), (1e-200, 1e-199)]
)
def test_second_partials_of_hypot(legs: tuple[float, float]) -> None:
    with mp.workdps(50):
        x, y = map(mp.mpf, legs)
        cube = mp.hypot(x, y) ** 3
        (xx, xy), (_, yy) = dc.compile("hypot(x, y)").hessian(*legs)
        for got, truth in ((xx, y**2 / cube), (xy, -x * y / cube), (yy, x**2 / cube)):
            assert ulps(got, truth) < 4


def test_the_slope_is_printed_as_people_write_it() -> None:
    assert str(dc.diff("hypot(x, y)", "x")) == "x/hypot(x, y)"
