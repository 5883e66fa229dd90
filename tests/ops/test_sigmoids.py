"""Stable forms at the ends: small, large, subnormal, and where a function is flat."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from tests.ops.near import ulps

ENDS = [-800.0, -745.0, -30.0, -1e-300, 1e-300, 1e-9, 3.0, 21.9, 22.1, 40.5, 1e3, 1e300]
PROBABILITIES = [5e-324, 1e-320, 1e-300, 1e-31, 1e-9, 0.2, 0.4999999, 0.5000001, 0.7, 1 - 2**-53]


def truth(function: Any, x: float) -> Any:
    with mp.workdps(400 if abs(x) < 1e4 else 40):
        return +function(mp.mpf(x))


def mish(x: Any) -> Any:
    return x * mp.tanh(mp.log1p(mp.exp(x))) if x < 1e4 else x


@pytest.mark.parametrize("x", ENDS)
def test_mish(x: float) -> None:
    kernel = dc.compile("mish(x)")
    if abs(truth(mish, x)) > 1e-300:
        assert ulps(kernel(x), truth(mish, x)) < 8
    if x < 1e4:
        slope = truth(lambda t: mp.diff(mish, t), x)
        assert kernel.grad(x)[0] == pytest.approx(float(slope), rel=1e-14, abs=1e-300)
    else:
        assert kernel.grad(x) == (1.0,)


def test_mish_at_infinity() -> None:
    kernel = dc.compile("mish(x)")
    assert kernel(math.inf) == math.inf and kernel(-math.inf) == 0
    assert kernel.grad(math.inf) == (1.0,) and kernel.grad(-math.inf) == (0.0,)


@pytest.mark.parametrize("x", PROBABILITIES)
def test_logit(x: float) -> None:
    assert ulps(dc.compile("logit(x)")(x), truth(lambda p: mp.log(p / (1 - p)), x)) < 8


def test_logit_at_its_ends_and_outside() -> None:
    kernel = dc.compile("logit(x)")
    assert (kernel(0.0), kernel(1.0), kernel(0.5)) == (-math.inf, math.inf, 0.0)
    assert math.isnan(kernel(-0.1)) and math.isnan(kernel(1.1))


@pytest.mark.parametrize("x", [0.0, 1e-300, 1e-9, -0.3, 1.0, 39.9, 40.1, -500.0, 1e300])
def test_logcosh(x: float) -> None:
    found = truth(lambda t: mp.log(mp.cosh(t)) if abs(t) < 1e4 else abs(t) - mp.log(2), x)
    assert ulps(dc.compile("logcosh(x)")(x), found) < 6 or abs(found) < 1e-300


@pytest.mark.parametrize("x", [1e-300, 1e-9, -0.3, 0.99, -1.01, 5.0, 1e300])
def test_tanhshrink(x: float) -> None:
    found = truth(lambda t: t - mp.tanh(t), x)
    assert ulps(dc.compile("tanhshrink(x)")(x), found) < 12 or abs(found) < 1e-300
