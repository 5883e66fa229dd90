"""How compile time and operation counts grow with the number of variables, and with depth."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import derivc as dc


def product(x: Any) -> Any:
    """A product of all elements, factor by factor."""
    total = 1.0
    for item in x:
        total = total * item
    return total


def rosenbrock(x: Any) -> Any:
    """The chained Rosenbrock function, term by term."""
    total = 0.0
    for i in range(len(x) - 1):
        total = total + 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return total


def nest(depth: int) -> Callable[[Any], Any]:
    """A nest of sin(y)*exp(y)."""

    def function(y: Any) -> Any:
        for _ in range(depth):
            y = np.sin(y) * np.exp(-y)
        return y

    return function


def _line(name: str, size: int, function: Callable[..., Any], shapes: Any) -> str:
    start = time.perf_counter()
    kernel = dc.compile(function, shapes=shapes)
    point = 1 + np.arange(size) / (10 * size) if shapes else 0.5
    kernel.value_and_grad(point)
    seconds = time.perf_counter() - start
    report = kernel.swell()
    return (
        f"{name:12s} {size:6d}  compiled and called in {seconds:7.2f} s"
        f"  {report.gradient:10.0f} weighted operations  {report.ratio:5.2f} x value"
    )


def table(sizes: tuple[int, ...] = (100, 1000, 10_000)) -> str:
    """One line a function and size."""
    lines = []
    for size in sizes:
        shapes = {"x": (size,)}
        lines.append(_line("product", size, product, shapes))
        lines.append(_line("Rosenbrock", size, rosenbrock, shapes))
    lines += [_line("nest", depth, nest(depth), None) for depth in (12, 50, 200)]
    return "\n".join(lines)
