"""The oracle goes on until the digits are settled: what is too small to be seen is no zero."""

from __future__ import annotations

import mpmath as mp
import pytest
import sympy as sp

from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.verify import oracle

X = sp.Symbol("x", real=True)


@pytest.mark.parametrize("x", [-20.0, -24.3, -37.0])
def test_the_slope_of_gelu_far_on_the_left(x: float) -> None:
    program = lower([registry.get("gelu")(X)], ["x"])
    with mp.workdps(700):
        truth = mp.ncdf(x) + x * mp.npdf(x)
        for digits in (30, 50):
            found = oracle.partial(program, [x], 0, digits)
            assert abs(found / truth - 1) < mp.mpf(10) ** -digits


@pytest.mark.parametrize(
    ("name", "meaning", "x"),
    [
        ("mish", lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), -700.0),
        (
            "gelu_tanh",
            lambda x: x / (1 + mp.exp(-mp.sqrt(8 / mp.pi) * (x + 0.044715 * x**3))),
            -18.0,
        ),
    ],
)
def test_values_far_below_the_working_precision(name: str, meaning: object, x: float) -> None:
    found = oracle.evaluate(lower([registry.get(name)(X)], ["x"]), [x], 50)[0]
    with mp.workdps(900):
        truth = meaning(mp.mpf(x))  # type: ignore[operator]
    assert abs(found / truth - 1) < 1e-12
