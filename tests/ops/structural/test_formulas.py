"""The backward formulas that are shown for composites, computed by hand: what is printed is right.

Composites are differentiated through the ops they are written by, so that nothing else would notice
a wrong formula on their page. Each case is the printed formula in NumPy.
"""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
import derivc.ops.structural
from derivc.ops import structure
from tests.tensor.cases import inputs, scope_of

SIGMOID = np.vectorize(lambda v: 1 / (1 + np.exp(-v)))


def t(x):
    return np.swapaxes(x, -1, -2)


def diagonal(x):
    return np.diag(np.diag(x))


def cholesky_solve(g, b, factor):
    x = np.linalg.solve(factor @ factor.T, b)
    gb = np.linalg.solve(factor @ factor.T, g)
    return gb, -np.tril((gb @ x.T + x @ gb.T) @ factor)


def cholesky_inverse(g, factor):
    y = np.linalg.inv(factor @ factor.T)
    return [-np.tril(y @ (g + g.T) @ y @ factor)]


def lu_solve(g, packed, b):
    lower, upper = np.tril(packed, -1) + np.eye(3), np.triu(packed)
    x = np.linalg.solve(lower @ upper, b)
    gb = np.linalg.solve((lower @ upper).T, g)
    gu = -np.triu(np.linalg.solve(upper.T, g @ x.T))
    return gu - np.tril(gb @ x.T @ upper.T, -1), gb


def corrcoef(g, x):
    n = x.shape[1]
    centred = x - x.mean(1, keepdims=True)
    c = centred @ centred.T / (n - 1)
    size = np.sqrt(np.diag(c))
    y = c / np.outer(size, size)
    off = g - diagonal(g)
    gc = off / np.outer(size, size)
    gc -= np.diag(((off + off.T) * (y - np.eye(len(y)))).sum(1) / (2 * np.diag(c)))
    return [(gc + gc.T) @ centred / (n - 1)]


def cond(g, a):
    u, s, vh = np.linalg.svd(a)
    first, last = np.outer(u[:, 0], vh[0]) / s[0], np.outer(u[:, -1], vh[-1]) / s[-1]
    return [g * s[0] / s[-1] * (first - last)]


def cosine(a, b):
    sizes = [np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b)]
    return (a * b).sum(1, keepdims=True) / sizes[0] / sizes[1], *sizes


def cosine_similarity(g, a, b):
    y, p, q = cosine(a, b)
    g = g[:, None]
    return g * (b / p / q - y * a / p**2), g * (a / p / q - y * b / q**2)


def weight_norm(g, v, size):
    length = np.linalg.norm(v, axis=1, keepdims=True)
    along = (v * g).sum(1, keepdims=True)
    return size / length * (g - along / length**2 * v), along / length


def cofactors(g, a):
    inverse = np.linalg.inv(a)
    return [np.linalg.det(a) * (np.trace(inverse @ g) * inverse.T - inverse.T @ g.T @ inverse.T)]


def polar(g, r, angle):
    turned = g * np.exp(-1j * angle)
    return turned.real, r * turned.imag


def normalize(g, x):
    size = np.linalg.norm(x, axis=1, keepdims=True)
    y = x / size
    return [(g - (g * y).sum(1, keepdims=True) * y) / size]


def pairwise(g, a, b):
    d = a - b + 1e-6
    y = np.linalg.norm(d, axis=1, keepdims=True)
    return g[:, None] * d / y, -g[:, None] * d / y


def layer_norm(g, x, w, b):
    sigma = np.sqrt(x.var(1, keepdims=True) + 1e-5)
    hat = (x - x.mean(1, keepdims=True)) / sigma
    wg = w * g
    inner = wg - wg.mean(1, keepdims=True) - hat * (wg * hat).mean(1, keepdims=True)
    return inner / sigma, (g * hat).sum(0), g.sum(0)


def batch_norm(g, x, w, b):
    sigma = np.sqrt(x.var(0) + 1e-5)
    hat = (x - x.mean(0)) / sigma
    return w / sigma * (g - g.mean(0) - hat * (g * hat).mean(0)), (g * hat).sum(0), g.sum(0)


