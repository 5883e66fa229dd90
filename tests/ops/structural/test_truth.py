"""The backward formulas of structural ops against 50 digits: every case of `truths`."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from tests.ops.structural.matrices import DIGITS, cotangents, exact
from tests.ops.structural.truths import EVERY
from tests.tensor.cases import inputs, scope_of


def symmetrized(text, gradient):
    """Eigenvectors' cotangents are those of a general matrix, as PyTorch's; truth is symmetric."""
    return (gradient + gradient.T) / 2 if text.startswith("F.eigh(a)[1]") else gradient


def given(specs):
    if specs == ["singular"]:
        return [np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.5, -1.0]])]
    return inputs(specs)


@pytest.mark.parametrize(("text", "specs", "truth"), EVERY, ids=[f"{t} {s}" for t, s, _ in EVERY])
def test_value_and_cotangents(text, specs, truth):
    arrays = given(specs)
    leaves = [dc.tensor(a, requires_grad=True) for a in arrays]
    scope = scope_of(leaves) | {"I3": np.eye(3, dtype=complex)}
    y = eval(text, scope | dict(zip("abc", leaves, strict=False)))
    with mp.workdps(DIGITS):
        expected = np.asarray(truth(*map(exact, arrays)), dtype=object).astype(float)
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=1e-12, atol=1e-13)
    seed = np.random.default_rng(1).normal(size=y.shape)
    y.backward(dc.tensor(seed))
    for leaf, slopes in zip(leaves, cotangents(truth, arrays, seed), strict=True):
        scale = max(1.0, np.abs(slopes).max())
        found = symmetrized(text, leaf.grad.numpy())
        np.testing.assert_allclose(found, slopes, rtol=1e-11, atol=1e-12 * scale)


def test_the_truth_tells_a_wrong_cotangent():
    """A sign, a factor, a transpose: each is seen."""
    a = np.array([[1.0, 2.0], [0.5, -1.0]])
    (slopes,) = cotangents(lambda a: a @ a, [a], np.eye(2))
    np.testing.assert_allclose(slopes, 2 * a.T, rtol=1e-15)
    assert not np.allclose(slopes, 2 * a)


def test_the_differences_are_right_to_thirty_digits():
    with mp.workdps(DIGITS):
        h = mp.mpf("1e-20")
        x = mp.mpf(0.7)
        slope = (mp.sin(x + h) - mp.sin(x - h)) / (2 * h)
        assert abs(slope - mp.cos(x)) < mp.mpf("1e-38")
