"""Generated modules for JAX: any order, any transform, broadcasting, types."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ops.declaration import Op
from tests.codegen.catalogue import SLOW, case, catalogue, error
from tests.codegen.torch.test_use import KINKS, SEEDS

jax = pytest.importorskip("jax", reason="JAX is not installed")
FOLDER = Path(__file__).parents[2] / "golden" / "jax"
FORMULAS = {
    "quick_gelu": ("x*sigmoid(1.702*x)", [(4,)]),
    "bell": ("a*exp(-(x-m)**2/(2*s**2))", [(1,), (3,), (2, 1), (2, 3)]),
    "branch": ("where(x > 0, log(x), x*y)", [(5,), (2, 1)]),
    "linear": ("2*x + 1", [(3,)]),
    "several": (["x*y", "x + y", "x"], [(3,), (2, 1)]),
}
COMMON = set("tanh sigmoid relu huber_loss atan2 lgamma Si jv".split())
"""Ops that are tested by default; the others take as long, and are tested at night."""

ULPS = 64
"""Errors beyond what rounded arguments make of a value or a slope."""


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def arrays(shapes: Any) -> list[Any]:
    rng = np.random.default_rng(0)
    return [jax.numpy.asarray(rng.normal(size=s)) for s in shapes]


@pytest.mark.parametrize("name", FORMULAS)
def test_source_is_as_reviewed(name: str) -> None:
    text, place = dc.compile(FORMULAS[name][0]).source_for("jax", name=name), FOLDER / f"{name}.txt"
    if os.environ.get("DERIVC_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


LONG = [
    pytest.param(n, marks=[pytest.mark.slow]) for n in FORMULAS if n not in ("linear", "branch")
]


@pytest.mark.parametrize("name", ["branch", "linear", *LONG])
def test_derivatives_of_both_orders_in_both_modes(name: str) -> None:
    from jax.test_util import check_grads

    source, shapes = FORMULAS[name]
    kernel, inputs = dc.compile(source), arrays(shapes)
    function = kernel.to_jax(name)
    check_grads(function, inputs, order=2, modes=["fwd", "rev"], rtol=1e-3, atol=1e-3)
    assert np.allclose(function(*inputs), kernel(*map(np.asarray, inputs)))
    batch = [jax.numpy.stack([x, 2 * x]) for x in inputs]
    assert np.allclose(jax.vmap(function)(*batch)[1], function(*[2 * x for x in inputs]))


@pytest.mark.parametrize(("text", "at", "slopes"), SEEDS[2::2], ids=[s[0] for s in SEEDS[2::2]])
def test_seeds(text: str, at: dict[str, float], slopes: list[float]) -> None:
    function = dc.compile(text).to_jax()
    found = jax.grad(function, argnums=tuple(range(len(at))))(*at.values())
    assert [float(g) for g in found] == pytest.approx(slopes, rel=1e-15)


MARKED = [
    pytest.param(*k, id=f"{k[0]} {k[1]}", marks=[] if i in (0, 4, 5) else [pytest.mark.slow])
    for i, k in enumerate(KINKS)
]


@pytest.mark.parametrize(("text", "at", "expected"), MARKED)
def test_kinks_and_untaken_branches_at_every_order(text: str, at: float, expected: Any) -> None:
    function = dc.compile(text).to_jax()
    for wanted in expected:
        assert float(function(at)) == pytest.approx(float(wanted), rel=1e-12, abs=1e-12)
        function = jax.grad(function)


def test_types_are_kept_promoted_or_refused() -> None:
    function = dc.compile("x*sigmoid(1.702*x)").to_jax("quick_gelu")
    for name in ("float16", "bfloat16", "float32", "float64"):
        x = jax.numpy.linspace(-3, 3, 7).astype(name)
        assert function(x).dtype == jax.vmap(jax.grad(function))(x).dtype == x.dtype
        for place, got in zip(x.tolist(), function(x).tolist(), strict=True):
            truth = mp.mpf(place) / (1 + mp.exp(mp.mpf("-1.702") * place))
            assert abs(got - truth) <= float(jax.numpy.finfo(name).eps) * 4 * abs(truth)
    assert function(jax.numpy.asarray([1, 2])).dtype == np.float64
    assert float(function(2)) == pytest.approx(1.9356, rel=1e-4)
    with pytest.raises(TypeError, match="quick_gelu is a function of real numbers"):
        function(1j)


def test_arguments_of_fixed_shape_and_many_variables() -> None:
    def rosenbrock(x):
        return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(11))

    kernel = dc.compile(rosenbrock, shapes={"x": (12,)})
    function, x = kernel.to_jax(), jax.numpy.linspace(-1, 1, 12)
    assert np.allclose(jax.grad(function)(x), kernel.grad(np.asarray(x)))
    assert np.allclose(jax.hessian(function)(x), kernel.hessian(np.asarray(x)))
    with pytest.raises(ValueError, match=r"x must have the shape \(12,\)"):
        function(x[:3])


@pytest.mark.parametrize("names", [("jax", "jnp"), ("lax", "primals"), ("_a", "f"), ("α", "x_x")])
def test_no_name_hides_another(names: tuple[str, str]) -> None:
    kernel = dc.compile(f"{names[0]}**2*exp({names[1]})", inputs=names)
    found = jax.grad(kernel.to_jax(), argnums=(0, 1))(1.5, -0.5)
    assert [float(g) for g in found] == pytest.approx(kernel.grad(1.5, -0.5), rel=1e-14)


@pytest.mark.parametrize("name", ["push", "gamma", "taken"])
def test_no_name_of_a_function_hides_another(name: str) -> None:
    function = dc.compile("gamma(x)", inputs=["x"]).to_jax(name)
    assert float(function(5.0)) == pytest.approx(24, rel=1e-15)
    assert float(jax.grad(function)(1.0)) == pytest.approx(-0.5772156649015329, rel=1e-14)


def test_a_module_needs_no_derivc(tmp_path: Any) -> None:
    dc.compile("x*sigmoid(1.702*x)").save(tmp_path / "quick_gelu.py", backend="jax")
    code = (
        "import sys; sys.modules['derivc'] = None\nimport jax, quick_gelu\n"
        "assert abs(jax.grad(jax.grad(quick_gelu.quick_gelu))(0.0) - 0.851) < 1e-6\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


OPS = [
    pytest.param(op, id=op.name, marks=[] if op.name in COMMON - SLOW else [pytest.mark.slow])
    for op in catalogue()
]


@pytest.mark.parametrize("op", OPS)
def test_op(op: Op) -> None:
    found = case(op)
    assert found is not None
    function = found.kernel.to_jax(op.name)
    inputs = [jax.numpy.asarray(c) for c in found.columns()]
    every = tuple(range(len(inputs)))
    value = function(*inputs)
    slopes = jax.vmap(jax.grad(function, argnums=every))(*inputs)
    for k, (expected, partials, moved, bends) in enumerate(found.truths()):
        assert error(float(value[k]), expected, moved) <= ULPS, (k, value[k], expected)
        for got, wanted, bend in zip(slopes, partials, bends, strict=True):
            assert error(float(got[k]), wanted, bend) <= ULPS, (k, got[k], wanted)
    forward = jax.vmap(jax.jacfwd(jax.jacrev(function)))(*inputs)
    reverse = jax.vmap(jax.jacrev(jax.jacfwd(function)))(*inputs)
    assert np.allclose(forward, reverse, equal_nan=True, rtol=1e-9)
    narrow = [jax.numpy.asarray(c, "float32") for c in found.columns(8)]
    wide = [x.astype("float64") for x in narrow]
    value, slope = function(*narrow), jax.vmap(jax.grad(function))(*narrow)
    assert value.dtype == slope.dtype == np.float32
    moved = sum(
        abs(x * g) for x, g in zip(wide, jax.vmap(jax.grad(function, every))(*wide), strict=True)
    )
    expected = function(*wide)
    assert bool((abs(value - expected) <= 3e-5 * (abs(expected) + moved) + 1e-37).all())
    assert np.allclose(jax.jit(jax.vmap(function))(*inputs), function(*inputs), equal_nan=True)
