"""Training, step by step beside PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")


def moons(count=120, seed=0):
    """Two half circles that reach into one another, and which one a point is of."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, np.pi, count)
    second = np.arange(count) % 2
    x = np.where(second, 1 - np.cos(angle), np.cos(angle))
    y = np.where(second, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], 1) + rng.normal(0, 0.1, (count, 2)), second


def weights(sizes, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.6, shape) for n, m in sizes for shape in ((m, n), (m,))]


def mlp(linear, act, params, x):
    for k in range(0, len(params) - 2, 2):
        x = act(linear(x, params[k], params[k + 1]))
    return linear(x, params[-2], params[-1])


def curve(make, optimizer, loss, steps):
    """The losses along the way, and the leaves at the end."""
    leaves, forward = make()
    descent = optimizer(leaves)
    found = []
    for _ in range(steps):
        descent.zero_grad()
        value = loss(forward())
        value.backward()
        descent.step()
        found.append(value.item())
    return np.array(found), [leaf.detach().numpy() for leaf in leaves]


OPTIMIZERS = {
    "sgd": lambda m, p: m.SGD(p, lr=0.3),
    "momentum": lambda m, p: m.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda m, p: m.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "damped": lambda m, p: m.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "adam": lambda m, p: m.Adam(p, lr=0.02),
    "decayed adam": lambda m, p: m.Adam(p, lr=0.02, betas=(0.8, 0.99), weight_decay=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_moons(name):
    points, labels = moons()
    start = weights([(2, 16), (16, 16), (16, 2)])

    def ours():
        leaves = [dc.tensor(w, requires_grad=True) for w in start]
        data = dc.tensor(points)
        return leaves, lambda: mlp(dc.linear, dc.relu, leaves, data)

    def theirs():
        leaves = [torch.tensor(w, requires_grad=True) for w in start]
        data = torch.tensor(points)
        return leaves, lambda: mlp(torch.nn.functional.linear, torch.relu, leaves, data)

    steps, choose = 100, OPTIMIZERS[name]
    mine, _ = curve(
        ours, lambda p: choose(dc, p), lambda y: dc.cross_entropy(y, dc.tensor(labels)), steps
    )
    his, _ = curve(
        theirs, lambda p: choose(torch.optim, p),
        lambda y: torch.nn.functional.cross_entropy(y, torch.tensor(labels)), steps,
    )  # fmt: skip
    np.testing.assert_allclose(mine, his, rtol=1e-10)
    assert mine[-1] < 0.3 * mine[0]


def test_logistic_regression():
    points, labels = moons(seed=3)
    target = labels.astype(float)
    start = [np.zeros(2), np.zeros(())]

    def ours():
        w, b = leaves = [dc.tensor(a, requires_grad=True) for a in start]
        return leaves, lambda: dc.tensor(points) @ w + b

    def theirs():
        w, b = leaves = [torch.tensor(a, requires_grad=True) for a in start]
        return leaves, lambda: torch.tensor(points) @ w + b

    mine, ends = curve(
        ours, lambda p: dc.SGD(p, lr=0.5, momentum=0.9),
        lambda y: dc.binary_cross_entropy_with_logits(y, dc.tensor(target)), 200,
    )  # fmt: skip
    his, expected = curve(
        theirs, lambda p: torch.optim.SGD(p, lr=0.5, momentum=0.9),
        lambda y: torch.nn.functional.binary_cross_entropy_with_logits(y, torch.tensor(target)),
        200,
    )  # fmt: skip
    np.testing.assert_allclose(mine, his, rtol=1e-10)
    for a, b in zip(ends, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


def test_closures_and_zeroing():
    x = dc.tensor(1.0, requires_grad=True)
    optimizer = dc.SGD([x], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = x**2
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 1.0
    assert x.item() == pytest.approx(0.8)
    optimizer.zero_grad(set_to_none=False)
    assert x.grad.item() == 0.0


def test_mistakes():
    x = dc.tensor(1.0, requires_grad=True)
    with pytest.raises(TypeError, match="empty parameter list"):
        dc.SGD([])
    with pytest.raises(TypeError, match="non-leaf"):
        dc.Adam([x * 2])
    with pytest.raises(TypeError, match="Invalid learning rate"):
        dc.SGD([x], lr=-1)
    with pytest.raises(TypeError, match="Nesterov momentum requires"):
        dc.SGD([x], nesterov=True)
    with pytest.raises(TypeError, match="Invalid beta parameter at index 1"):
        dc.Adam([x], betas=(0.9, 1.0))
