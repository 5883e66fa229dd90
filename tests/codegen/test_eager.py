"""Functions for the nodes of a graph: one ufunc a line, the same numbers as everywhere."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import derivc as dc
from derivc.codegen import eager
from derivc.codegen.function import Header
from derivc.codegen.load import load
from derivc.lowering.multiprecision import run


def written(kernel):
    return eager.source(kernel.specs.build("value"), Header("f", "1"))


def test_one_ufunc_a_line():
    source = written(dc.compile("x**2*sin(y)"))
    lines = [line.strip() for line in source.splitlines() if line.startswith("    _")]
    assert lines == ["_0 = np.multiply(x, x)", "_1 = np.sin(y)", "_2 = np.multiply(_0, _1)"]
    assert "return (_2,)" in source


@pytest.mark.parametrize(
    "text", ["exp(-x**2)*y", "where(x > y, x, y**3)", "sigmoid(x) + 2", "Si(x)*y", "x", "3.5"]
)
def test_agrees_with_the_interpreter(text):
    kernel = dc.compile(text)
    x = {"x": np.array([0.3, -1.2, 2.0]), "y": np.array([1.0, 0.5, -0.7])}
    given = [x[name] for name in kernel.inputs]
    (found,) = load(written(kernel))["value"](*given)
    for i in range(3):
        (expected,) = run(kernel.specs.value_program, [mpmath.mpf(float(a[i])) for a in given])
        assert np.broadcast_to(found, 3)[i] == pytest.approx(float(expected), rel=1e-14)


def test_names_of_the_user_hide_nothing():
    source = written(dc.compile("np + math*special", inputs=["np", "math", "special"]))
    (found,) = load(source)["value"](np.ones(2), np.full(2, 2.0), np.full(2, 3.0))
    assert found.tolist() == [7.0, 7.0]
