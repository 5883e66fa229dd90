"""Every structural op against PyTorch: value, gradient, and gradient of the gradient."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import derivc as dc
from tests.tensor.cases import EVERY, IDS, ONCE_IN_TORCH, inputs, ours, scope_of_torch

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")


def theirs(text, arrays):
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return leaves, eval(text, scope_of_torch(leaves) | dict(zip("abc", leaves, strict=False)))


def close(mine, his, rtol=1e-11):
    expected = his.detach().numpy(force=True)
    np.testing.assert_allclose(mine.detach().numpy(), expected, rtol=rtol, atol=1e-12)
    assert mine.shape == tuple(his.shape)


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_value_and_gradient(text, specs):
    arrays = inputs(specs)
    (mine, y), (his, z) = ours(text, arrays), theirs(text, arrays)
    close(y, z)
    seed = np.random.default_rng(1).normal(size=tuple(z.shape))
    y.backward(dc.tensor(seed))
    z.backward(torch.tensor(seed))
    for a, b in zip(mine, his, strict=True):
        close(a.grad, b.grad, 1e-10)


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
def test_single_precision(text, specs):
    arrays = [a.astype(np.float32) for a in inputs(specs)]
    (mine, y), (his, z) = ours(text, arrays), theirs(text, arrays)
    assert y.dtype == np.float32
    seed = np.random.default_rng(1).normal(size=tuple(z.shape)).astype(np.float32)
    y.backward(dc.tensor(seed))
    z.backward(torch.tensor(seed))
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=2e-4, atol=1e-5)
    for a, b in zip(mine, his, strict=True):
        assert a.grad.dtype == np.float32
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=2e-3, atol=1e-4)


def second(backend, leaves, y, seeds, make):
    """The gradient of a random combination of the gradients."""
    first = backend.grad(y, leaves, make(seeds[0]), create_graph=True)
    total = sum((g * make(s)).sum() for g, s in zip(first, seeds[1:], strict=True))
    if not total.requires_grad:
        return [None] * len(leaves)
    return backend.grad(total, leaves, allow_unused=True)


TWICE = [case for case in EVERY if case[0] not in ONCE_IN_TORCH]


@pytest.mark.parametrize(("text", "specs"), TWICE, ids=[f"{t} {s}" for t, s in TWICE])
def test_second_gradient(text, specs):
    arrays = inputs(specs, 2)
    rng = np.random.default_rng(3)
    (mine, y), (his, z) = ours(text, arrays), theirs(text, arrays)
    seeds = [rng.normal(size=tuple(z.shape)), *(rng.normal(size=a.shape) for a in arrays)]
    found = second(dc, mine, y, seeds, dc.tensor)
    expected = second(torch.autograd, his, z, seeds, torch.tensor)
    for a, b, x in zip(found, expected, arrays, strict=True):
        left = np.zeros(x.shape) if a is None else a.detach().numpy()
        right = np.zeros(x.shape) if b is None else b.detach().numpy(force=True)
        np.testing.assert_allclose(left, right, rtol=1e-8, atol=1e-9)
