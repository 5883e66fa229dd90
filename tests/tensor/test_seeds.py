"""The worked examples that the project began with, through `.backward()`."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import GradcheckError

EXAMPLES = [
    ("3*x**2", {"x": 3.0}, {"x": 18.0}),
    ("6*x**2 + 2*x + 4", {"x": 3.0}, {"x": 38.0}),
    ("u**3 + v**2 + 4*u*v", {"u": 3.0, "v": 4.0}, {"u": 43.0, "v": 20.0}),
    ("2*x + 1", {"x": 2.0}, {"x": 2.0}),
    ("sigmoid(x)", {"x": 1.0}, {"x": 0.19661193324148185}),
    ("sigmoid(x)**2 + 3*x", {"x": 1.0}, {"x": 3.2874696809144304}),
]


@pytest.mark.parametrize("way", ["operators", "kernel"])
@pytest.mark.parametrize(("text", "at", "expected"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_gradients(text, at, expected, way):
    leaves = {name: dc.tensor(value, requires_grad=True) for name, value in at.items()}
    if way == "kernel":
        y = dc.compile(text)(**leaves)
    else:
        y = eval(text, {"sigmoid": dc.sigmoid, **leaves})
    y.backward()
    for name, value in expected.items():
        assert leaves[name].grad.item() == pytest.approx(value, rel=1e-15)


def test_attributes_of_a_leaf_and_of_a_result():
    x = dc.tensor(3.0, requires_grad=True)
    y = 3 * x**2
    assert (x.is_leaf, x.grad_fn, x.requires_grad, x.grad) == (True, None, True, None)
    assert (y.is_leaf, y.grad_fn.name(), y.requires_grad) == (False, "MulBackward", True)
    with pytest.warns(UserWarning, match=r"\.retain_grad\(\)"):
        assert y.grad is None


def test_a_vector_of_points():
    x = dc.linspace(-10, 10, 20, requires_grad=True)
    dc.sigmoid(x).sum().backward()
    s = dc.sigmoid(x.detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), s * dc.sigmoid(-x.detach().numpy()), rtol=1e-14)


class Claimed(dc.Function):
    """sigmoid(x) (1 + e^x)^(-1/2), with the backward that a tutorial claims."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return dc.sigmoid(x) * (1 + x.exp()) ** -0.5

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = x.exp()
        return g * (1 - dc.sigmoid(x) ** 2) * 0.5 * (e + 1) ** -1.5 * (1 + 3 * e)


class Intermediate(dc.Function):
    """sin(x)^2 with the sine saved, as a tutorial does: the cosine of it is the wrong one."""

    @staticmethod
    def forward(ctx, x):
        s = x.sin()
        ctx.save_for_backward(s)
        return s**2

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * 2 * s * s.cos()


@pytest.mark.parametrize(
    ("function", "at", "claimed", "truth", "text"),
    [
        (Claimed, 0.0, 0.5303300859, 0.0883883476, "sigmoid(x)*(1 + exp(x))**(-1/2)"),
        (Intermediate, 1.0, 1.1214565630, 0.9092974268, "sin(x)**2"),
    ],
    ids=["claimed", "intermediate"],
)
def test_wrong_backwards_are_found_and_generated_ones_are_right(function, at, claimed, truth, text):
    x = dc.tensor(at, requires_grad=True)
    (g,) = dc.grad(function.apply(x), x)
    assert g.item() == pytest.approx(claimed, rel=1e-9)
    with pytest.raises(GradcheckError):
        dc.gradcheck(function.apply, x)
    generated = dc.Function.from_expression(text)
    assert dc.gradcheck(generated.apply, x)
    assert dc.gradgradcheck(generated.apply, x)
    (g,) = dc.grad(generated.apply(x), x)
    assert g.item() == pytest.approx(truth, rel=1e-9)


def test_the_right_example():
    decay = dc.Function.from_expression("x*exp(-y)")
    x, y = dc.tensor(2.0, requires_grad=True), dc.tensor(0.5, requires_grad=True)
    decay.apply(x, y).backward()
    assert x.grad.item() == pytest.approx(np.exp(-0.5))
    assert y.grad.item() == pytest.approx(-2 * np.exp(-0.5))
