"""Random programs of views, changes in place, reductions and arithmetic, run beside PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import ShapeError

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

REFUSALS = {"torch": (RuntimeError, IndexError, ValueError), "derivc": (ShapeError,)}
LEAVES = ((3, 4), (4,), (3, 1))


def changed(y, x):
    y[0] = y[-1] * 2.0
    y[:1].mul_(0.5)
    return y + x * 0


UNARY = [
    lambda lib, x, d: lib.sin(x),
    lambda lib, x, d: lib.tanh(x),
    lambda lib, x, d: lib.sigmoid(x),
    lambda lib, x, d: lib.relu(x),
    lambda lib, x, d: lib.abs(x),
    lambda lib, x, d: lib.erf(x),
    lambda lib, x, d: lib.clamp(x, -0.7, 0.9),
    lambda lib, x, d: lib.log1p(lib.abs(x)),
    lambda lib, x, d: (x.abs() + 0.1) ** 0.5,
    lambda lib, x, d: x**3,
    lambda lib, x, d: x * 1.0 + x.clone(),
    lambda lib, x, d: lib.cumsum(x, d),
    lambda lib, x, d: lib.flip(x, (d,)),
    lambda lib, x, d: lib.roll(x, 1, d),
    lambda lib, x, d: lib.softmax(x, d),
    lambda lib, x, d: lib.logsumexp(x, d, True),
    lambda lib, x, d: x.sum(d),
    lambda lib, x, d: x.mean(d, keepdim=True),
    lambda lib, x, d: lib.max(x, d)[0],
    lambda lib, x, d: x.sort(d)[0],
    lambda lib, x, d: x.norm(2, dim=d),
    lambda lib, x, d: x.prod(d),
    lambda lib, x, d: x.transpose(0, -1),
    lambda lib, x, d: x.reshape(-1),
    lambda lib, x, d: x[0],
    lambda lib, x, d: x[[0, 0, -1]],
    lambda lib, x, d: x[::2],
    lambda lib, x, d: x[None].expand(2, *x.shape),
    lambda lib, x, d: x.unsqueeze(d),
    lambda lib, x, d: lib.cat([x, x * 2], d),
    lambda lib, x, d: lib.stack([x, x.sin()], 0),
    lambda lib, x, d: lib.nn.functional.pad(x, (1, 1)),
    lambda lib, x, d: x.clone().mul_(1.5),
    lambda lib, x, d: changed(x * 1.0, x),
]
BINARY = [
    lambda lib, x, y: x + y,
    lambda lib, x, y: x - y,
    lambda lib, x, y: x * y,
    lambda lib, x, y: x / (y.abs() + 0.5),
    lambda lib, x, y: lib.maximum(x, y),
    lambda lib, x, y: lib.where(x > y, x, y * 2),
    lambda lib, x, y: x @ y,
    lambda lib, x, y: x @ y.transpose(0, -1),
]


def step(lib, rng, values):
    """One more value; a step that does not fit is left out, in both libraries alike."""
    single, which = rng.random() < 0.65, rng.integers(100, size=3)
    x = values[-1] if which[1] < 70 else values[which[1] % len(values)]
    try:
        if single:
            d = int(which[2]) % max(len(x.shape), 1)
            found = UNARY[which[0] % len(UNARY)](lib, x, d)
        else:
            found = BINARY[which[0] % len(BINARY)](lib, x, values[which[2] % len(values)])
    except REFUSALS[lib.__name__]:
        return
    if found.numel() < 2000 and found.ndim < 4:
        values.append(found)


def run(lib, seed):
    """The result, its gradients, and the gradients of a function of these."""
    rng = np.random.default_rng(seed)
    leaves = [lib.tensor(rng.normal(size=s), requires_grad=True) for s in LEAVES]
    values = list(leaves)
    for _ in range(rng.integers(3, 12)):
        step(lib, rng, values)
    first = lib.autograd.grad((values[-1] ** 2).sum(), leaves, create_graph=True, allow_unused=True)
    total = sum(((g * g).sum() for g in first if g is not None), lib.tensor(0.0))
    second = [None] * len(leaves)
    if total.requires_grad:
        second = lib.autograd.grad(total, leaves, allow_unused=True)
    return [values[-1], *first, *second]


def plain(tensor, like):
    if tensor is None:
        return np.zeros(like.shape)
    return tensor.detach().numpy(force=True)


def compare(seed):
    mine, his = run(dc, seed), run(torch, seed)
    for a, b in zip(mine, his, strict=True):
        if a is not None or b is not None:
            left, right = plain(a, b), plain(b, a)
            known = np.isfinite(right)  # where PyTorch has NaN, zeros may be right
            scale = 1e-9 * max(1.0, np.abs(right[known]).max(initial=0))
            np.testing.assert_allclose(left[known], right[known], rtol=1e-7, atol=scale)


@pytest.mark.parametrize("block", range(8))
def test_random_programs(block):
    for seed in range(50 * block, 50 * (block + 1)):
        compare(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(100, 140))
def test_many_random_programs(block):
    for seed in range(250 * block, 250 * (block + 1)):
        compare(seed)
