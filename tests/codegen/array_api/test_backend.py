"""Generated modules over array namespaces: NumPy, JAX, array_api_strict, wrapped PyTorch, CuPy."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.codegen.load import load
from derivc.errors import UnsupportedError

FOLDER = Path(__file__).parents[2] / "golden" / "array_api"
FORMULAS = {
    "branch": "where(x > 0, cbrt(x)*y, max(x, y, 0))",
    "bell": "a*exp(-(x-m)**2/(2*s**2))",
    "functions": "hypot(x, y) + logaddexp2(x, y) + fmod(x, y) + fmax(x, 1)*exp2(y) + heaviside(x)",
}


@pytest.mark.parametrize("name", ["branch"])
@pytest.mark.parametrize("backend", ["array_api", "cupy"])
def test_source_is_as_reviewed(backend: str, name: str) -> None:
    text = dc.compile(FORMULAS[name]).source_for(backend)
    place = FOLDER / f"{name}_{backend}.txt"
    if os.environ.get("DERIVC_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def agree(formula: Any, xp: Any, convert: Any = np.asarray) -> None:
    kernel = dc.compile(formula)
    module = load(kernel.source_for("array_api"))
    rng = np.random.default_rng(0)
    plain = [rng.normal(size=(3, 1) if i % 2 else 4) for i in range(len(kernel.inputs))]
    value, grad = module["value_and_grad"](*[xp.asarray(x) for x in plain])
    wanted, slopes = kernel.value_and_grad(*plain)
    assert np.allclose(convert(value), wanted, rtol=1e-13)
    for got, slope in zip(grad, slopes, strict=True):
        assert tuple(got.shape) == (3, 4)
        assert np.allclose(convert(got), slope, rtol=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_numpy(name: str) -> None:
    agree(FORMULAS[name], np)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_strict_namespace(name: str) -> None:
    agree(FORMULAS[name], pytest.importorskip("array_api_strict"))


@pytest.mark.parametrize("name", FORMULAS)
def test_jax(name: str) -> None:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        agree(FORMULAS[name], jax.numpy)


def test_pytorch_where_it_is_wrapped() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")
    agree(FORMULAS["bell"], torch, lambda x: x.numpy())


def test_types_numbers_and_shapes() -> None:
    module = load(dc.compile("x*exp(y)").source_for("array_api"))
    x = np.ones((2, 1), np.float32)
    assert module["value"](x, 0.0).dtype == np.float32
    assert module["value"](np.ones(2, int), np.ones(2, int)).dtype == np.float64
    assert module["value"](2.0, 0.0, xp=np) == 2.0
    assert module["grad"](x, np.zeros((0, 2, 3), np.float32))[0].shape == (0, 2, 3)
    with pytest.raises(TypeError, match="real numbers"):
        module["value"](np.ones(2) * 1j, 0.0)
    several = load(dc.compile(["x*y", "x + y"]).source_for("array_api"))
    assert several["jacobian"](np.ones(3), np.ones(3)).shape == (2, 2, 3)


def test_an_order_that_is_no_whole_number_is_refused() -> None:
    for backend in ("array_api", "cupy"):
        with pytest.raises(UnsupportedError, match="legendre.*whole number.*not n"):
            dc.compile("legendre(n, x)", wrt="x").source_for(backend)


@pytest.mark.parametrize("text", [*FORMULAS.values(), "erf(x)*lgamma(y)"])
def test_cupy_by_numpy_and_scipy_in_its_place(text: str, monkeypatch: Any) -> None:
    """No machine with CuPy takes part: its functions are those of NumPy and SciPy by name."""
    scipy = pytest.importorskip("scipy")
    stand_in = types.ModuleType("cupyx.scipy")
    stand_in.special = scipy.special
    modules = {"cupy": np, "cupyx": types.ModuleType("cupyx"), "cupyx.scipy": stand_in}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    kernel = dc.compile(text)
    module = load(kernel.source_for("cupy"))
    inputs = [np.linspace(0.3, 2, 5) + i for i in range(len(kernel.inputs))]
    value, grad = module["value_and_grad"](*inputs)
    wanted, slopes = kernel.value_and_grad(*inputs)
    assert np.allclose(value, wanted, rtol=1e-13)
    assert np.allclose(grad, slopes, rtol=1e-12)
