"""Constants stay exact and are rounded once."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp

from derivc.ir import exact


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (2, 2),
        (sp.Integer(7), 7),
        (sp.Rational(1, 3), Fraction(1, 3)),
        (0.5, Fraction(1, 2)),
        (sp.Float(0.1), Fraction(0.1)),
        (4.0, 4),
        (sp.true, True),
        (sp.pi, sp.pi),
        (sp.oo, math.inf),
    ],
)
def test_normalise_keeps_the_value(given: object, kept: object) -> None:
    assert exact.normalise(given) == kept


def test_negative_zero_and_nan_stay_floats() -> None:
    assert math.copysign(1, exact.normalise(-0.0)) == -1
    assert math.isnan(exact.normalise(sp.nan))


def test_decimal_constants_fold_with_one_rounding() -> None:
    total = exact.fold("add", [exact.normalise(0.1), exact.normalise(0.2)])
    assert exact.to_float(total) == float(Fraction(0.1) + Fraction(0.2))
    third = exact.fold("div", [1, 3])
    assert exact.to_float(exact.fold("mul", [third, 3])) == 1.0


def test_irrational_constants_fold_with_sympy() -> None:
    assert exact.fold("mul", [2, sp.pi]) == 2 * sp.pi
    assert exact.to_float(2 * sp.pi) == 2 * math.pi


def test_huge_constants_are_not_folded_without_end() -> None:
    assert exact.fold("pow", [10, 10**9]) is None
    assert exact.fold("mul", [2**3000, 2**3000]) is None
    assert exact.to_float(10**400) == math.inf


def test_keys_keep_equal_looking_constants_apart() -> None:
    assert len({exact.key(v) for v in (1, True, Fraction(1, 2), 0.0, -0.0)}) == 5
