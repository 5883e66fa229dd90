"""Flat-vector functions against SciPy: minimize, least_squares, curve_fit and root."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError
from tests.shared_data import parameters

optimize = pytest.importorskip("scipy.optimize", reason="SciPy is not installed")

BANANA = "100*(y-x**2)**2 + (1-x)**2"


@pytest.mark.parametrize("method", ["BFGS", "Newton-CG", "trust-ncg", "trust-krylov"])
def test_minimize_takes_the_packed_kernel(method: str) -> None:
    packed = dc.compile(BANANA).packed
    second = {} if method == "BFGS" else {"hess": packed.hessian}
    found = optimize.minimize(packed, [-1.2, 1.0], jac=True, method=method, **second)
    assert found.x == pytest.approx([1, 1], abs=1e-3)


def test_minimize_takes_the_hessian_vector_product() -> None:
    packed = dc.compile(BANANA).packed
    found = optimize.minimize(
        packed, [-1.2, 1.0], jac=True, method="Newton-CG", hessp=packed.hvp, tol=1e-10
    )
    assert found.x == pytest.approx([1, 1], abs=1e-6)


def test_root_takes_value_and_jacobian() -> None:
    packed = dc.compile(["x**2 + y**2 - 4", "x*y - 1"]).packed
    for function, jac in ((packed.value_and_jacobian, True), (packed, packed.jacobian)):
        found = optimize.root(function, [2.0, 0.3], jac=jac)
        assert found.success
        assert packed(found.x) == pytest.approx([0, 0], abs=1e-9)


def test_check_grad_is_content() -> None:
    packed = dc.compile(BANANA).packed
    assert optimize.check_grad(packed.value, packed.grad, [0.3, 0.7]) < 1e-4


@parameters("mgh")
def test_least_squares_on_more_garbow_hillstrom(item: dict[str, Any]) -> None:
    """The analytic Jacobian agrees with differences, and the solver ends content and lower."""
    packed = dc.compile(item["residuals"], inputs=item["vars"]).packed
    start = np.array(item["x0"], dtype=float)
    numeric = optimize.approx_fprime(start, packed.value, 1e-7)
    scale = 1 + np.abs(numeric).max()
    assert packed.jacobian(start) == pytest.approx(numeric, abs=1e-4 * scale)
    found = optimize.least_squares(packed, start, jac=packed.jacobian, xtol=1e-14, max_nfev=2000)
    assert found.cost <= 0.5 * np.sum(packed(start) ** 2)
    assert found.success


@parameters("nist")
def test_curve_fit_reproduces_the_certified_parameters(item: dict[str, Any]) -> None:
    model = dc.compile(item["expr"], inputs=item["vars"]).for_curve_fit(data=item["predictors"])
    assert list(model.params) == item["params"]
    data = [np.array(item["data"][name], dtype=float) for name in item["predictors"]]
    xdata = data[0] if len(data) == 1 else np.array(data)
    observed = {name: np.array(column, dtype=float) for name, column in item["data"].items()}
    ydata = dc.compile(item["response"])(
        *[observed[n] for n in dc.compile(item["response"]).inputs]
    )
    start = [item["start2"][name] for name in item["params"]]
    fitted, _ = optimize.curve_fit(
        model, xdata, ydata, start, jac=model.jac, xtol=1e-14, ftol=1e-14, gtol=1e-14, maxfev=20_000
    )
    certified = [float(item["certified"][name]) for name in item["params"]]
    assert fitted == pytest.approx(certified, rel=1e-6)


def test_wrong_sizes_and_names_are_named() -> None:
    k = dc.compile("a*x + b", wrt=["a", "b"])
    with pytest.raises(ShapeError, match="vector of 2 numbers"):
        k.packed([1.0, 2.0, 3.0], 1.0)
    with pytest.raises(ShapeError, match=r"data \('x',\)"):
        k.packed([1.0, 2.0])
    with pytest.raises(InputTypeError, match="data"):
        k.for_curve_fit(data="z")


def test_data_arguments_broadcast() -> None:
    k = dc.compile("a*x + b", wrt=["a", "b"])
    x = np.arange(3.0)
    value, gradient = k.packed([2.0, 1.0], x)
    assert value.tolist() == [1.0, 3.0, 5.0]
    assert gradient.tolist() == [[0, 1], [1, 1], [2, 1]]
