"""Functions in JAX as people write them: captured, with JAX's values and gradients."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

import derivc as dc
from tests.capture.compared import (
    by_jax,
    drawn,
    exactly,
    flat,
    names_of,
    ordered,
    shapes_of,
)

pytest.importorskip("jax")
from tests.functions import jax_functions

CASES = list(jax_functions.CASES.items())


def test_there_are_enough():
    assert len(CASES) >= 75


NAMES = [names_of(f) for f, _ in CASES]
SAMPLE = CASES[::9]


@pytest.mark.parametrize(("function", "spec"), CASES, ids=NAMES)
def test_value_and_gradient_are_those_of_jax(function: Any, spec: dict[str, Any]) -> None:
    """What was captured, and its derivative, evaluated to 25 digits."""
    kernel = dc.from_jax(function, shapes=shapes_of(spec))
    point = drawn(spec, 0)
    value, gradient = by_jax(function, point, kernel.inputs)
    found, partials = exactly(kernel, point)
    assert found == pytest.approx(value, rel=1e-9, abs=1e-11)
    assert partials == pytest.approx(gradient, rel=1e-8, abs=1e-10)


def agree(function: Any, spec: dict[str, Any]) -> None:
    kernel = dc.from_jax(function, shapes=shapes_of(spec))
    for seed in range(3):
        point = drawn(spec, seed)
        value, gradient = by_jax(function, point, kernel.inputs)
        found, partials = kernel.value_and_grad(*ordered(kernel, point))
        assert float(found) == pytest.approx(value, rel=1e-9, abs=1e-11)
        assert flat(partials) == pytest.approx(gradient, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(("function", "spec"), SAMPLE, ids=[names_of(f) for f, _ in SAMPLE])
def test_compiled_too(function: Any, spec: dict[str, Any]) -> None:
    agree(function, spec)


@pytest.mark.slow
@pytest.mark.parametrize(("function", "spec"), CASES, ids=NAMES)
def test_every_one_compiled(function: Any, spec: dict[str, Any]) -> None:
    agree(function, spec)


def test_gamma_with_the_sign_of_its_branch_and_functions_made_of_it():
    special = pytest.importorskip("jax.scipy.special")
    gamma = dc.from_jax(special.gamma)
    with mpmath.workdps(30):
        for x in (2.5, -0.5, -1.5, -2.3):
            assert gamma(x) == pytest.approx(float(mpmath.gamma(x)), rel=1e-13)
            slope = float(mpmath.gamma(x) * mpmath.digamma(x))
            assert gamma.grad(x)[0] == pytest.approx(slope, rel=1e-12)
        beta = dc.from_jax(lambda a: special.beta(a, 2.5))(0.7)
        assert beta == pytest.approx(float(mpmath.beta(0.7, 2.5)), rel=1e-13)
        assert dc.from_jax(special.exp1)(0.7) == pytest.approx(float(mpmath.e1(0.7)), rel=1e-13)


def test_ufuncs_by_themselves():
    jnp = pytest.importorskip("jax.numpy")
    kernel = dc.from_jax(jnp.logaddexp)
    assert kernel.inputs == ("x1", "x2")
    assert kernel(0.0, 0.0) == pytest.approx(0.6931471805599453)
    assert dc.from_jax(jnp.minimum, shapes={"x1": (2,)})([1.0, 3.0], 2.0).tolist() == [1.0, 2.0]
