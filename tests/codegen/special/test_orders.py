"""Bessel functions of other than whole orders in generated modules, against 50-digit mpmath."""

from __future__ import annotations

import random
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

import derivc as dc
from derivc.codegen.special import PREFIX, VARIANTS, Carrier
from derivc.errors import UnsupportedError

TRUTHS = {
    "jv": mp.besselj, "yv": mp.bessely, "iv": mp.besseli, "kv": mp.besselk,
    "ive": lambda v, x: mp.besseli(v, x) * mp.exp(-x),
}  # fmt: skip
HALVES = (0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 10.5, -10.5, 40.5)
REALS = (0.3, -0.3, 0.7, -0.7, 1.25, 0.001, -2.001, 0.4999, 10.3, -10.3, 40.7)
STEEP = {"ive": 192}
"""The slope of a scaled function is a difference of neighbours, of which some digits cancel."""


def _code() -> dict[str, Any]:
    namespace: dict[str, Any] = {"math": __import__("math")}
    exec("\n".join(Carrier("", {}).carried(VARIANTS)), namespace)
    return namespace


CODE = _code()


def _function(op: str, order: float) -> Any:
    return CODE[PREFIX + VARIANTS[f"{op} {'half' if 2 * order % 1 == 0 else 'real'}"]]


def _places(name: str) -> list[float]:
    chance = random.Random(name)
    return [10 ** chance.uniform(-9, 2.8) for _ in range(9)] + [
        chance.uniform(0, 60) for _ in range(9)
    ]


def _truth(op: str, order: float, x: float) -> tuple[Any, Any, Any]:
    """The value, the slope and the slope of that."""
    at, function = mp.mpf(x), lambda t: TRUTHS[op](mp.mpf(order), t)
    h = at * mp.mpf(10) ** -15
    below, value, above = (function(at + k * h) for k in (-1, 0, 1))
    return value, (above - below) / (2 * h), (above - 2 * value + below) / h**2


def _error(got: float, expected: Any, moved: Any) -> float:
    if not 1e-290 < abs(expected) < 1e290:
        return 0.0
    return float(abs(mp.mpf(got) - expected) / (abs(expected) + abs(moved)) * 2**53)


@pytest.mark.parametrize("order", HALVES + REALS)
@pytest.mark.parametrize("op", TRUTHS)
def test_few_ulp_over_the_domain(op: str, order: float) -> None:
    places = _places(f"{op} {order}")
    with np.errstate(all="ignore"):
        values = _function(op, order)(np, order, np.array(places))
    for place, value in zip(places, values, strict=True):
        with mp.workdps(50):
            expected, slope, _ = _truth(op, order, place)
            assert _error(value, expected, place * slope) <= 16, (place, value, expected)


@pytest.mark.parametrize("op", TRUTHS)
def test_ends(op: str) -> None:
    ends = np.array([0.0, np.inf, -1.0, np.nan])
    wanted = {"jv": [0, 0], "yv": [-np.inf, 0], "iv": [0, np.inf], "kv": [np.inf, 0], "ive": [0, 0]}
    for order in (0.5, 1.5, 6.5, 0.3, 0.7, 6.2):
        with np.errstate(all="ignore"):
            got = _function(op, order)(np, order, ends)
        assert np.array_equal(got, [*wanted[op], np.nan, np.nan], equal_nan=True), order


@pytest.mark.parametrize("op", TRUTHS)
@pytest.mark.parametrize("order", [0.5, -1.5, 3.5, 0.3, -0.7, 3.2])
def test_float32_stays_float32(op: str, order: float) -> None:
    x = np.linspace(0.1, 9, 7, dtype=np.float32)
    function = _function(op, order)
    found = function(np, order, x)
    assert found.dtype == np.float32
    assert np.allclose(found, function(np, order, x.astype(float)), rtol=3e-5, atol=1e-6)


TEXTS = ["jv(1/2, x)", "yv(3/2, x)", "kv(-5/2, x)", "ive(0.5, x)", "jv(1/3, x)", "kv(2.7, x)"]


@pytest.mark.parametrize("text", TEXTS)
def test_values_and_slopes_in_every_library(text: str) -> None:
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    op, order = (
        text[: text.index("(")],
        mp.mpf(float(sp.Rational(text[text.index("(") + 1 : text.index(",")]))),
    )
    places = _places(text)
    kernel = dc.compile(text)
    x = torch.tensor(places, dtype=torch.float64, requires_grad=True)
    value = kernel.to_torch()(x)
    (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    with jax.enable_x64(True):
        function = kernel.to_jax()
        other = jax.vmap(jax.value_and_grad(function))(jax.numpy.asarray(places))
    for k, place in enumerate(places):
        with mp.workdps(50):
            expected, steep, bend = _truth(op, order, place)
            for got in (value[k].item(), float(other[0][k])):
                assert _error(got, expected, place * steep) <= 16, (place, got, expected)
            for got in (slope[k].item(), float(other[1][k])):
                most = STEEP.get(op, 16)
                assert _error(got, steep, place * bend) <= most, (place, got, steep)
    inner = torch.tensor([0.7, 3.3], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(kernel.to_torch(), inner, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(kernel.to_torch(), inner)


def test_array_modules_have_them_too() -> None:
    namespace: dict[str, Any] = {}
    exec(dc.compile("jv(3/2, x)").source_for("array_api"), namespace)
    x = np.linspace(0.2, 9, 5)
    assert np.allclose(namespace["value"](x), dc.compile("jv(3/2, x)")(x), rtol=1e-14)


def test_what_is_no_constant_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match=r"jv .* a constant as its first argument.*not n"):
        dc.compile("jv(n, x)", wrt="x").source_for("torch")
    with pytest.raises(UnsupportedError, match="with a whole number as its first argument only"):
        dc.compile("legendre(1/2, x)").source_for("jax")
