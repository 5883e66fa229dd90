"""Reverse and forward mode against each other and against SymPy's own derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivc.errors import NotDifferentiableError
from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.ir.verify import verify
from derivc.lowering.fragment import expand
from derivc.lowering.lower import lower
from derivc.ops import declare, registry
from derivc.ops.declaration import Spelling
from derivc.passes.dce import dce
from derivc.passes.jvp import jvp
from derivc.passes.vjp import gradient, vjp

X, Y = sp.symbols("x y", real=True)


def numpy_table(op: str) -> Any:
    return getattr(np, registry.get(op).spelling.numpy.removeprefix("np."))


def run(program: Program, *arguments: float) -> list[float]:
    ready = verify(dce(expand(program)))
    with np.errstate(all="ignore"):
        numbers = [np.float64(a) for a in arguments]
        return [float(v) for v in interpret(ready, numbers, numpy_table, exact.to_float)]


leaves = st.sampled_from([X, Y, sp.Integer(2), sp.Rational(1, 3)])


def _grow(children: Any) -> Any:
    pairs = st.tuples(children, children)
    return st.one_of(
        pairs.map(lambda p: sp.Add(*p, evaluate=False)),
        pairs.map(lambda p: sp.Mul(*p, evaluate=False)),
        children.map(lambda c: sp.exp(-(c**2))),
        children.map(lambda c: sp.log(2 + c**2)),
        children.map(lambda c: sp.sqrt(1 + c**2)),
        pairs.map(lambda p: p[0] / (1 + p[1] ** 2)),
        pairs.map(lambda p: sp.Piecewise((p[0], X > Y), (p[1], True), evaluate=False)),
    )


expressions = st.recursive(leaves, _grow, max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(expressions)
def test_reverse_mode_agrees_with_sympy(tree: Any) -> None:
    program = gradient(lower([tree], ["x", "y"]), [0, 1])
    point = {X: sp.Rational(7, 10), Y: sp.Rational(-2, 5)}
    truth = [float(e.subs(point).evalf(30)) for e in (tree, tree.diff(X), tree.diff(Y))]
    assert run(program, 0.7, -0.4) == pytest.approx(truth, rel=1e-12, abs=1e-13)


@settings(max_examples=40, deadline=None)
@given(expressions, expressions)
def test_forward_and_reverse_are_adjoint(first: Any, second: Any) -> None:
    """<ybar, J xdot> = <J^T ybar, xdot>."""
    program = lower([first, second], ["x", "y"])
    tangents = run(jvp(program, [0, 1], ["dx", "dy"]), 0.7, -0.4, 1.5, -0.25)[2:]
    cotangents = run(vjp(program, [0, 1], ["a", "b"]), 0.7, -0.4, 0.3, 2.0)[2:]
    left = 0.3 * tangents[0] + 2.0 * tangents[1]
    right = 1.5 * cotangents[0] - 0.25 * cotangents[1]
    assert left == pytest.approx(right, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(
    ("tree", "x", "slope"),
    [
        (sp.Piecewise((sp.sqrt(X), X > 0), (0, True)), -1.0, 0.0),
        (sp.Piecewise((sp.sqrt(X), X > 0), (0, True)), 4.0, 0.25),
        (sp.Piecewise((sp.log(X), X > 0), (X, True)), 0.0, 1.0),
        (sp.Piecewise((1 / X, X < -1), (X, X <= 1), (1 / X, True)), 0.0, 1.0),
        (X + sp.Piecewise((sp.log(X) + sp.log(X) ** 2, X > 0), (0, True)), -1.0, 1.0),
        (sp.Piecewise((sp.exp(X**2) / X, X > 1), (2 * X, True)) ** 2, 0.0, 0.0),
    ],
)
def test_an_untaken_branch_never_poisons(tree: Any, x: float, slope: float) -> None:
    assert run(gradient(lower([tree], ["x"]), [0]), x)[1] == slope


@pytest.mark.parametrize(
    ("tree", "x"),
    [
        (sp.sqrt(sp.Max(0, X)), -1.0),
        (sp.sqrt(sp.Piecewise((X, X > 0), (0, True))), -1.0),
        (sp.Max(0, sp.sqrt(X) - 1), 0.0),
        (registry.get("relu")(sp.log(X)), 0.0),
        (sp.sqrt(registry.get("relu")(X)) * X, -2.0),
    ],
)
def test_a_zero_derivative_never_meets_an_infinity(tree: Any, x: float) -> None:
    program = lower([tree], ["x"])
    assert run(gradient(program, [0]), x)[1] == 0.0
    assert run(jvp(program, [0], ["t"]), x, 1.0)[1] == 0.0


def test_nested_and_shared_guards() -> None:
    inner = sp.Piecewise((sp.log(X), X > 0), (0, True), evaluate=False)
    outer = sp.Piecewise((sp.sqrt(inner), X > 1), (inner, True), evaluate=False)
    program = gradient(lower([outer + inner], ["x"]), [0])
    for x in (-2.0, 0.0):
        assert run(program, x)[1] == 0.0
    assert run(program, 0.5)[1] == pytest.approx(4.0)


def test_an_op_without_partials_is_refused_only_where_it_matters() -> None:
    step = declare("opaque_step", "No partials.", params=("x", "n"), spelling=Spelling("np.ldexp"))
    program = lower([step(X, Y) + X], ["x", "y"])
    with pytest.raises(NotDifferentiableError, match="'n'"):
        gradient(program, [1])


def test_swell_is_bounded_on_a_deep_nest() -> None:
    tree: Any = X
    for _ in range(200):
        tree = sp.Mul(sp.sqrt(tree, evaluate=False), sp.exp(tree, evaluate=False), evaluate=False)
    value = lower([tree], ["x"])
    assert len(dce(gradient(value, [0]))) <= 4 * len(value) + 10
