"""Sums and means with gradients: right to the last digits, in one pass, of any shapes."""

from __future__ import annotations

import math
import pickle
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError
from derivc.reduced import Reduced

BACKENDS = ["numpy", "c"]
LOSS = "(y - a*exp(-b*x))**2"


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    if request.param == "c":
        request.getfixturevalue("needs_compiler")
    return request.param


def data(size: int) -> dict:
    source = np.random.default_rng(3)
    x = source.uniform(0, 5, size)
    return {"x": x, "y": 2 * np.exp(-0.7 * x) + source.normal(0, 0.1, size)}


@pytest.mark.parametrize("how", ["sum", "mean"])
@pytest.mark.parametrize("size", [1, 7, 1000, 100_003])
def test_loss_and_gradient(backend: str, how: str, size: int) -> None:
    loss = dc.compile(f"{how}({LOSS})", wrt=["a", "b"], backend=backend)
    value, (da, db) = loss.value_and_grad(a=1.5, b=0.5, **data(size))
    each, (dea, deb) = dc.compile(LOSS, wrt=["a", "b"]).value_and_grad(a=1.5, b=0.5, **data(size))
    scale = 1 if how == "sum" else 1 / size
    for found, parts in ((value, each), (da, dea), (db, deb)):
        assert found == pytest.approx(math.fsum(parts) * scale, rel=1e-14)
    assert loss(a=1.5, b=0.5, **data(size)) == pytest.approx(value, rel=1e-15)
    assert loss.grad(a=1.5, b=0.5, **data(size)) == pytest.approx((da, db), rel=1e-15)


def test_sums_that_cancel_are_right(backend: str) -> None:
    source = np.random.default_rng(1)
    x = source.normal(size=50_000) * 10.0 ** source.uniform(-8, 8, 50_000)
    x = np.concatenate([x, -x[::-1] * (1 + 2**-50)])
    truth = float(sum(map(Fraction, x.tolist())))
    assert dc.compile("sum(x)", backend=backend)(x) == pytest.approx(truth, rel=1e-12)


def test_infinities_and_nan_as_addition_has_them(backend: str) -> None:
    total = dc.compile("sum(x)", backend=backend)
    assert total([1.0, np.inf, -1e300]) == np.inf
    assert np.isnan(total([np.inf, -np.inf]))
    assert np.isnan(total([1.0, np.nan]))
    assert total(np.full(4, 1e308)) == np.inf


def test_nothing_large_is_held(backend: str) -> None:
    loss = dc.compile(f"mean({LOSS})", wrt=["a", "b"], backend=backend)
    given = data(2_000_000)
    loss.value_and_grad(a=1.0, b=1.0, x=given["x"][:10], y=given["y"][:10])
    tracemalloc.start()
    loss.value_and_grad(a=1.0, b=1.0, **given)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6e6  # one elementwise result would take 16 MB


def test_gradients_have_the_shapes_of_arguments(backend: str) -> None:
    total = dc.compile("sum(x*y + z)", backend=backend)
    x, y, z = np.arange(3.0)[:, None], np.arange(4.0), np.ones((2, 3, 4))
    value, (dx, dy, dz) = total.value_and_grad(x, y, z)
    assert value == pytest.approx(2 * 3 * 6 + 24)
    assert (dx.shape, dy.shape, dz.shape) == (x.shape, y.shape, z.shape)
    np.testing.assert_allclose(dx, np.full((3, 1), 12.0))
    np.testing.assert_allclose(dy, np.full(4, 6.0))
    np.testing.assert_allclose(dz, 1.0)


def test_single_precision(backend: str) -> None:
    x = np.full(100_000, 0.1, np.float32)
    value, (dx,) = dc.compile("sum(x**2)", backend=backend).value_and_grad(x)
    assert value.dtype == dx.dtype == np.float32
    assert value == pytest.approx(100_000 * float(np.float32(0.1) ** 2), rel=1e-7)


def test_empty(backend: str) -> None:
    assert dc.compile("sum(x)", backend=backend)(np.zeros(0)) == 0.0
    assert np.isnan(dc.compile("mean(x)", backend=backend)(np.zeros((3, 0))))


def model(p, t, y):
    return (p[0] * np.exp(-p[1] * t) - y) ** 2


def test_parameters_in_an_array(backend: str) -> None:
    loss = dc.compile(model, shapes={"p": (2,)}, wrt=["p"], reduce="mean", backend=backend)
    given = data(5000)
    value, (dp,) = loss.value_and_grad([1.5, 0.5], given["x"], given["y"])
    plain = dc.compile(f"mean({LOSS})", wrt=["a", "b"])
    expected, slopes = plain.value_and_grad(a=1.5, b=0.5, **given)
    assert value == pytest.approx(expected, rel=1e-14)
    np.testing.assert_allclose(dp, slopes, rtol=1e-13)


def test_scipy_minimizes_it(backend: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    loss = dc.compile(f"mean({LOSS})", wrt=["a", "b"], backend=backend)
    given = data(20_000)
    found = optimize.minimize(
        loss.packed, [1.0, 1.0], args=(given["x"], given["y"]), jac=True, method="BFGS"
    )
    np.testing.assert_allclose(found.x, [2, 0.7], atol=0.02)


def test_threads_agree(needs_compiler) -> None:
    given = data(300_000)
    one, two = (
        dc.compile(f"sum({LOSS})", backend="c", threads=n).value(a=1.0, b=1.0, **given)
        for n in (1, 2)
    )
    assert one == pytest.approx(two, rel=1e-15)


def test_pickles() -> None:
    loss = dc.compile(f"mean({LOSS})", wrt=["a"])
    other = pickle.loads(pickle.dumps(loss))
    assert isinstance(other, Reduced)
    assert (other.how, other.wrt) == ("mean", ("a",))


def test_what_is_refused() -> None:
    with pytest.raises(InputTypeError, match="reduce='max'"):
        dc.compile("x", reduce="max")
    with pytest.raises(ShapeError, match="scalar-valued"):
        dc.compile(["x", "x**2"], reduce="sum")
    loss = dc.compile("sum(x*y)")
    with pytest.raises(InputTypeError, match="expected"):
        loss(1.0)
    with pytest.raises(ShapeError, match="do not broadcast"):
        loss(np.ones(3), np.ones(2))
    with pytest.raises(InputTypeError, match="x must hold real numbers"):
        loss("text", 1.0)
    assert not isinstance(dc.compile("(x) + y"), Reduced)