def rms_norm(g, x, w):
    r = np.sqrt((x**2).mean(1, keepdims=True) + np.finfo(float).eps)
    return (w * g - x / r**2 * (w * g * x).mean(1, keepdims=True)) / r, (g * x / r).sum(0)


def local_response(g, x):
    """Three channels around each: alpha 0.5, beta 0.75, k 1."""
    n = x.shape[1]
    near = np.array([[abs(i - j) <= 1 for j in range(n)] for i in range(n)], dtype=float)
    s = 1 + 0.5 / 3 * np.einsum("ij,bjl->bil", near, x**2)
    other = np.einsum("ij,bil->bjl", near, g * x * s**-1.75)
    return [g * s**-0.75 - 2 * 0.5 * 0.75 / 3 * x * other]


def softmin(g, x):
    y = np.exp(-x) / np.exp(-x).sum(1, keepdims=True)
    return [-y * (g - (g * y).sum(1, keepdims=True))]


def glu(g, x):
    a, s = x[:, :2], SIGMOID(x[:, 2:])
    return [np.concatenate([g * s, g * a * s * (1 - s)], 1)]


def attention(g, q, k, v):
    root = np.sqrt(q.shape[-1])
    raised = np.exp(q @ k.T / root)
    p = raised / raised.sum(1, keepdims=True)
    gs = p * (g @ v.T - (p * (g @ v.T)).sum(1, keepdims=True))
    return gs @ k / root, gs.T @ q / root, p.T @ g


def matrix_power(g, a):
    powers = [np.linalg.matrix_power(a.T, k) for k in range(3)]
    return [sum(powers[k] @ g @ powers[2 - k] for k in range(3))]


def bilinear(g, x1, x2, weight):
    return (
        np.einsum("k,kij,j->i", g, weight, x2), np.einsum("k,kij,i->j", g, weight, x1),
        np.einsum("k,i,j->kij", g, x1, x2),
    )  # fmt: skip


def triplet(g, a, p, n):
    near, far = a - p + 1e-6, a - n + 1e-6
    near, far = (d / np.linalg.norm(d, axis=1, keepdims=True) for d in (near, far))
    held = g / len(a)
    return held * (near - far), -held * near, held * far


def trapezoid(g, y, x):
    widths = np.diff(x)
    gy = 0.5 * g * (np.concatenate([[0], widths]) + np.concatenate([widths, [0]]))
    ends = 0.5 * g * (y[1:] + y[:-1])
    return gy, np.concatenate([[0], ends]) - np.concatenate([ends, [0]])


