"""Kernels over dask arrays: lazy, one call per block, the layout and dtype of arrays in memory."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, NativeError, ShapeError

dask = pytest.importorskip("dask", reason="needs dask: pip install 'derivc[dask]'")
da = pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")

TEXT = "a*exp(-b*x) + x**2*b"
X = np.linspace(0.1, 2.0, 60)


def has_compiler() -> bool:
    from derivc.native.toolchain import find

    try:
        return bool(find())
    except NativeError:
        return False


NATIVE = pytest.mark.skipif(not has_compiler(), reason="there is no C compiler")


@pytest.fixture(params=["numpy", pytest.param("c", marks=NATIVE), pytest.param("auto")])
def k(request: Any) -> Any:
    return dc.compile(TEXT, backend=request.param)


def same(lazy: Any, wanted: Any) -> None:
    """Equal to rounding, nested alike, and known before it is computed."""
    if isinstance(wanted, tuple):
        assert isinstance(lazy, tuple)
        assert len(lazy) == len(wanted)
        for one, other in zip(lazy, wanted, strict=True):
            same(one, other)
        return
    assert isinstance(lazy, da.Array)
    assert lazy.dtype == wanted.dtype
    assert lazy.shape == wanted.shape
    found = np.asarray(lazy.compute(scheduler="synchronous"))
    assert found.shape == wanted.shape
    assert found.dtype == wanted.dtype
    eps = float(np.finfo(wanted.dtype).eps)  # the last elements of a block have other loops
    np.testing.assert_allclose(found, wanted, rtol=4 * eps, atol=4 * eps * np.abs(wanted).max())


@pytest.mark.parametrize("name", ["value", "grad", "value_and_grad", "jacobian", "hessian"])
def test_results_have_the_layout_of_arrays_in_memory(k: Any, name: str) -> None:
    x = da.from_array(X, chunks=17)
    same(getattr(k, name)(2.0, 0.5, x), getattr(k, name)(2.0, 0.5, X))


def test_the_kernel_itself_and_keywords(k: Any) -> None:
    x = da.from_array(X, chunks=17)
    same(k(2.0, 0.5, x), k(2.0, 0.5, X))
    same(k(x=x, b=0.5, a=2.0), k(2.0, 0.5, X))
    same(k.grad(a=x, b=0.5, x=2.0), k.grad(X, 0.5, 2.0))


def test_products_with_vectors(k: Any) -> None:
    x = da.from_array(X, chunks=17)
    same(k.jvp((2.0, 0.5, x), (1.0, 0.0, 1.0)), k.jvp((2.0, 0.5, X), (1.0, 0.0, 1.0)))
    same(k.vjp((2.0, 0.5, x), x), k.vjp((2.0, 0.5, X), X))


def test_blocks_numbers_and_arrays_in_memory_broadcast(k: Any) -> None:
    x, row = da.from_array(X.reshape(12, 5), chunks=(5, 2)), np.arange(5.0)
    same(k(row, 0.5, x), k(row, 0.5, X.reshape(12, 5)))
    same(k(x[:, :1], row, 2), k(X.reshape(12, 5)[:, :1], row, 2))
    same(k(da.from_array(row, chunks=3), [[1.0], [2.0]], np.float64(3.0)), k(row, [[1], [2]], 3.0))
    same(k(x.sum(), 0.5, row), k(X.sum(), 0.5, row))
    assert k(x.sum(), 0.5, 1.0).compute() == pytest.approx(k(X.sum(), 0.5, 1.0))


def test_blocks_of_other_sizes_are_aligned(k: Any) -> None:
    same(k(da.from_array(X, chunks=13), 0.5, da.from_array(X, chunks=60)), k(X, 0.5, X))


@pytest.mark.parametrize("dtype", ["float32", "float16", "int16", "bool", "longdouble"])
def test_dtypes_are_those_of_arrays_in_memory(k: Any, dtype: str) -> None:
    x = X.astype(dtype)
    same(k.value_and_grad(2.0, 0.5, da.from_array(x, chunks=20)), k.value_and_grad(2.0, 0.5, x))


def test_nothing_is_computed_before_it_is_asked_for(k: Any) -> None:
    def never(block: Any) -> Any:
        raise AssertionError("computed")

    x = da.ones(9, chunks=3).map_blocks(never, dtype=float, meta=np.empty(0))
    value, grad = k.value_and_grad(2.0, 0.5, x)
    assert value.chunks == grad[2].chunks == ((3, 3, 3),)
    with pytest.raises(AssertionError, match="computed"):
        value.compute(scheduler="synchronous")


def test_all_results_of_a_block_come_from_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from derivc.scale.blocks import Task

    calls, run = [], Task.__call__
    monkeypatch.setattr(Task, "__call__", lambda self, *b: calls.append(self.name) or run(self, *b))
    k = dc.compile(TEXT)
    value, grad = k.value_and_grad(2.0, 0.5, da.from_array(X, chunks=20))
    dask.compute(value, grad, scheduler="synchronous")
    assert calls == ["value_and_grad"] * 3


def test_equal_kernels_and_arguments_have_equal_tasks() -> None:
    x = da.from_array(X, chunks=20)
    one, other = (dc.compile(TEXT)(2.0, 0.5, x) for _ in range(2))
    assert one.name == other.name
    assert one.name != dc.compile(TEXT)(2.5, 0.5, x).name
    assert one.name != dc.compile(TEXT + " + 1")(2.0, 0.5, x).name


def test_the_graph_travels(k: Any) -> None:
    value = k(2.0, 0.5, da.from_array(X, chunks=20))
    assert np.array_equal(pickle.loads(pickle.dumps(value)).compute(), value.compute())


def test_arguments_of_fixed_shape_go_to_every_block() -> None:
    k = dc.compile(lambda w, x: w[0] * np.sin(w[1] * x), shapes={"w": (2,)})
    w, x = np.array([2.0, 3.0]), da.from_array(X, chunks=17)
    same(k.value_and_grad(w, x), k.value_and_grad(w, X))
    same(k.grad(da.from_array(w, chunks=1), x), k.grad(w, X))
    with pytest.raises(ValueError, match=r"w must have shape \(2,\)"):
        k(da.ones(3), x)


def test_blocks_of_unknown_sizes() -> None:
    k = dc.compile(TEXT)
    x = da.from_array(X, chunks=17)
    some = x[x > 1]
    np.testing.assert_array_equal(k(2.0, 0.5, some).compute(), k(2.0, 0.5, X[X > 1]))
    np.testing.assert_array_equal(k(some, 0.5, some).compute(), k(X[X > 1], 0.5, X[X > 1]))
    with pytest.raises(ShapeError, match="compute_chunk_sizes"):
        k(2.0, some, x)


def test_wrong_arguments_are_refused_at_once(k: Any) -> None:
    x = da.from_array(X, chunks=17)
    with pytest.raises(ValueError, match="do not broadcast"):
        k(2.0, x, x[:-1])
    with pytest.raises(TypeError, match="x must hold real numbers, got complex"):
        k(2.0, 0.5, x.astype(complex))
    with pytest.raises(InputTypeError, match="out="):
        k.value(2.0, 0.5, x, out=np.empty(60))
    with pytest.raises(TypeError):
        k.value(2.0, x)


def test_arrays_in_memory_stay_arrays_in_memory(k: Any) -> None:
    assert type(k(2.0, 0.5, X)) is np.ndarray
    assert type(k(2.0, 0.5, 1.0)) is float
