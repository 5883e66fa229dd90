"""Property: at a kink the formulas return the declared slope, and the default is PyTorch's."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ops import registry
from derivc.ops.declaration import Kink, Op
from tests.properties.oracle import differentiable_ops, evaluate, is_inside, partials, truth

KINKS = [
    pytest.param(op, kink, id=f"{op.name}-{i}")
    for op in differentiable_ops()
    for i, kink in enumerate(op.kinks)
]
LATTICE = (-3.0, -1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 2.5, 3.0, 6.0)

TABLE = [
    ("relu(x)", [0.0], [0.0]),
    ("relu6(x)", [0.0], [0.0]),
    ("relu6(x)", [6.0], [0.0]),
    ("hardtanh(x)", [-1.0], [0.0]),
    ("hardsigmoid(x)", [3.0], [0.0]),
    ("hardswish(x)", [-3.0], [0.0]),
    ("hardswish(x)", [3.0], [1.0]),
    ("softshrink(x)", [0.5], [0.0]),
    ("hardshrink(x)", [0.5], [0.0]),
    ("leaky_relu(x)", [0.0], [0.01]),
    ("elu(x)", [0.0], [1.0]),
    ("celu(x)", [0.0], [1.0]),
    ("selu(x)", [0.0], [1.7580993408473768]),
    ("abs(x)", [0.0], [0.0]),
    ("abs(x)", [-0.0], [0.0]),
    ("sign(x)", [0.0], [0.0]),
    ("floor(x)", [1.0], [0.0]),
    ("ceil(x)", [1.0], [0.0]),
    ("round(x)", [0.5], [0.0]),
    ("trunc(x)", [1.0], [0.0]),
    ("frac(x)", [1.0], [1.0]),
    ("sqrt(x)", [0.0], [np.inf]),
    ("sqrt(x)", [-1.0], [np.nan]),
    ("rsqrt(x)", [0.0], [-np.inf]),
    ("reciprocal(x)", [0.0], [-np.inf]),
    ("log(x)", [0.0], [np.inf]),
    ("log(x)", [-1.0], [-1.0]),
    ("log1p(x)", [-1.0], [np.inf]),
    ("log1p(x)", [-2.0], [-1.0]),
    ("x**y", [0.0, 0.0], [0.0, 0.0]),
    ("x**y", [0.0, 2.0], [0.0, 0.0]),
    ("x**0.5", [0.0], [np.inf]),
    ("x**y", [-2.0, 2.0], [-4.0, np.nan]),
    ("clamp(x, -1, 1)", [1.0], [0.0]),
    ("clamp(x, -1, 1)", [-1.0], [0.0]),
    ("maximum(x, y)", [2.0, 2.0], [0.5, 0.5]),
    ("minimum(x, y)", [2.0, 2.0], [0.5, 0.5]),
    ("fmax(x, y)", [2.0, 2.0], [0.5, 0.5]),
    ("xlogy(x, y)", [0.0, 0.0], [0.0, np.nan]),
    ("xlogy(x, y)", [0.0, 1.0], [0.0, 0.0]),
    ("xlogy(x, y)", [1.0, 0.0], [-np.inf, np.inf]),
    ("asin(x)", [1.0], [np.inf]),
    ("acos(x)", [1.0], [-np.inf]),
    ("acosh(x)", [1.0], [np.inf]),
    ("atanh(x)", [1.0], [np.inf]),
    ("erfinv(x)", [1.0], [np.inf]),
    ("atan2(x, y)", [0.0, 0.0], [0.0, 0.0]),
    ("hypot(x, y)", [0.0, 0.0], [np.nan, np.nan]),
    ("sinc(x)", [0.0], [0.0]),
    ("logit(x)", [0.0], [np.inf]),
    ("logit(x)", [1.0], [np.inf]),
    ("l1_loss(x, y)", [1.0, 1.0], [0.0, 0.0]),
    ("huber_loss(x, y)", [2.0, 1.0], [1.0, -1.0]),
    ("smooth_l1_loss(x, y)", [2.0, 1.0], [1.0, -1.0]),
    ("copysign(x, y)", [0.0, 1.0], [0.0, 0.0]),
    ("fmod(x, y)", [5.5, 2.0], [1.0, -2.0]),
    ("remainder(x, y)", [-5.5, 2.0], [1.0, 3.0]),
    ("heaviside(x, 0.5)", [0.0], [0.0]),
    ("softplus(x)", [1000.0], [1.0]),
    ("silu(x)", [-800.0], [0.0]),
    ("mish(x)", [-800.0], [0.0]),
    ("logsigmoid(x)", [-800.0], [1.0]),
]  # fmt: skip
"""What PyTorch documents or returns at special points: text, arguments, partials."""


@pytest.mark.parametrize(("text", "at", "expected"), TABLE, ids=[f"{t}-{a}" for t, a, _ in TABLE])
def test_special_points_follow_pytorch(text: str, at: list[float], expected: list[float]) -> None:
    got = dc.compile(text).grad(*at)
    assert np.array_equal(np.array(got), expected, equal_nan=True), got
    columns = [np.array([v, v]) for v in at]
    rows = np.array(dc.compile(text).grad(*columns))
    assert np.array_equal(rows[:, 0], expected, equal_nan=True), rows


def test_nan_passes_as_in_pytorch() -> None:
    nan = float("nan")
    assert dc.compile("relu(x)").grad(nan) == (1.0,)
    assert dc.compile("hardtanh(x)").grad(nan) == (1.0,)
    assert dc.compile("clamp(x, -1, 1)").grad(nan) == (0.0,)
    assert dc.compile("maximum(x, y)").grad(nan, 1.0) == (1.0, 1.0)
    assert dc.compile("fmax(x, y)").grad(nan, 1.0) == (0.0, 1.0)


def places(op: Op, kink: Kink) -> list[list[Any]]:
    """Lattice points on the kink, inside the domain."""
    import itertools

    values = itertools.product(LATTICE, repeat=min(op.arity, 3))
    rest = [mp.mpf(1)] * (op.arity - 3)
    found = []
    for combination in values:
        args = [*map(mp.mpf, combination), *rest]
        try:
            if evaluate(kink.place, args) == 0 and is_inside(op, args):
                found.append(args)
        except ZeroDivisionError:
            continue
    return found[:6]


@pytest.mark.parametrize(("op", "kink"), KINKS)
def test_formulas_return_the_declared_slope(op: Op, kink: Kink) -> None:
    on_it = places(op, kink)
    assert on_it, f"no place found on the kink of {op.name}"
    assert kink.because
    for args in on_it:
        if all(k is kink or abs(evaluate(k.place, args)) > 0 for k in op.kinks):
            _compare(op, kink, args)


def _compare(op: Op, kink: Kink, args: list[Any]) -> None:
    if any(slope is not None and mp.isnan(mp.mpf(float(slope))) for slope in kink.slopes()):
        return  # a quotient 0/0, which NumPy answers and mpmath refuses; the table has it
    declared = [*kink.slopes(), *[None] * op.arity]
    for got, slope in zip(partials(op, args, truth(op, args)), declared, strict=False):
        if slope is not None and got is not None:
            assert abs(got - mp.mpf(float(slope))) < 1e-12, (args, got, slope)


@pytest.mark.parametrize("convention", ["jax", "left", "right"])
def test_conventions_choose_the_declared_slope(convention: str) -> None:
    absolute = dc.compile("abs(x)", convention=convention).grad(0.0)
    assert absolute == ({"jax": 1.0, "left": -1.0, "right": 1.0}[convention],)
    leaky = dc.compile("leaky_relu(x)", convention=convention).grad(0.0)
    assert leaky == ({"jax": 1.0, "left": 0.01, "right": 1.0}[convention],)


def test_no_undeclared_kinks_at_the_lattice() -> None:
    """Slopes a little left and right of every lattice point agree, unless a kink is declared."""
    for op in (o for o in differentiable_ops() if o.arity == 1 and o.partials):
        for x in map(mp.mpf, LATTICE):
            if _is_smooth_place(op, x):
                left, right = (partials(op, [t], truth(op, [t]))[0] for t in (x - H, x + H))
                assert abs(left - right) < 1e-6 * (1 + abs(left)), (op.name, x, left, right)


H = mp.mpf(10) ** -12


def _is_smooth_place(op: Op, x: Any) -> bool:
    around = [[x - H], [x], [x + H]]
    return all(is_inside(op, a) for a in around) and not any(
        abs(evaluate(k.place, [x])) < 1e-9 for k in op.kinks
    ) and op is not registry.get("gamma")  # fmt: skip
