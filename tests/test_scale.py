"""Operation counts grow linearly; no depth and no length hits a recursion limit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import derivc as dc


def product(x: Any) -> Any:
    total = 1.0
    for item in x:
        total = total * item
    return total


def rosenbrock(x: Any) -> Any:
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def nest(depth: int) -> Callable[[Any], Any]:
    def function(y: Any) -> Any:
        for _ in range(depth):
            y = np.sin(y) * np.exp(-y)
        return y

    return function


def operations(function: Any, shapes: Any = None) -> int:
    kernel = dc.compile(function, shapes=shapes)
    return len(kernel.specs.build("value_and_grad").program)


@pytest.mark.parametrize("function", [product, rosenbrock])
def test_operations_are_linear_in_the_variables(function: Any) -> None:
    small, middle, large = (operations(function, {"x": (n,)}) for n in (100, 200, 300))
    assert large - middle == middle - small


def test_operations_are_linear_in_the_depth() -> None:
    small, middle, large = (operations(nest(depth)) for depth in (120, 160, 200))
    assert large - middle == middle - small


@pytest.mark.parametrize("function", [product, rosenbrock])
def test_a_gradient_costs_at_most_four_values(function: Any) -> None:
    assert dc.compile(function, shapes={"x": (200,)}).swell().ratio <= 4


def test_a_deep_nest_costs_at_most_four_values() -> None:
    assert dc.compile(nest(200)).swell().ratio <= 4


@pytest.mark.parametrize("depth", [12, 40, 50, 100, 200])
def test_a_nest_of_any_depth_is_compiled_and_called(depth: int) -> None:
    value, (slope,) = dc.compile(nest(depth)).value_and_grad(0.5)
    y, d = 0.5, 1.0
    for _ in range(depth):
        y, d = np.sin(y) * np.exp(-y), (np.cos(y) - np.sin(y)) * np.exp(-y) * d
    assert value == pytest.approx(y, rel=1e-12)
    assert slope == pytest.approx(d, rel=1e-10)


def test_a_text_with_a_thousand_variables() -> None:
    names = [f"x{i:04d}" for i in range(1000)]
    text = " + ".join(f"100*({b} - {a}**2)**2 + (1 - {a})**2" for a, b in pairwise(names))
    point = 1 + np.arange(1000) / 1e4
    kernel = dc.compile(text, inputs=names)
    assert np.allclose(kernel.grad(*point), rosenbrock_gradient(point), rtol=1e-12)


def rosenbrock_gradient(x: Any) -> Any:
    found = np.zeros_like(x)
    found[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    found[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return found


@pytest.mark.slow
def test_ten_thousand_variables() -> None:
    point = 1 + np.arange(10_000) / 1e8
    value, gradient = dc.compile(product, shapes={"x": (10_000,)}).value_and_grad(point)
    assert value == pytest.approx(np.prod(point), rel=1e-11)
    assert np.allclose(gradient, value / point, rtol=1e-11)
    _, gradient = dc.compile(rosenbrock, shapes={"x": (10_000,)}).value_and_grad(point)
    assert np.allclose(gradient, rosenbrock_gradient(point), rtol=1e-9, atol=1e-9)