def irfft(g, x):
    n = len(g)
    k, j = np.meshgrid(range(len(x)), range(n), indexing="ij")
    c = np.array([1 if i in (0, n // 2) else 2 for i in range(len(x))])
    return [(c / n * (np.exp(-2j * np.pi * j * k / n) @ g)).real]


CASES = [
    ("F.cholesky_solve(a, F.tril(b))", [(3, 2), "regular"],
     lambda g, b, f: cholesky_solve(g, b, np.tril(f))),
    ("F.cholesky_inverse(F.tril(a))", ["regular"], lambda g, a: cholesky_inverse(g, np.tril(a))),
    ("F.lu_solve(a, [1, 2, 3], b)", ["regular", (3, 2)], lu_solve),
    ("F.corrcoef(a)", [(3, 5)], corrcoef),
    ("F.cond(a)", ["regular"], cond),
    ("F.cosine_similarity(a, b)", [(2, 3), (2, 3)], cosine_similarity),
    ("F.weight_norm(a, b)", [(2, 3), (2, 1)], weight_norm),
    ("F.cofactors(a)", ["regular"], cofactors),
    ("F.polar(a, b)", [(3,), (3,)], polar),
    ("F.normalize(a)", [(2, 3)], normalize),
    ("F.pairwise_distance(a, b)", [(2, 3), (2, 3)], pairwise),
    ("F.layer_norm(a, (3,), b, c)", [(2, 3), (3,), (3,)], layer_norm),
    ("F.batch_norm(a, None, None, b, c, True)", [(4, 3), (3,), (3,)], batch_norm),
    ("F.rms_norm(a, (3,), b)", [(2, 3), (3,)], rms_norm),
    ("F.local_response_norm(a, 3, 0.5)", [(2, 5, 3)], local_response),
    ("F.softmin(a, 1)", [(2, 3)], softmin),
    ("F.glu(a)", [(2, 4)], glu),
    ("F.scaled_dot_product_attention(a, b, c)", [(2, 4), (3, 4), (3, 2)], attention),
    ("F.matrix_power(a, 3)", ["regular"], matrix_power),
    ("F.bilinear(a, b, c)", [(2,), (3,), (4, 2, 3)], bilinear),
    ("F.triplet_margin_loss(a, b, c, margin=9.0)", [(2, 3), (2, 3), (2, 3)], triplet),
    ("F.trapezoid(a, b)", [(4,), (4,)], trapezoid),
    ("F.fft.irfft(a)", [(4,)], irfft),
    ("F.differences(a)", [(5,)], lambda g, x: [np.append(0, g) - np.append(g, 0)]),
    ("F.addr(a, b, c, alpha=2)", [(2, 3), (2,), (3,)],
     lambda g, c, a, b: (g, 2 * g @ b, 2 * g.T @ a)),
    ("F.addbmm(a, b, c)", [(2, 2), (3, 2, 4), (3, 4, 2)],
     lambda g, c, a, b: (g, g @ t(b), t(a) @ g)),
    ("F.kron(a, b)", [(2, 3), (3, 2)], lambda g, a, b: (
        np.einsum("ikjl,kl->ij", g.reshape(2, 3, 3, 2), b),
        np.einsum("ikjl,ij->kl", g.reshape(2, 3, 3, 2), a))),
    ("F.cross(a, b)", [(3,), (3,)], lambda g, a, b: (np.cross(b, g), np.cross(g, a))),
    ("F.vander(a)", [(3,)],
     lambda g, x: [(g[:, 1:] * np.arange(1, 3) * x[:, None] ** [0, 1]).sum(1)]),
    ("F.std_mean(a)[0] + F.std_mean(a)[1]", [(5,)],
     lambda g, x: [g * (x - x.mean()) / (4 * x.std(ddof=1)) + g / 5]),
    ("F.cov(a)", [(2, 4)], lambda g, x: [(g + g.T) @ (x - x.mean(1, keepdims=True)) / 3]),
    ("F.tensorsolve(a, b)", [(2, 3, 6), (2, 3)], lambda g, a, b: (
        -np.outer(np.linalg.solve(a.reshape(6, 6).T, g), np.linalg.solve(a.reshape(6, 6), b.ravel())
                  ).reshape(2, 3, 6), np.linalg.solve(a.reshape(6, 6).T, g).reshape(2, 3))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "specs", "formula"), CASES, ids=[text for text, _, _ in CASES])
def test_the_printed_formula(text, specs, formula):
    arrays = inputs(specs)
    leaves = [dc.tensor(a, requires_grad=True) for a in arrays]
    y = eval(text, scope_of(leaves) | dict(zip("abc", leaves, strict=False)))
    rng = np.random.default_rng(1)
    seed = rng.normal(size=y.shape)
    if y.dtype.kind == "c":
        seed = seed + 1j * rng.normal(size=y.shape)
    y.backward(dc.tensor(seed))
    for leaf, expected in zip(leaves, formula(seed, *arrays), strict=True):
        np.testing.assert_allclose(leaf.grad.numpy(), expected, rtol=1e-10, atol=1e-12)


OPS = structure.all_structural()


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_what_a_page_needs_is_there(op):
    assert op.summary.endswith(".")
    assert op.definition
    assert r"\bar" in op.formula or r"\overline" in op.formula
    assert not op.tangent or r"\dot" in op.tangent
    for tex in (op.definition, op.formula, op.tangent):
        assert tex.count("{") == tex.count("}")
        assert tex.count(r"\left(") + tex.count(r"\left[") == tex.count(r"\right)") + tex.count(
            r"\right]"
        )
        assert "  " not in tex


def test_one_op_one_name():
    names = [op.name for op in OPS]
    assert len(names) == len(set(names))
