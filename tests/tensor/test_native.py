"""Nodes of the graph that are computed by native code: the same gradients, to any order."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.tensor import compiled, kernels

pytestmark = pytest.mark.usefixtures("needs_compiler")
TEXTS = [
    "sin(x)*exp(-x**2/2) + log(1 + x**2)",
    "where(x > 0, sqrt(x), x**2)",
    "exp(x)/exp(x - 1) + gelu(x)",
    "tanh(x)**3",
]


def gradients(text: str, backend: str, values: np.ndarray) -> list[np.ndarray]:
    """The first and the second derivative, by two backward passes."""
    x = dc.tensor(values, requires_grad=True)
    y = dc.compile(text, backend=backend)(x)
    (first,) = dc.grad(y.sum(), x, create_graph=True)
    (second,) = dc.grad(first.sum(), x)
    return [part.detach().numpy() for part in (y, first, second)]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [1, 10, 40_000])
def test_gradients_are_as_with_numpy(text: str, size: int) -> None:
    values = np.linspace(-3, 3, size) + 0.1
    for a, b in zip(gradients(text, "c", values), gradients(text, "numpy", values), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_native_code_is_what_runs() -> None:
    k = dc.compile("sin(x)*exp(-x**2/2) + log(1 + x**2)", backend="c")
    node = kernels.compiled(k)
    assert node.quick.__module__ == "derivc.tensor.native"
    assert node.pullback((0,)).compiled.quick.__module__ == "derivc.tensor.native"
    plain = kernels.compiled(dc.compile("sin(x)*exp(-x**2/2) + log(1 + x**2)", backend="numpy"))
    assert plain.quick.__module__ != "derivc.tensor.native"


def test_zero_cotangents_do_not_meet_infinities() -> None:
    x = dc.tensor([0.0, 4.0], requires_grad=True)
    root = dc.compile("sqrt(x) + 0*exp(x) + sin(x)*x**2", backend="c")(x)
    dc.where(x > 1, root, x * 0).sum().backward()
    assert np.isfinite(x.grad.numpy()).all()


def test_single_precision_and_other_kinds() -> None:
    k = dc.compile("sin(x)*exp(-x**2/2) + log(1 + x**2)", backend="c")
    for dtype in (np.float32, np.longdouble):
        x = dc.tensor(np.linspace(0, 1, 5).astype(dtype), requires_grad=True)
        k(x).sum().backward()
        assert x.grad.numpy().dtype == dtype


def test_the_default_backend_reaches_operations(monkeypatch) -> None:
    before = dc.set_default_backend("c")
    try:
        program = dc.compile("tanh(x)*exp(x) + cos(x)", backend="numpy").op_program
        node = compiled.of_program(program, "mixed")
        assert node.options.backend == "c"
        assert node.quick.__module__ == "derivc.tensor.native"
    finally:
        dc.set_default_backend(before)
