"""The behaviour of functions whose limits are known."""

from __future__ import annotations

import mpmath
import pytest

from derivc.symbolic.latex import read
from derivc.symbolic.singularities.precise import Precise
from derivc.symbolic.singularities.probe import side


def right(text):
    return side(Precise(read(text), "x"), mpmath.mpf(0), 1)


@pytest.mark.parametrize(
    ("text", "kind", "limit"),
    [("1/x", "pole", "inf"), ("-1/x", "pole", "-inf"), ("log(x)", "log", "-inf"),
     ("log(x)**2", "log", "inf"), ("x*log(x)", "finite", 0), ("exp(1/x)", "essential", "inf"),
     ("exp(-1/x)", "finite", 0), ("sin(1/x)", "oscillating", "nan"), ("1/log(x)", "finite", 0),
     ("x**0.1", "finite", 0), ("2 + x**0.1", "finite", 2), ("atan(1/x)", "finite", "pi/2"),
     ("sqrt(-x)", "none", "nan"), ("sin(1/x)/x", "oscillating", "nan"), ("x**x", "finite", 1)],
)  # fmt: skip
def test_behaviour(text, kind, limit):
    value = right(text).value
    assert value.kind == kind
    if kind == "finite":
        with mpmath.workdps(50):
            expected = mpmath.pi / 2 if limit == "pi/2" else mpmath.mpf(limit)
            assert abs(value.limit - expected) < 1e-14
    elif limit in ("inf", "-inf"):
        assert value.limit == mpmath.mpf(limit)


@pytest.mark.parametrize(
    ("text", "slope", "curvature"),
    [("sin(x)", 1, 0), ("exp(2*x)", 2, 4), ("x**3 + x**2", 0, 2), ("sqrt(4 + x)", 0.25, -1 / 32)],
)  # fmt: skip
def test_slopes_and_curvatures(text, slope, curvature):
    found = right(text)
    assert float(found.slope.limit) == pytest.approx(slope, abs=1e-15)
    assert float(found.curvature.limit) == pytest.approx(curvature, abs=1e-15)
