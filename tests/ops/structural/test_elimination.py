"""The factors of Gaussian elimination: PyTorch's, exact where they can be, with gradients."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

SHAPES = [(3, 3), (5, 3), (3, 5), (1, 1), (2, 4, 4), (2, 2, 3, 4), (0, 2, 2)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_factors_of_pytorch(shape):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    a = np.random.default_rng(0).normal(size=shape)
    mine, his = dc.linalg.lu(dc.tensor(a)), torch.linalg.lu(torch.tensor(a))
    for x, y in zip(mine, his, strict=True):
        np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=1e-12, atol=1e-14)
        assert x.shape == tuple(y.shape)
    product = mine.P @ mine.L @ mine.U
    np.testing.assert_allclose(product.numpy(), a, rtol=1e-12, atol=1e-14)
    assert mine._fields == ("P", "L", "U")


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (2, 3, 3)], ids=str)
@pytest.mark.parametrize("pivot", [True, False])
def test_gradients_of_first_and_second_order(shape, pivot):
    rng = np.random.default_rng(1)
    a = dc.tensor(rng.normal(size=shape) + 3 * np.eye(*shape[-2:]), requires_grad=True)

    def factors(a):
        return tuple(dc.lu(a, pivot=pivot)[1:])

    assert dc.gradcheck(factors, [a])
    assert dc.gradgradcheck(factors, [a])


def test_without_exchanges():
    found = dc.lu([[2.0, 1.0], [4.0, 5.0]], pivot=False)
    assert found.P.shape == (0,)
    assert found.L.tolist() == [[1.0, 0.0], [2.0, 1.0]]
    assert found.U.tolist() == [[2.0, 1.0], [0.0, 3.0]]


def test_a_singular_matrix_has_factors():
    found = dc.lu(np.zeros((2, 2)))
    assert found.U.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert (found.P @ found.L).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    low = dc.lu([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]])
    product = low.P @ low.L @ low.U
    assert product.tolist() == [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]]


def test_the_permutation_is_constant():
    found = dc.lu(dc.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True))
    assert [t.requires_grad for t in found] == [False, True, True]


def test_whole_numbers_and_single_precision():
    assert dc.lu([[2, 1], [4, 5]]).L.tolist() == [[1.0, 0.0], [0.5, 1.0]]
    single = dc.lu(np.eye(2, dtype=np.float32))
    assert {t.dtype for t in single} == {np.dtype(np.float32)}


def test_the_determinant_from_the_factors():
    a = dc.tensor(np.random.default_rng(2).normal(size=(4, 4)), requires_grad=True)
    factors = dc.lu(a)
    dc.prod(dc.diagonal(factors.U)).backward()
    expected = np.linalg.det(a.detach().numpy()) * np.linalg.inv(a.detach().numpy()).T
    sign = np.linalg.det(factors.P.numpy())
    np.testing.assert_allclose(a.grad.numpy(), sign * expected, rtol=1e-11)
