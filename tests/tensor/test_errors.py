"""What is said of mistakes: one line, the op, what was given; always an error of ours."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import DerivcError

X, Y = dc.tensor([1.0, 2.0], requires_grad=True), dc.tensor([1.0, 2.0, 3.0])

MISTAKES = [
    (lambda: X + Y, ValueError, r"add: the shapes do not broadcast: a \(2,\), b \(3,\)"),
    (lambda: dc.mse_loss(X, Y), ValueError, "the shapes do not broadcast"),
    (lambda: dc.compile("x*y")(X, Y), ValueError, "the shapes do not broadcast"),
    (lambda: X @ Y, ValueError, "matmul"),
    (lambda: X.sum(5), IndexError, r"Dimension out of range.*\[-1, 0\], but got 5"),
    (lambda: X.mean(dim=-3), IndexError, "Dimension out of range"),
    (lambda: X[5], IndexError, "out of bounds"),
    (lambda: X.gather(0, dc.tensor([7])), IndexError, "out of bounds"),
    (
        lambda: X.exp().backward(),
        RuntimeError,
        r"only for scalar outputs; the output has shape \(2,\): reduce it .* \.sum\(\)\.backward",
    ),
    (lambda: (X * 1j).sum().backward(), RuntimeError, r"got complex128; take \.real, \.imag"),
    (
        lambda: dc.compile("x*y", args=["y", "x"]),
        TypeError,
        "no option 'args'; did you mean 'inputs'",
    ),
    (lambda: dc.compile("x*y", shape=3), TypeError, "did you mean 'shapes'"),
    (
        lambda: dc.compile("x*y", colour=3),
        TypeError,
        "no option 'colour'; it takes inputs, wrt, shapes",
    ),
    (lambda: X.reshap(2, 1), AttributeError, "no attribute 'reshap'; did you mean 'reshape'"),
    (lambda: X.requires_gradient, AttributeError, "did you mean 'requires_grad"),
    (lambda: X.sigmod(), AttributeError, "did you mean 'sigmoid'"),
    (lambda: X.sum(foo=1), TypeError, r"sum\(x, dim, keepdim\): got an unexpected"),
    (lambda: X.clamp(foo=1), TypeError, r"clamp takes \(x, lo, hi\)"),
    (lambda: X.sin(3), TypeError, r"sin takes \(x\)"),
    (lambda: X.reshape(3), ValueError, "cannot reshape array of size 2"),
    (lambda: dc.stack([X, Y]), ValueError, r"tensors \[\(2,\), \(3,\)\]"),
    (lambda: dc.inv(dc.zeros(2, 2)), ValueError, "Singular matrix"),
    (lambda: dc.cholesky(-dc.eye(2)), ValueError, "not positive definite"),
    (lambda: dc.conv2d(X, Y), ValueError, r"conv2d of shape \(2,\)"),
    (lambda: dc.where(X, X, X), TypeError, "condition to be a boolean tensor"),
    (lambda: dc.mse_loss(X, X, reduction="most"), TypeError, "choose mean, sum"),
    (lambda: dc.cross_entropy(X[None], dc.tensor([5])), IndexError, "out of bounds"),
    (lambda: dc.grad(X.sum(), 1.0), TypeError, "inputs must be Tensors, got float"),
    (lambda: dc.grad(1.0, X), TypeError, "expected a Tensor, got float"),
    (lambda: X.register_hook(3), TypeError, "a hook must be callable"),
    (lambda: dc.compile("x*y")(X), TypeError, r"takes \('x', 'y'\), got \('x',\)"),
    (lambda: np.unwrap(X), DerivcError, "np.unwrap of a Tensor is not known"),
    (lambda: dc.svd(dc.ones(2, 3), full_matrices=True), DerivcError, "full_matrices=False"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistake(mistake, kind, message):
    with pytest.raises(kind, match=message) as caught:
        mistake()
    assert isinstance(caught.value, DerivcError)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("other", [None, "a", {}])
def test_foreign_operands_are_pythons_type_error(other):
    with pytest.raises(TypeError, match="unsupported operand"):
        X + other
    assert (other == X) is False


def test_unknown_attributes():
    with pytest.raises(AttributeError, match="no attribute 'zzz'$"):
        X.zzz  # noqa: B018
    assert not hasattr(X, "zzz")


def test_errors_about_attributes_can_be_pickled():
    import pickle

    with pytest.raises(AttributeError) as caught:
        X.reshap  # noqa: B018
    assert "no attribute 'reshap'" in str(pickle.loads(pickle.dumps(caught.value)))  # noqa: S301


def test_ops_declared_by_users_are_methods_too():
    from sympy import exp

    name = "bell_of_tensors"
    if not hasattr(X, name):
        dc.declare(name, "A bell.", meaning=lambda x: exp(-(x**2)))
    x = dc.tensor([0.5, 1.0], requires_grad=True)
    getattr(x, name)().sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), -2 * x.detach().numpy() * np.exp([-0.25, -1.0]))
