"""What NumPy's ufuncs give: broadcasting, out=, where=, casting, strides, overlap, subclasses."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

TEXT = "x*exp(-y) + sin(x*y)"


def truth(x, y):
    return x * np.exp(-y) + np.sin(x * y)


@pytest.fixture(scope="module")
def kernel(needs_compiler):
    return dc.compile(TEXT, backend="c")


@pytest.fixture(scope="module")
def ufunc(kernel):
    return kernel.ufunc


def test_it_is_a_ufunc(ufunc) -> None:
    assert isinstance(ufunc, np.ufunc)
    assert (ufunc.nin, ufunc.nout, ufunc.types) == (2, 1, ["ff->f", "dd->d"])


def test_broadcasts(ufunc) -> None:
    x, y = np.linspace(0, 1, 3)[:, None], np.linspace(1, 2, 4)
    np.testing.assert_allclose(ufunc(x, y), truth(x, y), rtol=1e-14)
    assert ufunc(x, 1.0).shape == (3, 1)


def test_outer_and_at(ufunc) -> None:
    x, y = np.linspace(0, 1, 5), np.linspace(1, 2, 3)
    np.testing.assert_allclose(ufunc.outer(x, y), truth(x[:, None], y), rtol=1e-14)
    places = np.zeros(4)
    ufunc.at(places, [1, 3], 0.5)
    np.testing.assert_allclose(
        places, truth(np.zeros(4), np.array([0, 0.5, 0, 0.5])) * [0, 1, 0, 1]
    )


def test_out_and_where(ufunc) -> None:
    x, y = np.linspace(0, 1, 2000), np.linspace(1, 2, 2000)
    out, chosen = np.full(2000, -1.0), np.arange(2000) % 3 == 0
    assert ufunc(x, y, out=out, where=chosen) is out
    np.testing.assert_allclose(out[chosen], truth(x, y)[chosen], rtol=1e-14)
    assert (out[~chosen] == -1).all()


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "i8", "u1", "?", "f2"])
def test_casts_as_numpy_does(ufunc, dtype: str) -> None:
    x, y = np.arange(20).astype(dtype), np.arange(20).astype(dtype)
    found = ufunc(x, y)
    single = np.dtype(dtype) in (np.float32, np.float16, np.uint8, np.bool_)
    assert found.dtype == (np.float32 if single else np.float64)
    np.testing.assert_allclose(found, truth(x.astype(float), y.astype(float)), rtol=1e-5)


def test_python_numbers_adapt_to_single_precision(ufunc) -> None:
    assert ufunc(np.ones(3, np.float32), 2.0).dtype == np.float32


@pytest.mark.parametrize("step", [-1, 2, 3, -7])
def test_strides(ufunc, step: int) -> None:
    x, y = np.linspace(0, 1, 7001)[::step], np.linspace(1, 2, 7001)[::-step]
    out = np.empty(3 * x.size)[::3]
    np.testing.assert_allclose(ufunc(x, y, out=out), truth(x, y), rtol=1e-14)
    assert np.array_equal(ufunc(x, y), out)


def test_in_place_and_overlapping(ufunc) -> None:
    for size in (5, 1024, 5000):
        x, y = np.linspace(0, 3, size), np.linspace(1, 2, size)
        expected = ufunc(x.copy(), y)
        assert np.array_equal(ufunc(x, y, out=x), expected)
        memory = np.linspace(0, 3, size + 1)
        expected = ufunc(memory[:-1].copy(), y)
        assert np.array_equal(ufunc(memory[:-1], y, out=memory[1:]), expected)


def test_in_place_where_arguments_are_read_twice(needs_compiler) -> None:
    """A doubtful element is computed again from its arguments, which must still be there."""
    f = dc.compile("exp(x)/exp(x - 1)", backend="c").ufunc
    x = np.array([1.0, 800.0, -900.0, 3.0])
    f(x, out=x)
    np.testing.assert_allclose(x, np.e, rtol=1e-12)


@pytest.mark.parametrize("shape", [(0,), (3, 0), ()])
def test_empty_and_zero_dimensional(ufunc, shape: tuple[int, ...]) -> None:
    found = ufunc(np.ones(shape), np.ones(shape))
    assert found.shape == shape


def test_several_results(kernel) -> None:
    f = kernel.native("value_and_grad").ufunc
    assert f.nout == 3
    value, dx, dy = f(1.0, np.arange(4.0))
    np.testing.assert_allclose(dx, np.exp(-np.arange(4.0)) + np.arange(4) * np.cos(np.arange(4)))
    assert value.shape == dy.shape == (4,)


def test_subclasses_and_masked_arrays(ufunc, kernel) -> None:
    class Named(np.ndarray):
        pass

    x = np.linspace(0, 1, 4).view(Named)
    assert type(ufunc(x, 1.0)) is Named
    assert type(kernel(x, 1.0)) is Named
    masked = np.ma.masked_array([1.0, 2.0, 3.0], [False, True, False])
    assert np.ma.is_masked(ufunc(masked, 1.0))


def test_pandas(ufunc, kernel) -> None:
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([1.0, 2.0], index=["a", "b"], name="s")
    for found in (ufunc(series, 1.0), kernel(series, 1.0)):
        assert isinstance(found, pandas.Series)
        assert list(found.index) == ["a", "b"]
    value, (dx, dy) = kernel.value_and_grad(series, 1.0)
    assert all(isinstance(part, pandas.Series) for part in (value, dx, dy))


def test_xarray(ufunc, kernel) -> None:
    xarray = pytest.importorskip("xarray")
    data = xarray.DataArray(np.ones((2, 3)), dims=("t", "z"))
    for found in (ufunc(data, 1.0), kernel(data, 1.0)):
        assert found.dims == ("t", "z")


def test_dask(ufunc) -> None:
    array = pytest.importorskip("dask.array")
    lazy = ufunc(array.ones(10, chunks=5), 2.0)
    np.testing.assert_allclose(lazy.compute(), truth(np.ones(10), 2.0))


def test_no_warning_leaks(ufunc) -> None:
    """pytest makes every warning an error."""
    extreme = np.array([np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, 0.0, -0.0])
    with np.errstate(all="raise"):
        ufunc(*np.meshgrid(extreme, extreme))


def test_refuses_what_is_no_number(ufunc, kernel) -> None:
    with pytest.raises(TypeError, match="x must hold real numbers"):
        kernel("text", 1.0)
    with pytest.raises(TypeError):
        kernel(1j, 1.0)
    with pytest.raises(TypeError, match="missing"):
        kernel.value(1.0)
    with pytest.raises(TypeError, match="unexpected"):
        kernel(1.0, 2.0, z=3.0)


@pytest.mark.parametrize("n", [0, 1, 1000, 16384, 16385, 50001])
def test_partials_that_are_arguments_are_copied(needs_compiler, n: int) -> None:
    k = dc.compile("x*y", backend="c")
    x, y = np.arange(1.0, n + 1), np.arange(n) % 7 + 0.5
    value, (by_x, by_y) = k.value_and_grad(x, y)
    assert (by_x == y).all() and (by_y == x).all() and (value == x * y).all()
    assert not np.shares_memory(by_x, y)


@pytest.mark.parametrize("step", [2, -1])
def test_copies_between_elements_that_do_not_follow_one_another(needs_compiler, step: int) -> None:
    call = dc.compile("x*y", backend="c").native("value_and_grad").ufunc
    x, y = np.arange(60000.0)[::step], np.arange(1.0, 60001)[::step]
    results = [np.zeros(60000)[::step] for _ in range(3)]
    call(x, y, out=tuple(results))
    assert (results[0] == x * y).all() and (results[1] == y).all() and (results[2] == x).all()


@pytest.mark.parametrize("kept", ["x", "y"])
def test_copies_into_the_memory_of_an_argument(needs_compiler, kept: str) -> None:
    call = dc.compile("x*y", backend="c").native("value_and_grad").ufunc
    x, y = np.arange(50000.0), np.arange(1.0, 50001)
    given = {"x": x.copy(), "y": y.copy()}
    value, other = np.zeros(50000), np.zeros(50000)
    call(given["x"], given["y"], out=(given[kept], value, other))
    assert (given[kept] == x * y).all() and (value == y).all() and (other == x).all()
    given = {"x": x.copy(), "y": y.copy()}
    call(given["x"], given["y"], out=(value, given["x"], given["y"]))  # the two change places
    assert (value == x * y).all() and (given["x"] == y).all() and (given["y"] == x).all()


@pytest.mark.parametrize("size", [3, 200_000])
def test_shapes_that_do_not_broadcast_are_named(kernel, size: int) -> None:
    with pytest.raises(dc.errors.ShapeError, match=rf"x \({size},\), y \(4,\); give arrays of"):
        kernel(np.ones(size), np.ones(4))
