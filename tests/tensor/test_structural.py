"""Every structural op against PyTorch: value, gradient, and gradient of the gradient."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import derivc as dc
from tests.tensor.cases import EVERY

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

NAMED = {
    "with_zero": [1.5, 0.0, -2.0],
    "two_zeros": [0.0, 0.0, -2.0],
    "ties": [0.0, 0.0, -1.0, 0.0],
    "zero_inside": [1.5, 0.5, 0.0, 2.0, -1.0],
    "zeros_inside": [1.5, 0.0, 0.5, 0.0, -1.0],
}


def matrix(kind, rng):
    shape = {"tall": (4, 3), "wide": (2, 4), "regulars": (2, 3, 3)}.get(kind, (3, 3))
    found = rng.normal(size=shape) + 2 * np.eye(*shape[-2:])
    return found @ found.T + np.eye(3) if kind == "definite" else found


def inputs(specs, seed=0):
    rng = np.random.default_rng(seed)
    found = []
    for spec in specs:
        if spec in NAMED:
            found.append(np.array(NAMED[spec]))
        elif spec == "unit":
            found.append(rng.uniform(0.1, 0.9, (2, 3)))
        elif isinstance(spec, str):
            found.append(matrix(spec, rng))
        else:
            found.append(rng.uniform(0.1, 1.7, spec))
    return found


def ours(text, arrays):
    leaves = [dc.tensor(a, requires_grad=True) for a in arrays]
    scope = {"F": dc, "L": dc, "N": dc, "I": dc.tensor,
             "W": lambda w: dc.tensor(w, dtype=leaves[0].dtype)}  # fmt: skip
    return leaves, eval(text, scope | dict(zip("abc", leaves, strict=False)))


def theirs(text, arrays):
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    scope = {
        "F": torch, "L": torch.linalg, "N": torch.nn.functional, "I": torch.tensor,
        "W": lambda w: torch.tensor(w, dtype=leaves[0].dtype),
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return leaves, eval(text, scope | dict(zip("abc", leaves, strict=False)))


def close(mine, his, rtol=1e-11):
    expected = his.detach().numpy()
    np.testing.assert_allclose(mine.detach().numpy(), expected, rtol=rtol, atol=1e-12)
    assert mine.shape == tuple(his.shape)


def test_every_structural_op_has_a_case(monkeypatch):
    """Forward or backward, each is used by a case here or in test_complex.py."""
    from derivc.ops import structure
    from derivc.tensor import structural

    seen, apply = set(), structural.apply

    def spy(op, args, named):
        seen.add(op.name)
        return apply(op, args, named)

    monkeypatch.setattr(structural, "apply", spy)
    for text, specs in EVERY:
        leaves, y = ours(text, inputs(specs))
        dc.grad(y, leaves, dc.ones_like(y), create_graph=True, allow_unused=True)
    complexes = {"complex", "complex_abs", "complex_angle", "complex_sgn", "conj", "imag", "polar"}
    missing = {op.name for op in structure.all_structural()} - seen - complexes - {"real", "cast"}
    assert not missing


def test_every_structural_op_shows_its_formula():
    from derivc.ops import structure

    assert not [op.name for op in structure.all_structural() if not (op.formula and op.summary)]


IDS = [f"{text} {specs}" for text, specs in EVERY]


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


@pytest.mark.parametrize(("text", "specs"), EVERY, ids=IDS)
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
