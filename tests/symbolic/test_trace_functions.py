"""Published optimization test functions, as people write them: all trace, and mean the same."""

from __future__ import annotations

import inspect
from typing import Any

import mpmath
import numpy as np
import pytest

import derivc as dc
from derivc.symbolic.trace import trace
from tests.functions import arrays, housing, loops, pairs, places, planes, styles, tables
from tests.symbolic.evaluate import evaluate, gradient

MODULES = (loops, arrays, pairs, styles, tables, planes, places, housing)
CASES = [(f, *how) for module in MODULES for f, how in module.CASES.items()]
IDS = [f"{getattr(f, '__name__', type(f).__name__)}-{i}" for i, (f, *_) in enumerate(CASES)]
MINIMA = [(f, at) for module in MODULES for f, at in module.MINIMA.items()]


def drawn(function: Any, shape: Any, low: float, high: float) -> tuple[list[Any], Any]:
    """A point in the domain, and the shapes to trace with."""
    rng = np.random.default_rng(7)
    parameters = inspect.signature(function).parameters.values()
    free = [p.name for p in parameters if p.default is p.empty]
    if shape == 0:
        return [float(rng.uniform(low, high)) for _ in free], None
    return [rng.uniform(low, high, shape)], {free[0]: shape}


@pytest.mark.parametrize(("function", "shape", "low", "high"), CASES, ids=IDS)
def test_value_is_the_functions_own(function: Any, shape: Any, low: float, high: float) -> None:
    point, shapes = drawn(function, shape, low, high)
    traced = trace(function, shapes)
    flat = [mpmath.mpf(float(v)) for v in np.ravel(point)]
    (value,) = evaluate(traced.outputs, dict(zip(traced.inputs, flat, strict=True)))
    assert float(value) == pytest.approx(float(np.ravel(function(*point))[0]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("function", "shape", "low", "high"), CASES, ids=IDS)
def test_kernel_matches_the_truth(function: Any, shape: Any, low: float, high: float) -> None:
    point, shapes = drawn(function, shape, low, high)
    traced = trace(function, shapes)
    values = dict(zip(traced.inputs, map(float, np.ravel(point)), strict=True))
    truth = np.array([float(p) for p in gradient(traced.outputs[0], values)])
    value, partials = dc.compile(function, shapes=shapes).value_and_grad(*point)
    found = np.concatenate([np.ravel(p) for p in partials]) if shape == 0 else np.ravel(partials)
    with mpmath.workdps(50):
        exact = {name: mpmath.mpf(v) for name, v in values.items()}
        assert value == pytest.approx(float(evaluate(traced.outputs, exact)[0]), rel=1e-10)
    assert found == pytest.approx(truth, rel=1e-9, abs=1e-10 * np.max(np.abs(truth)))


@pytest.mark.parametrize(("function", "at"), MINIMA)
def test_minimum_is_where_it_is_published(function: Any, at: list[float]) -> None:
    shape = next(shape for f, shape, *_ in CASES if f is function)
    point = at if shape == 0 else [np.array(at, dtype=float)]
    _, shapes = drawn(function, shape, 0, 1)
    partials = dc.compile(function, shapes=shapes).grad(*map(np.float64, point))
    assert np.max(np.abs(partials)) < 1e-6
    assert float(function(*point)) == pytest.approx(0, abs=1e-9)
