"""SymPy's unevaluated sums, derivatives and real parts are written out, or refused."""

from __future__ import annotations

import math

import pytest
import sympy as sp

import derivc as dc
from derivc.errors import LimitError, UnsupportedError

X, M, N = sp.symbols("x m n")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (sp.Sum(X**N, (N, 0, 3)), "1 + x + x**2 + x**3"),
        (sp.Product(X + N, (N, 1, 3)), "(x + 1)*(x + 2)*(x + 3)"),
        (sp.Sum(M * X**N, (N, 0, M), (M, 1, 2)), "1 + x + 2*(1 + x + x**2)"),
        (sp.exp(sp.Sum(X * N, (N, 2, 1))), "1"),
        (sp.Derivative(sp.sin(X) * X, X), "sin(x) + x*cos(x)"),
        (sp.real_root(X, 3) + sp.im(X) * X + sp.conjugate(X), "cbrt(x) + x"),
        (X * sp.Sum(sp.Product(X + M, (M, 1, N)), (N, 1, 2)), "x*((x + 1) + (x + 1)*(x + 2))"),
    ],
    ids=str,
)
def test_finite_ones_are_written_out(tree, text):
    kernel, expected = dc.compile(tree, inputs=["x"]), dc.compile(text, inputs=["x"])
    assert kernel(0.7) == pytest.approx(expected(0.7), rel=1e-15)
    assert kernel.grad(0.7) == pytest.approx(expected.grad(0.7), rel=1e-15)


@pytest.mark.parametrize(
    ("tree", "error", "told"),
    [
        (sp.Sum(X**N, (N, 0, sp.oo)), UnsupportedError, "whole numbers"),
        (sp.Sum(X**N, (N, 0, M)), UnsupportedError, "whole numbers"),
        (sp.Sum(X**N, (N, 0, 10**6)), LimitError, "1000001 terms"),
        (sp.Integral(sp.sin(X) / X, X), UnsupportedError, "closed form"),
        (sp.Limit(sp.sin(X) / X, X, 0), UnsupportedError, "closed form"),
        (sp.Derivative(sp.Function("f")(X), X), UnsupportedError, "f(x)"),
    ],
    ids=str,
)
def test_the_others_are_refused(tree, error, told):
    with pytest.raises(error) as caught:
        dc.compile(tree)
    assert told in str(caught.value)


def test_a_deep_tree_meets_no_recursion_limit():
    tree, expected = sp.Symbol("x", real=True), 0.5
    for _ in range(3000):
        tree, expected = sp.sin(tree, evaluate=False), math.sin(expected)
    assert dc.compile(tree)(0.5) == pytest.approx(expected, rel=1e-12)
