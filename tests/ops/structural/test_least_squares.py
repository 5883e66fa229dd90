"""Least squares: PyTorch's results and rules, gradients to second order, 50 digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, ShapeError

RNG = np.random.default_rng(3)
TALL, WIDE, SQUARE = RNG.normal(size=(4, 2)), RNG.normal(size=(2, 4)), RNG.normal(size=(3, 3))
THIN = np.outer([1.0, 2.0, -1.0, 0.5], [1.0, -2.0])
"""Of rank 1."""


def right(a, k=2):
    return np.random.default_rng(4).normal(size=(a.shape[-2], k))


@pytest.mark.parametrize("a", [TALL, WIDE, SQUARE, THIN], ids=["tall", "wide", "square", "thin"])
@pytest.mark.parametrize("driver", [None, "gels", "gelsy", "gelsd", "gelss"])
def test_results_of_pytorch(a, driver):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    if driver == "gels" and a is THIN:
        pytest.skip("gels is for full rank")
    for b in (right(a), right(a)[:, 0]):
        mine = dc.linalg.lstsq(dc.tensor(a), dc.tensor(b), driver=driver)
        his = torch.linalg.lstsq(torch.tensor(a), torch.tensor(b), driver=driver)
        for x, y in zip(mine, his, strict=True):
            np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=1e-9, atol=1e-12)
            assert x.shape == tuple(y.shape)
    assert mine._fields == ("solution", "residuals", "rank", "singular_values")


@pytest.mark.parametrize("a", [TALL, WIDE, SQUARE], ids=["tall", "wide", "square"])
def test_gradients_of_first_and_second_order(a):
    leaves = [dc.tensor(x, requires_grad=True) for x in (a, right(a))]

    def solution(a, b):
        return dc.lstsq(a, b)[0]

    assert dc.gradcheck(solution, leaves)
    assert dc.gradgradcheck(solution, leaves)


def test_residuals_have_gradients_too():
    leaves = [dc.tensor(x, requires_grad=True) for x in (TALL, right(TALL))]

    def residuals(a, b):
        return dc.lstsq(a, b, driver="gelsd").residuals

    assert dc.gradcheck(residuals, leaves)
    assert dc.gradgradcheck(residuals, leaves)


def test_a_matrix_of_lower_rank_gives_the_shortest_solution():
    """The rank must not change nearby: move along matrices of rank 1."""
    columns = [dc.tensor(x, requires_grad=True) for x in ([1.0, 2.0, -1.0], [1.0, -2.0])]
    b = dc.tensor([0.5, 1.0, 2.0])

    def solution(u, v):
        return dc.lstsq(dc.outer(u, v), b)[0]

    assert dc.lstsq(dc.outer(*columns), b).rank.item() == 1
    assert dc.gradcheck(solution, columns)
    u, v = (t.detach().numpy() for t in columns)
    expected = v * (u @ b.numpy()) / ((u @ u) * (v @ v))
    np.testing.assert_allclose(solution(*columns).detach().numpy(), expected, rtol=1e-13)


def test_small_singular_values_are_cut_off():
    a, b = np.diag([1.0, 1e-3]), np.array([1.0, 1.0])
    assert dc.lstsq(a, b).solution.tolist() == pytest.approx([1.0, 1000.0])
    cut = dc.lstsq(a, b, rcond=0.01)
    assert cut.solution.tolist() == pytest.approx([1.0, 0.0])
    assert cut.rank == 1


def test_rank_and_singular_values_are_constants():
    leaf = dc.tensor(TALL, requires_grad=True)
    found = dc.lstsq(leaf, dc.tensor(right(TALL)), driver="gelsd")
    assert [t.requires_grad for t in found] == [True, True, False, False]


def test_against_50_digits():
    b = right(TALL)
    with mpmath.workdps(50):
        a, c = mpmath.matrix(TALL.tolist()), mpmath.matrix(b.tolist())
        truth = mpmath.inverse(a.T * a) * a.T * c
    expected = np.array(truth.tolist(), dtype=float)
    np.testing.assert_allclose(dc.lstsq(TALL, b).solution, expected, rtol=1e-13)


def test_lists_of_whole_numbers():
    assert dc.lstsq([[1, 0], [0, 2]], [1, 4]).solution.tolist() == pytest.approx([1.0, 2.0])


def test_mistakes():
    with pytest.raises(InputTypeError, match=r"one of \(gels, gelsy, gelsd, gelss\), got 'qr'"):
        dc.lstsq(TALL, right(TALL), driver="qr")
    for b in (np.ones(3), np.ones((3, 2)), np.array(1.0)):
        with pytest.raises(ShapeError, match=r"lstsq of A \(4, 2\) and B"):
            dc.lstsq(TALL, b)
