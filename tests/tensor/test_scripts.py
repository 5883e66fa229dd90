"""Programs as PyTorch users write them, run with PyTorch and with derivc in its place."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

A = np.random.default_rng(0).normal(size=(5, 4))
SCRIPTS = {}


def script(function):
    SCRIPTS[function.__name__] = function
    return function


@script
def linreg(lib):
    x = lib.tensor(A)
    w = lib.zeros(4, requires_grad=True)
    b = lib.zeros(1, requires_grad=True)
    y = lib.tensor(A @ np.arange(4) + 1)
    for _ in range(50):
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        with lib.no_grad():
            w -= 0.1 * w.grad
            b -= 0.1 * b.grad
            w.grad.zero_()
            b.grad = None
    return w, b, loss


@script
def penalty(lib):
    x = lib.tensor(A, requires_grad=True)
    w = lib.tensor(A.T.copy(), requires_grad=True)

    def f(x):
        return lib.tanh(x @ w).sum(1)

    g = lib.autograd.grad(f(x).sum(), x, create_graph=True)[0]
    p = ((g.norm(2, dim=1) - 1) ** 2).mean()
    p.backward()
    return p, x.grad, w.grad


@script
def rnn(lib):
    w = lib.tensor(np.eye(4) * 0.5, requires_grad=True)
    u = lib.tensor(A[:4, :4].copy(), requires_grad=True)
    h = lib.zeros(4)
    outs = []
    for t in range(5):
        h = lib.tanh(w @ h + u @ lib.tensor(A[t]))
        outs.append(h)
    o = lib.stack(outs)
    loss = lib.logsumexp(o, dim=0).sum() + o[-1].max() + o.abs().mean(0)[1]
    loss.backward()
    return loss, w.grad, u.grad


@script
def attention(lib):
    q, k, v = [lib.tensor(A + i, requires_grad=True) for i in range(3)]
    a = lib.softmax(q @ k.transpose(0, 1) / 4**0.5, dim=-1)
    m = lib.triu(lib.ones(5, 5), 1)
    a = (q @ k.T / 2).masked_fill(m == 1, float("-inf")).softmax(-1)
    o = a @ v
    o.pow(2).sum().backward()
    return o, q.grad, k.grad, v.grad


@script
def gauss_nll(lib):
    mu = lib.tensor(0.5, requires_grad=True)
    ls = lib.tensor(0.1, requires_grad=True)
    x = lib.tensor(A)
    nll = (0.5 * ((x - mu) / ls.exp()) ** 2 + ls + 0.5 * np.log(2 * np.pi)).sum()
    nll.backward()
    return nll, mu.grad, ls.grad


@script
def cumulative(lib):
    x = lib.tensor(A, requires_grad=True)
    y = lib.cumsum(x, dim=1)
    z = lib.cumprod(lib.sigmoid(x), dim=0)
    (y * z).sum().backward()
    return y, z, x.grad


@script
def index_stuff(lib):
    x = lib.tensor(A, requires_grad=True)
    i = lib.tensor([0, 2, 2])
    y = x[i]
    z = x[:, 1:3].clone()
    z[0] = z[0] * 2
    m = x > 0
    loss = (
        y.sum()
        + (z**3).sum()
        + x[m].sum()
        + lib.where(m, x, x * 0.1).mean()
        + x.gather(1, lib.tensor([[0], [1], [2], [3], [0]])).prod()
    )
    loss.backward()
    return loss, x.grad


@script
def linalg(lib):
    a = lib.tensor(A.T @ A + np.eye(4), requires_grad=True)
    low = lib.linalg.cholesky(a)
    _, ld = lib.linalg.slogdet(a)
    b = lib.linalg.solve(a, lib.ones(4))
    loss = ld + b.sum() + low.sum() + lib.linalg.eigvalsh(a).max()
    loss.backward()
    return loss, a.grad


@script
def hooks(lib):
    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * 3)
    y.retain_grad()
    (y**2).sum().backward()
    return x.grad, y.grad


@script
def embed(lib):
    table = lib.tensor(A, requires_grad=True)
    t = lib.tensor([[0, 1], [1, 4]])
    e = table[t]
    e.mean(dim=1).sum().backward()
    return e, table.grad


@script
def broadcasting(lib):
    a = lib.tensor(A[:, None, :], requires_grad=True)
    b = lib.tensor(A[None, :, :], requires_grad=True)
    d = ((a - b) ** 2).sum(-1).add(1e-3).sqrt()
    d.sum().backward()
    return d, a.grad, b.grad


@script
def convnet(lib):
    f = lib.nn.functional
    x = lib.tensor(np.random.default_rng(1).normal(size=(2, 1, 8, 8)))
    w = lib.tensor(np.random.default_rng(2).normal(size=(3, 1, 3, 3)), requires_grad=True)
    b = lib.zeros(3, requires_grad=True)
    y = f.max_pool2d(f.relu(f.conv2d(x, w, b, padding=1)), 2).flatten(1)
    loss = f.cross_entropy(y[:, :5], lib.tensor([1, 3]))
    loss.backward()
    return loss, w.grad, b.grad


@script
def newton(lib):
    x = lib.tensor([0.5, 1.5], requires_grad=True)

    def f(x):
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    for _ in range(5):
        (g,) = lib.autograd.grad(f(x), x, create_graph=True)
        h = lib.stack([lib.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(2)])
        step = lib.linalg.solve(h, g.detach())
        with lib.no_grad():
            x -= step
    return x, f(x)


@script
def misc(lib):
    x = lib.tensor(A, requires_grad=True)
    loss = (
        x.std(dim=0).sum()
        + x.var()
        + x.min()
        + x.max(dim=1).values.sum()
        + x.argmax(dim=1).float().sum()
        + x.sort(dim=1)[0][:, 0].sum()
        + x.topk(2, dim=1).values.sum()
        + lib.einsum("ij,kj->ik", x, x).trace()
        + x.view(-1).dot(x.view(-1))
        + lib.outer(x[0], x[1]).sum()
        + x.t().sum()
        + x.expand(2, 5, 4).sum()
        + x.unsqueeze(1).repeat(1, 2, 1).sum()
        + lib.cat([x, x], dim=1).chunk(2, dim=1)[1].sum()
        + x.flip(0).roll(1, 0)[0].sum()
    )
    loss.backward()
    return loss, x.grad


def plain(value):
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


@pytest.fixture
def double():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("double")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_numbers(name):
    for mine, his in zip(SCRIPTS[name](dc), SCRIPTS[name](torch), strict=True):
        np.testing.assert_allclose(plain(mine), plain(his), rtol=1e-9, atol=1e-12)
