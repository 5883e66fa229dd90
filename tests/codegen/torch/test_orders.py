"""Slopes of Bessel functions of order 1 by orders 0 and 1, of all digits; at zero and far out."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="torch is not installed")

PLACES = [0.0, 5e-324, 1e-200, 1e-8, -1e-3, 0.7, 1.5, -3.0, 8.0, 12.5]
TRUTHS = {
    "i1": lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
    "i1e": lambda x: (
        ((mp.besseli(0, x) + mp.besseli(2, x)) / 2 - mp.sign(x) * mp.besseli(1, x))
        * mp.exp(-abs(x))
    ),
    "j1": lambda x: (mp.besselj(0, x) - mp.besselj(2, x)) / 2,
}


@pytest.mark.parametrize("name", TRUTHS)
def test_slopes(name: str) -> None:
    function = dc.compile(f"{name}(x)").to_torch("f")
    pullback = function.source.split("def _f_pullback")[1].split("def ")[0]
    assert "v(2" not in pullback
    x = torch.tensor(PLACES, dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(function(x).sum(), x)
    for place, got in zip(PLACES, slopes.tolist(), strict=True):
        with mp.workdps(40):
            truth = TRUTHS[name](mp.mpf(place))
        assert got == pytest.approx(float(truth), rel=1e-14, abs=1e-16), place


def test_the_slope_of_i1_overflows_to_infinity() -> None:
    x = torch.tensor([800.0, -800.0], dtype=torch.float64, requires_grad=True)
    (slopes,) = torch.autograd.grad(dc.compile("i1(x)").to_torch("f")(x).sum(), x)
    assert slopes.tolist() == [float("inf")] * 2


@pytest.mark.parametrize("name", TRUTHS)
def test_second_derivatives_keep_their_digits_near_zero(name: str) -> None:
    function = dc.compile(f"{name}(x)").to_torch("f")
    at = 1e-4

    def slope(x: Any) -> Any:
        return mp.diff(TRUTHS[name], x)

    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(function(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    with mp.workdps(40):
        assert second.item() == pytest.approx(float(slope(mp.mpf(at))), rel=1e-10)
