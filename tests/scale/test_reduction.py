"""Losses over blocks: values, gradients, SciPy's contract, what is refused, what is told."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError

dask = pytest.importorskip("dask", reason="needs dask: pip install 'derivc[dask]'")
da = pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")

RESIDUAL = "(y - a*exp(-b*x))**2"
X = np.linspace(0.0, 3.0, 2000)
Y = 2.5 * np.exp(-1.3 * X) + np.random.default_rng(0).normal(0, 0.01, X.size)


@pytest.fixture
def k() -> Any:
    return dc.compile(RESIDUAL, wrt=["a", "b"])


def blocked(*arrays: Any, chunks: int = 300) -> list[Any]:
    return [da.from_array(a, chunks=chunks) for a in arrays]


def named(x: Any, y: Any) -> dict[str, Any]:
    return dict(zip("xy", blocked(x, y), strict=True))


@pytest.mark.parametrize("how", ["sum", "mean"])
@pytest.mark.parametrize("chunks", [2000, 300, 7])
def test_as_the_exact_sums_round(k: Any, how: str, chunks: int) -> None:
    x, y = blocked(X, Y, chunks=chunks)
    loss = dc.scale.reduce(k, how, data={"x": x, "y": y})
    value, (by_a, by_b) = k.value_and_grad(2.0, 1.0, X, Y)
    count = X.size if how == "mean" else 1
    exact = [pytest.approx(math.fsum(row) / count, rel=2e-15) for row in (value, by_a, by_b)]
    assert loss.value_and_grad(2.0, 1.0) == (exact[0], tuple(exact[1:]))
    assert loss(2.0, b=1.0) == loss.value(a=2.0, b=1.0) == exact[0]
    assert loss.grad(2.0, 1.0) == tuple(exact[1:])


def test_scipy_finds_the_parameters(k: Any) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    x, y = blocked(X, Y)
    loss = dc.scale.reduce(k, "mean", data={"x": x, "y": y})
    found = optimize.minimize(loss.packed, [1.0, 1.0], jac=True, method="BFGS")
    assert found.success
    assert found.x == pytest.approx([2.5, 1.3], abs=5e-3)
    assert found.nit < 40


def test_the_packed_gradient_is_that_of_finite_differences(k: Any) -> None:
    x, y = blocked(X, Y)
    loss = dc.scale.reduce(k, "mean", data={"x": x, "y": y})
    at = np.array([2.0, 1.0])
    _, gradient = loss.packed(at)
    steps = np.eye(2) * 1e-6
    numeric = [(loss.packed(at + s)[0] - loss.packed(at - s)[0]) / 2e-6 for s in steps]
    assert gradient == pytest.approx(numeric, rel=1e-7)


def test_data_broadcast_and_may_be_in_memory(k: Any) -> None:
    x, y = X.reshape(40, 50), Y[:50]
    loss = dc.scale.reduce(k, data={"y": y, "x": da.from_array(x, chunks=(7, 20))})
    assert loss.value(2.0, 1.0) == pytest.approx(k(2.0, 1.0, x, y).sum())
    one = dc.scale.reduce(k, data={"x": X, "y": 1.0})
    assert one.value(2.0, 1.0) == pytest.approx(k(2.0, 1.0, X, 1.0).sum())


def test_parameters_of_fixed_shape_and_constants() -> None:
    k = dc.compile(lambda w, x, c: (c - w[0] - w[1] * x) ** 2, shapes={"w": (2,)}, wrt=["w"])
    loss = dc.scale.reduce(k, data={"x": da.from_array(X, chunks=300)})
    assert loss.inputs == ("w", "c")
    w = np.array([0.5, 2.0])
    value, (by_w,) = loss.value_and_grad(w, 3.0)
    single, (wanted,) = k.value_and_grad(w, X, 3.0)
    assert value == pytest.approx(single.sum())
    assert by_w == pytest.approx(wanted.sum(axis=1))
    packed = loss.packed(w, 3.0)
    assert packed[0] == value
    assert packed[1].tolist() == by_w.tolist()


def test_reductions_over_arrays_in_memory_go_on_over_blocks() -> None:
    loss = dc.compile("mean((y - a*exp(-b*x))**2)", wrt=["a", "b"])
    lazy = dc.scale.reduce(loss, data=named(X, Y))
    value, grad = loss.value_and_grad(2.0, 1.0, X, Y)
    assert lazy.value_and_grad(2.0, 1.0) == (
        pytest.approx(value, rel=1e-14), pytest.approx(grad, rel=1e-14),
    )  # fmt: skip
    assert dc.scale.reduce(loss, "sum", data=named(X, Y)).value(2.0, 1.0) == pytest.approx(
        value * X.size
    )
    with pytest.raises(InputTypeError, match=r"scale\.reduce"):
        loss.value(2.0, 1.0, *blocked(X, Y))


def test_data_are_left_out_of_wrt() -> None:
    loss = dc.scale.reduce(dc.compile("(y - a*x)**2"), data=named(X, Y))
    assert loss.wrt == ("a",)
    assert len(loss.grad(1.0)) == 1


def test_single_precision_data(k: Any) -> None:
    x, y = X.astype("f4"), Y.astype("f4")
    loss = dc.scale.reduce(k, data=named(x, y))
    value = k(2.0, 1.0, x, y)
    assert value.dtype == np.float32
    assert loss.value(2.0, 1.0) == pytest.approx(math.fsum(value.tolist()), rel=1e-7)


def test_blocks_of_unknown_sizes(k: Any) -> None:
    x, y = blocked(X, Y)
    some = dc.scale.reduce(dc.compile("a*x"), "mean", data={"x": x[x > 1]})
    assert some.value(2.0) == pytest.approx(2 * X[X > 1].mean())
    with pytest.raises(ShapeError, match="compute_chunk_sizes"):
        dc.scale.reduce(k, data={"x": x[x > 1], "y": y[x > 1]})


def test_progress_counts_blocks(k: Any) -> None:
    told: list[tuple[int, int]] = []
    x, y = blocked(X, Y)
    loss = dc.scale.reduce(
        k, data={"x": x, "y": y}, progress=lambda done, of: told.append((done, of))
    )
    loss.value_and_grad(2.0, 1.0)
    assert told == [(i, 7) for i in range(1, 8)]


def test_each_block_is_loaded_once_for_value_and_gradient(k: Any) -> None:
    loaded: list[int] = []

    def load(start: int) -> Any:
        loaded.append(start)
        return X[start : start + 500]

    parts = [da.from_delayed(dask.delayed(load)(i), (500,), float) for i in range(0, 2000, 500)]
    loss = dc.scale.reduce(k, data={"x": da.concatenate(parts), "y": 1.0})
    with dask.config.set(scheduler="synchronous"):
        value, _ = loss.value_and_grad(2.0, 1.0)
    assert sorted(loaded) == [0, 500, 1000, 1500]
    assert value == pytest.approx(k(2.0, 1.0, X, 1.0).sum())


def test_a_delayed_loss(k: Any) -> None:
    loss = dc.scale.reduce(k, "mean", data=named(X, Y))
    later = loss.delayed(2.0, 1.0)
    assert later.compute() == loss.value_and_grad(2.0, 1.0)
    assert later.key == loss.delayed(2.0, 1.0).key != loss.delayed(2.0, 1.5).key
    assert pickle.loads(pickle.dumps(later)).compute() == later.compute()


def test_wrong_parameters_are_refused(k: Any) -> None:
    loss = dc.scale.reduce(k, data={"x": X, "y": Y})
    with pytest.raises(InputTypeError, match="got 1 by position"):
        loss.value(1.0)
    with pytest.raises(InputTypeError, match="by name"):
        loss.value(1.0, c=2.0)
    with pytest.raises(ShapeError, match="parameter b must have shape"):
        loss.value(1.0, [1.0, 2.0])
