"""Gradients at kinks and special points: what PyTorch documents, at every row of its table."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

INF, NAN = float("inf"), float("nan")

ONE = [
    ("F.relu(x)", 0.0, 0.0),
    ("F.relu6(x)", 0.0, 0.0),
    ("F.relu6(x)", 6.0, 0.0),
    ("F.hardtanh(x)", -1.0, 0.0),
    ("F.hardtanh(x)", 1.0, 0.0),
    ("F.hardsigmoid(x)", 3.0, 0.0),
    ("F.hardsigmoid(x)", -3.0, 0.0),
    ("F.hardswish(x)", -3.0, 0.0),
    ("F.hardswish(x)", 3.0, 1.0),
    ("F.threshold(x, 1.0, 0.0)", 1.0, 0.0),
    ("F.hardshrink(x, 0.5)", 0.5, 0.0),
    ("F.softshrink(x, 0.5)", 0.5, 0.0),
    ("F.leaky_relu(x, 0.01)", 0.0, 0.01),
    ("F.elu(x)", 0.0, 1.0),
    ("F.celu(x)", 0.0, 1.0),
    ("F.selu(x)", 0.0, 1.7580993408473766),
    ("F.abs(x)", 0.0, 0.0),
    ("F.abs(x)", -0.0, 0.0),
    ("F.sign(x)", 0.0, 0.0),
    ("F.floor(x)", 1.0, 0.0),
    ("F.ceil(x)", 1.5, 0.0),
    ("F.round(x)", 0.5, 0.0),
    ("F.trunc(x)", 1.0, 0.0),
    ("F.frac(x)", 1.0, 1.0),
    ("F.sqrt(x)", 0.0, INF),
    ("F.sqrt(x)", -1.0, NAN),
    ("F.rsqrt(x)", 0.0, -INF),
    ("F.reciprocal(x)", 0.0, -INF),
    ("x**-1", 0.0, -INF),
    ("F.log(x)", 0.0, INF),
    ("F.log1p(x)", -1.0, INF),
    ("x**0", 0.0, 0.0),
    ("x**0.5", 0.0, INF),
    ("x**(1/3)", 0.0, INF),
    ("F.clamp(x, 0.0, 1.0)", 0.0, 0.0),
    ("F.clamp(x, 0.0, 1.0)", 1.0, 0.0),
    ("F.norm(F.stack([x, x * 0]))", 0.0, 0.0),
    ("F.norm(F.stack([x, x]), 1)", 0.0, 0.0),
    ("F.std(F.stack([x, x * 1]))", 2.0, 0.0),
    ("F.xlogy(x, F.tensor(0.0))", 0.0, 0.0),
    ("F.xlogy(x, F.tensor(1.0))", 0.0, 0.0),
    ("F.xlogy(x, F.tensor(0.0))", 1.0, -INF),
    ("F.xlogy(F.tensor(0.0), x)", 1.0, 0.0),
    ("F.asin(x)", 1.0, INF),
    ("F.acos(x)", 1.0, -INF),
    ("F.acosh(x)", 1.0, INF),
    ("F.atanh(x)", 1.0, INF),
    ("F.erfinv(x)", 1.0, INF),
    ("F.sinc(x)", 0.0, 0.0),
    ("F.logit(x)", 0.0, INF),
    ("F.logit(x)", 1.0, INF),
    ("F.l1_loss(x, F.tensor(2.0))", 2.0, 0.0),
    ("F.smooth_l1_loss(x, F.tensor(0.0))", 1.0, 1.0),
    ("F.huber_loss(x, F.tensor(0.0))", 1.0, 1.0),
    ("F.copysign(x, F.tensor(-1.0))", 0.0, 0.0),
    ("F.softplus(x)", 1000.0, 1.0),
    ("F.softplus(x)", -1000.0, 0.0),
    ("F.sigmoid(x)", -800.0, 0.0),
    ("F.silu(x)", -800.0, 0.0),
    ("F.mish(x)", -800.0, 0.0),
    ("F.log_sigmoid(x)", -800.0, 1.0),
    ("F.det(F.stack([F.stack([x, x]), F.stack([x, x])]))", 1.0, 0.0),
    ("F.prod(F.stack([x, F.tensor(2.0), F.tensor(3.0)]))", 0.0, 6.0),
    ("F.prod(F.stack([x, F.tensor(0.0), F.tensor(3.0)]))", 0.0, 0.0),
    ("F.where(x > 0, F.sqrt(x), F.tensor(0.0))", 0.0, 0.0),
    ("F.where(x > 0, F.sqrt(x), F.tensor(0.0))", -1.0, 0.0),
    ("F.fmod(x, 2.0)", 5.0, 1.0),
    ("F.remainder(x, 2.0)", 5.0, 1.0),
]

TWO = [
    ("F.maximum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("F.minimum(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("F.fmax(x, y)", (1.0, 1.0), (0.5, 0.5)),
    ("F.fmax(x, y)", (NAN, 1.0), (0.0, 1.0)),
    ("F.amax(F.stack([x, y]))", (1.0, 1.0), (0.5, 0.5)),
    ("F.max(F.stack([x, y]))", (1.0, 1.0), (0.5, 0.5)),
    ("F.max(F.stack([x, y]), 0)[0]", (1.0, 1.0), (1.0, 0.0)),
    ("F.norm(F.stack([x, y]), float('inf'))", (2.0, -2.0), (0.5, -0.5)),
    ("x**y", (0.0, 2.0), (0.0, 0.0)),
    ("x**y", (0.0, 0.0), (0.0, 0.0)),
    ("F.atan2(x, y)", (0.0, 1.0), (1.0, 0.0)),
    ("F.fmod(x, y)", (5.0, 3.0), (1.0, -1.0)),
    ("F.remainder(x, y)", (-5.0, 3.0), (1.0, 2.0)),
    ("F.floor_divide(x, y)", (5.0, 3.0), (0.0, 0.0)),
    ("F.where(x > 0, x, y)", (0.0, 1.0), (0.0, 1.0)),
]


def gradients(text, *points):
    leaves = [dc.tensor(p, requires_grad=True) for p in points]
    y = eval(text, {"F": dc, **dict(zip("xy", leaves, strict=False))})
    found = dc.grad(y, leaves, allow_unused=True)
    return [0.0 if g is None else g.item() for g in found]


@pytest.mark.parametrize(("text", "point", "expected"), ONE, ids=lambda v: str(v))
def test_of_one_argument(text, point, expected):
    np.testing.assert_allclose(gradients(text, point), [expected], rtol=1e-14)


@pytest.mark.parametrize(("text", "point", "expected"), TWO, ids=lambda v: str(v))
def test_of_two_arguments(text, point, expected):
    np.testing.assert_allclose(gradients(text, *point), expected, rtol=1e-14)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-300, 123456.789])
def test_equal_numbers_have_no_spread(value):
    x = dc.tensor([value] * 3, requires_grad=True)
    y = x.std()
    y.backward()
    assert y.item() == 0.0
    assert x.grad.tolist() == [0.0] * 3


def test_repeated_eigenvalues():
    a = dc.tensor(np.eye(2), requires_grad=True)
    dc.eigvalsh(a).sum().backward()
    assert a.grad.tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(("convention", "expected"), [("torch", 0.0), ("jax", 1.0), ("left", -1.0)])
def test_other_conventions(convention, expected):
    x = dc.tensor(0.0, requires_grad=True)
    dc.compile("abs(x)", convention=convention)(x).backward()
    assert x.grad.item() == expected
