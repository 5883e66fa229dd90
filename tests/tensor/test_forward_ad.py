"""Dual tensors: the numbers and the rules of torch.autograd.forward_ad."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc import forward_ad as fwd

A, V = np.array([0.3, -1.2, 2.0]), np.array([0.5, 0.1, -0.7])


def function(x, w):
    y = (x * w).exp() + x[0]
    y[1:] = y[:2].clone() * 3
    return y.cumsum(0), (x @ w).sin()


def test_the_numbers_of_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    his_ad = torch.autograd.forward_ad
    with fwd.dual_level(), his_ad.dual_level():
        mine = function(fwd.make_dual(dc.tensor(A), dc.tensor(V)), dc.tensor(V))
        his = function(his_ad.make_dual(torch.tensor(A), torch.tensor(V)), torch.tensor(V))
        for a, b in zip(mine, his, strict=True):
            for x, y in zip(fwd.unpack_dual(a), his_ad.unpack_dual(b), strict=True):
                np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=1e-14)


def test_reverse_over_forward():
    x = dc.tensor(A, requires_grad=True)
    with fwd.dual_level():
        y = (fwd.make_dual(x, dc.tensor(V)) ** 3).sum()
        tangent = fwd.unpack_dual(y).tangent
        tangent.backward()
    np.testing.assert_allclose(x.grad.numpy(), 6 * A * V, rtol=1e-14)


def test_forward_over_reverse():
    with fwd.dual_level():
        x = fwd.make_dual(dc.tensor(A), dc.tensor(V))
        gradient = dc.grad_of(lambda x: (x**3).sum())(x)
        product = fwd.unpack_dual(gradient).tangent
        other = fwd.unpack_dual(dc.functional.jvp(lambda x: x**3, x, dc.tensor(V))[1]).tangent
    np.testing.assert_allclose(product.numpy(), 6 * A * V, rtol=1e-14)
    np.testing.assert_allclose(other.numpy(), 6 * A * V**2, rtol=1e-14)


def test_parameters_beside_dual_tensors_get_gradients_of_tangents():
    w = dc.tensor(V, requires_grad=True)
    with fwd.dual_level():
        x = fwd.make_dual(dc.tensor(A), dc.ones(3))
        fwd.unpack_dual((x * x * w).sum()).tangent.backward()
    np.testing.assert_allclose(w.grad.numpy(), 2 * A, rtol=1e-14)


def test_what_has_no_tangent():
    plain = dc.tensor(A)
    assert fwd.unpack_dual(plain) == (plain, None)
    with fwd.dual_level():
        x = fwd.make_dual(plain, dc.tensor(V))
        assert fwd.unpack_dual(x).tangent.tolist() == V.tolist()
        assert fwd.unpack_dual(plain * 2).tangent is None
        assert fwd.unpack_dual(x.detach() * 2).tangent is None
        assert not fwd.unpack_dual(x * 2).primal.requires_grad
        y = x * 2
    assert fwd.unpack_dual(y).tangent is None
    with fwd.dual_level():
        assert fwd.unpack_dual(y).tangent is None


def test_a_dual_tensor_shares_its_memory():
    plain = dc.tensor(A)
    with fwd.dual_level():
        x = fwd.make_dual(plain, dc.tensor(V))
        x.mul_(2.0)
        assert fwd.unpack_dual(x).tangent.tolist() == (2 * V).tolist()
    np.testing.assert_allclose(plain.numpy(), 2 * A)


def test_mistakes():
    with pytest.raises(RuntimeError, match="no level exists, make sure to enter_dual_level"):
        fwd.make_dual(dc.tensor(A), dc.tensor(V))
    with pytest.raises(RuntimeError, match="was not entered"):
        fwd.exit_dual_level()
    with fwd.dual_level():
        with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported"):
            fwd.enter_dual_level()
        with pytest.raises(ValueError, match="primal to be floating point or complex.*int64"):
            fwd.make_dual(dc.tensor([1]), dc.tensor([1.0]))
        with pytest.raises(ValueError, match="tangent to be floating point or complex.*int64"):
            fwd.make_dual(dc.tensor([1.0]), dc.tensor([1]))
        with pytest.raises(RuntimeError, match=r"Tensor is of size \[3\] .* of size \[1\]"):
            fwd.make_dual(dc.tensor(A), dc.tensor([1.0]))


def test_the_level_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), fwd.dual_level():
        raise ZeroDivisionError
    fwd.enter_dual_level()
    fwd.exit_dual_level()
    assert dc.autograd.forward_ad is fwd
