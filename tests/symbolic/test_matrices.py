"""Expressions over SymPy's matrices are refused everywhere, and the message says what to do."""

from __future__ import annotations

import random

import pytest
import sympy as sp
from sympy.tensor.array.expressions import ArraySymbol

import derivc as dc
from derivc.errors import InputTypeError, UnsupportedError
from derivc.symbolic.matrices import is_matrix

A, B = sp.MatrixSymbol("A", 3, 3), sp.MatrixSymbol("B", 3, 3)
X, x, i, j = sp.MatrixSymbol("X", 3, 1), *sp.symbols("x i j")
N = sp.MatrixSymbol("N", sp.Symbol("n"), sp.Symbol("n"))
WRITTEN = sp.Matrix([[x, 1], [2, x]])

FORMS = {
    # those of which SymPy's derivative is a silent zero, or an error
    "quadratic entry": (X.T * A * X)[0, 0], "log det": sp.log(sp.Determinant(A)),
    "quadratic": X.T * A * X, "norm": sp.sqrt(sp.Trace(A.T * A)),
    # matrices
    "symbol": A, "sum": A + A.T, "product": A * B, "power": A**2, "inverse": A.I, "scaled": x * A,
    "transpose": A.T, "adjoint": sp.Adjoint(A), "elementwise": sp.HadamardProduct(A, B),
    "Kronecker": sp.KroneckerProduct(A, B), "zeros": sp.ZeroMatrix(2, 2),
    "ones": sp.OneMatrix(2, 2),
    "identity": sp.Identity(3), "blocks": sp.BlockMatrix([[A, B], [B, A]]),
    "of a function": sp.FunctionMatrix(2, 2, sp.Lambda((i, j), x * i + j)),
    # numbers made of matrices, and what hides them
    "determinant": sp.Determinant(A), "of unknown size": sp.Determinant(N), "trace": sp.Trace(A),
    "trace of inverse": sp.Trace(A.I * B), "permanent": sp.Permanent(A), "entry": A[0, 1],
    "entry by symbols": A[i, j], "entry of the inverse": A.I[0, 0], "in a sum": A[0, 0] ** 2 + x,
    "in a function": sp.sin(A[0, 0]) * sp.exp(x),
    "in a choice": sp.Piecewise((sp.Trace(A), x > 0), (x, True)),
    "in a condition": sp.Piecewise((x, sp.Trace(A) > 0), (0, True)),
    "in an extremum": sp.Max(x, A[0, 0]),
    "in a sum of terms": sp.Sum(A[i, 0], (i, 0, 2)),
    "in a derivative": sp.Derivative(sp.Trace(A), A),
    "in an integral": sp.Integral(sp.Trace(A) * x, x), "in an exponent": x ** sp.Determinant(A),
    "in an unknown function": sp.Function("f")(A), "in an equation": sp.Eq(sp.Trace(A), x),
    # written out, but not carried out
    "determinant to be": sp.Determinant(WRITTEN), "trace to be": sp.Trace(WRITTEN),
    "dot product": sp.DotProduct(sp.Matrix([x, 1]), sp.Matrix([1, x])),
    # arrays and indexed symbols
    "array": sp.Array([1, x]), "array symbol": ArraySymbol("T", (2, 2)),
    "array entry": ArraySymbol("T", (2, 2))[0, 1], "indexed": sp.IndexedBase("q")[1] ** 2,
    "indexed by a symbol": sp.IndexedBase("q")[i] * x,
}  # fmt: skip
USES = {
    "diff": lambda e: dc.diff(e, "x"), "gradient": dc.gradient, "hessian": dc.hessian,
    "jacobian": dc.jacobian, "jvp": lambda e: dc.jvp(e, {"x": 1}), "simplify": dc.simplify,
    "vjp": lambda e: dc.vjp(e, ["v"]), "cotangent": lambda e: dc.vjp(["x"], [e]),
    "tangent": lambda e: dc.jvp("x", {"x": e}), "compile": dc.compile,
    "compile several": lambda e: dc.compile(["x", e]),
    "elasticity": lambda e: dc.elasticity(e, "x"),
    "entry of a matrix": lambda e: dc.jacobian([e, "x"]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_use_gives_a_silent_zero(form):
    for call in USES.values():
        with pytest.raises(UnsupportedError, match="not compiled"):
            call(FORMS[form])


@pytest.mark.parametrize("form", ["trace", "entry", "log det", "in a sum"])
def test_functions_that_return_them_are_refused_too(form):
    with pytest.raises(UnsupportedError, match="matrix expressions are not compiled"):
        dc.compile(lambda x: x * FORMS[form])


@pytest.mark.parametrize("variable", [A, A[0, 0], A.T, sp.Trace(A), sp.IndexedBase("q")[0]])
def test_no_derivative_by_a_matrix(variable):
    """The jvp along it was a silent zero."""
    for call in (
        lambda: dc.diff("x**2", variable), lambda: dc.gradient("x**2", [variable]),
        lambda: dc.jvp("x**2", {variable: 1}), lambda: dc.hessian("x**2", ["x", variable]),
        lambda: dc.vjp(["x"], ["v"], [variable]), lambda: dc.elasticity("x", variable),
        lambda: dc.compile("x**2", inputs=["x", variable]),
    ):  # fmt: skip
        with pytest.raises(UnsupportedError, match="not compiled"):
            call()


def test_what_is_no_variable_at_all_is_still_a_matter_of_type():
    for variable in (3, None, x + 1):
        with pytest.raises(InputTypeError, match="given by name or as a SymPy symbol"):
            dc.diff("x**2", variable)


@pytest.mark.parametrize("form", ["log det", "quadratic entry", "norm"])
def test_the_advice_works(form):
    """What the message says to do gives a gradient: against finite differences."""
    expression = FORMS[form]
    with pytest.raises(
        UnsupportedError, match=r"expr\.subs\(\w, Matrix\(3, \d, symbols\('a:\d'\)\)\)"
    ):
        dc.compile(expression)
    for name, matrix in (("a", A), ("b", B), ("c", X)):
        rows, columns = matrix.shape
        entries = sp.symbols(f"{name}:{rows * columns}")
        expression = expression.subs(matrix, sp.Matrix(rows, columns, entries))
    kernel = dc.compile(expression.doit())
    chosen = random.Random(1)
    at = {
        name: chosen.uniform(0.5, 1.5) + 3 * (name in ("a0", "a4", "a8")) for name in kernel.inputs
    }
    for name, slope in zip(kernel.inputs, kernel.grad(**at), strict=True):
        up, down = (kernel(**at | {name: at[name] + h}) for h in (1e-6, -1e-6))
        assert slope == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-8)


def test_matrices_that_are_carried_out_compile():
    assert dc.compile(WRITTEN.det())(3.0) == 7.0
    assert dc.compile(sp.Determinant(WRITTEN).doit()).grad(3.0) == (6.0,)
    assert dc.jacobian(sp.Matrix([x, x**2])).tolist() == [[1], [2 * x]]


def test_the_message_is_short_and_names_the_matrix():
    huge = sum(A[i % 3, i // 3 % 3] ** i for i in range(1, 60))
    with pytest.raises(UnsupportedError) as caught:
        dc.compile(sp.log(sp.Determinant(sp.MatrixSymbol("W", 4, 4)) + huge))
    assert len(str(caught.value)) < 400
    assert "Matrix(" in str(caught.value)


def test_what_is_a_matrix():
    assert all(map(is_matrix, (A, A[0, 0], sp.Trace(A), WRITTEN, sp.Array([1]), A.T @ X)))
    assert not any(map(is_matrix, (x, x + 1, sp.sin(x), sp.Integer(2), "A", None)))
