"""pandas' and xarray's arrays keep their labels."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

KERNEL = dc.compile("sin(x)*y")


def test_series_keep_their_index() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["p", "q"])
    value, (dx, dy) = KERNEL.value_and_grad(frame.a, frame.b)
    for found in (KERNEL(frame.a, frame.b), value, dx, dy, KERNEL(frame.a, 2.0)):
        assert isinstance(found, pd.Series)
        assert list(found.index) == ["p", "q"]
    assert dx.to_numpy() == pytest.approx(np.cos([1.0, 2.0]) * [3, 4])


def test_series_are_aligned_by_label() -> None:
    pd = pytest.importorskip("pandas")
    left = pd.Series([1.0, 2.0], index=["p", "q"])
    right = pd.Series([3.0, 4.0], index=["q", "p"])
    found = KERNEL(left, right)
    assert found["p"] == pytest.approx(np.sin(1) * 4)
    assert found["q"] == pytest.approx(np.sin(2) * 3)


def test_frames() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    found = KERNEL(frame, 2.0)
    assert list(found.columns) == ["a", "b"]
    assert found.to_numpy() == pytest.approx(np.sin(frame.to_numpy()) * 2)


def test_data_arrays_broadcast_by_name() -> None:
    xr = pytest.importorskip("xarray")
    x, y = xr.DataArray([1.0, 2.0], dims="u"), xr.DataArray([1.0, 2.0, 3.0], dims="v")
    found, slopes = KERNEL(x, y), KERNEL.grad(x, y)
    assert found.dims == ("u", "v") == slopes[0].dims
    assert found.to_numpy() == pytest.approx(np.outer(np.sin([1, 2]), [1, 2, 3]))


def test_vector_arguments_take_labelled_arrays_too() -> None:
    pd = pytest.importorskip("pandas")
    kernel = dc.compile(lambda x: x[0] * x[1], shapes={"x": (2,)})
    assert kernel.grad(pd.Series([2.0, 3.0])) == pytest.approx([3, 2])
    assert dc.compile("x**2*y").hessian(pd.Series([1.0, 2.0]), 1.0).shape == (2, 2, 2)
