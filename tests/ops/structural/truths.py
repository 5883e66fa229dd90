"""What structural ops compute, written over 50-digit numbers: see `tests.ops.structural.matrices`.

A case is an expression over derivc (as in `tests.tensor.cases`), the shapes or kinds of its inputs,
and the same function here.
"""

from __future__ import annotations

import itertools

import mpmath as mp
import numpy as np

from tests.ops.structural.matrices import array, each, exact, matrix


def log(x):
    return each(mp.log, x)


def exp(x):
    return each(mp.exp, x)


def sqrt(x):
    return each(mp.sqrt, x)


def power(x, p):
    return each(lambda v: mp.power(v, p), x)


def positive(x):
    return each(lambda v: v if v > 0 else mp.mpf(0), x)


def norm(x, p=2, axis=None):
    return power(np.sum(power(each(abs, x), p), axis=axis), mp.mpf(1) / p)


def softmax(x, axis=-1):
    return exp(x) / np.sum(exp(x), axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    return x - log(np.sum(exp(x), axis=axis, keepdims=True))


def var(x, axis=None, correction=1):
    mean = np.sum(x, axis=axis, keepdims=True) / (x.size if axis is None else x.shape[axis])
    count = x.size if axis is None else x.shape[axis]
    return np.sum((x - mean) ** 2, axis=axis) / (count - correction)


def normalized(x, axis, eps="1e-5"):
    mean = np.mean(x, axis=axis, keepdims=True)
    return (x - mean) / sqrt(np.mean((x - mean) ** 2, axis=axis, keepdims=True) + mp.mpf(eps))


def transpose(x):
    return np.swapaxes(x, -1, -2)


def inv(x):
    return array(matrix(x) ** -1)


def det(x):
    """By permutations: no division, no pivot."""
    n, total = len(x), mp.mpf(0)
    for order in itertools.permutations(range(n)):
        swaps = sum(a > b for a, b in itertools.combinations(order, 2))
        total += (-1) ** swaps * mp.fprod(x[i, j] for i, j in enumerate(order))
    return total


def solve(a, b):
    return inv(a) @ b


def cholesky(x):
    x = (x + x.T) / 2
    n, found = len(x), exact(np.zeros_like(x, dtype=float))
    for i in range(n):
        for j in range(i + 1):
            rest = x[i, j] - sum(found[i, k] * found[j, k] for k in range(j))
            found[i, j] = mp.sqrt(rest) if i == j else rest / found[j, j]
    return found


def eigenvalues(x):
    return array(mp.eigsy(matrix((x + x.T) / 2), eigvals_only=True))[:, 0]


def spectral(x, function):
    """A function of a symmetric matrix."""
    values, vectors = mp.eigsy(matrix((x + x.T) / 2))
    v = array(vectors)
    return v @ np.diag([function(u) for u in values]) @ v.T


def singular_values(x):
    return array(mp.svd_r(matrix(x), compute_uv=False))[:, 0]


def pinv(x):
    return inv(x.T @ x) @ x.T if x.shape[0] >= x.shape[1] else x.T @ inv(x @ x.T)


def gram_schmidt(x):
    """Q and R, with the signs of LAPACK: a diagonal of R that may be negative is made positive."""
    columns: list = []
    for column in x.T:
        rest = column - sum((np.sum(q * column) * q for q in columns), exact(np.zeros(len(x))))
        columns.append(rest / norm(rest))
    q = np.array(columns).T
    return q, q.T @ x


def eliminate(x):
    """L and U without exchanges of rows."""
    u, lower = x.copy(), exact(np.eye(len(x)))
    for k in range(len(x)):
        for i in range(k + 1, len(x)):
            lower[i, k] = u[i, k] / u[k, k]
            u[i] = u[i] - lower[i, k] * u[k]
    return lower, u


def householder(a, tau):
    m, n = a.shape
    q = exact(np.eye(m))
    for i in range(len(tau)):
        v = exact(np.zeros(m))
        v[i] = mp.mpf(1)
        v[i + 1 :] = a[i + 1 :, i]
        q = q @ (exact(np.eye(m)) - tau[i] * np.outer(v, v))
    return q[:, :n]


def polar_factor(x):
    return x @ inv(spectral(x.T @ x, mp.sqrt))


def alignments(logs, labels):
    """Minus the logarithm of the sum over all paths that collapse to the labels (blank 0)."""
    total = mp.mpf(0)
    for path in itertools.product(range(logs.shape[1]), repeat=logs.shape[0]):
        kept = [c for i, c in enumerate(path) if c != 0 and (i == 0 or path[i - 1] != c)]
        if kept == list(labels):
            total += mp.exp(sum(logs[t, c] for t, c in enumerate(path)))
    return -mp.log(total)


REDUCTIONS = [
    ("F.sum(a, 1)", [(2, 3)], lambda a: np.sum(a, 1)),
    ("F.mean(a, 0)", [(2, 3)], lambda a: np.sum(a, 0) / 2),
    ("F.nansum(a)", [(2, 3)], np.sum),
    ("F.nanmean(a, 1)", [(2, 3)], lambda a: np.sum(a, 1) / 3),
    ("F.prod(a, 1)", [(2, 3)], lambda a: np.prod(a, 1)),
    ("F.prod(a - a[1].detach())", [(3,)], lambda a: np.prod(a - exact(A3)[1])),
    ("F.amax(a, 1)", [(2, 3)], lambda a: np.max(a, 1)),
    ("F.amin(a)", [(2, 3)], np.min),
    ("F.max(a, 1)[0]", [(2, 3)], lambda a: np.max(a, 1)),
    ("F.min(a, 0)[0]", [(2, 3)], lambda a: np.min(a, 0)),
    ("F.aminmax(a)[0] * F.aminmax(a)[1]", [(2, 3)], lambda a: np.min(a) * np.max(a)),
    ("F.median(a)", [(5,)], lambda a: np.sort(a)[2]),
    ("F.nanmedian(a)", [(4,)], lambda a: np.sort(a)[1]),
    ("F.kthvalue(a, 2)[0]", [(4,)], lambda a: np.sort(a)[1]),
    ("F.mode(a, 0)[0]", [(4,)], np.min),
    ("F.sort(a, 1)[0]", [(2, 4)], lambda a: np.sort(a, 1)),
    ("F.topk(a, 2)[0]", [(2, 4)], lambda a: np.sort(a, 1)[:, :-3:-1]),
    ("F.quantile(a, 0.3)", [(5,)],
     lambda a: np.sort(a)[1] + (np.sort(a)[2] - np.sort(a)[1]) * SHARE),
    ("F.norm(a)", [(2, 3)], norm),
    ("F.norm(a, 3, 1)", [(2, 3)], lambda a: norm(a, 3, 1)),
    ("F.vector_norm(a, 1.5)", [(4,)], lambda a: norm(a, mp.mpf("1.5"))),
    ("F.var(a, 1)", [(2, 4)], lambda a: var(a, 1)),
    ("F.std(a)", [(2, 3)], lambda a: mp.sqrt(var(a))),
    ("F.var_mean(a)[0] * F.var_mean(a)[1]", [(2, 3)], lambda a: var(a) * np.sum(a) / 6),
    ("F.std_mean(a)[0] * F.std_mean(a)[1]", [(2, 3)], lambda a: mp.sqrt(var(a)) * np.sum(a) / 6),
    ("F.logsumexp(a, 1)", [(2, 3)], lambda a: log(np.sum(exp(a), 1))),
    ("F.logcumsumexp(a, 1)", [(2, 4)], lambda a: log(np.cumsum(exp(a), 1))),
    ("F.cumsum(a, 1)", [(2, 3)], lambda a: np.cumsum(a, 1)),
    ("F.cumprod(a, 1)", [(2, 4)], lambda a: np.cumprod(a, 1)),
    ("F.cummax(a, 0)[0]", [(5,)], lambda a: np.maximum.accumulate(a)),
    ("F.cummin(a, 0)[0]", [(5,)], lambda a: np.minimum.accumulate(a)),
    ("F.trace(a)", [(3, 3)], np.trace),
    ("F.softmax(a, 1)", [(2, 3)], softmax),
    ("F.log_softmax(a, 0)", [(2, 3)], lambda a: log_softmax(a, 0)),
    ("F.softmin(a, 1)", [(2, 3)], lambda a: softmax(-a)),
    ("F.glu(a)", [(2, 4)], lambda a: a[:, :2] / (1 + exp(-a[:, 2:]))),
    ("F.trapezoid(a, b)", [(4,), (4,)],
     lambda a, b: np.sum((a[1:] + a[:-1]) * (b[1:] - b[:-1])) / 2),
    ("F.dist(a, b, 3)", [(2, 3), (2, 3)], lambda a, b: norm(a - b, 3)),
]  # fmt: skip

LINEAR = [
    ("F.matmul(a, b)", [(2, 3), (3, 4)], lambda a, b: a @ b),
    ("F.addmm(a, b, c, beta=2)", [(2, 2), (2, 3), (3, 2)], lambda a, b, c: 2 * a + b @ c),
    ("F.addmv(a, b, c)", [(2,), (2, 3), (3,)], lambda a, b, c: a + b @ c),
    ("F.addr(a, b, c)", [(2, 3), (2,), (3,)], lambda a, b, c: a + np.outer(b, c)),
    ("F.addbmm(a, b, c)", [(2, 2), (3, 2, 2), (3, 2, 2)],
     lambda a, b, c: a + sum(p @ q for p, q in zip(b, c, strict=True))),
    ("F.baddbmm(a, b, c)", [(2, 2, 2), (2, 2, 3), (2, 3, 2)],
     lambda a, b, c: a + np.array([p @ q for p, q in zip(b, c, strict=True)])),
    ("F.dot(a, b)", [(3,), (3,)], lambda a, b: np.sum(a * b)),
    ("F.outer(a, b)", [(3,), (2,)], np.outer),
    ("F.kron(a, b)", [(2, 2), (2, 3)], np.kron),
    ("F.cross(a, b)", [(3,), (3,)], lambda a, b: np.array(
        [a[i - 2] * b[i - 1] - a[i - 1] * b[i - 2] for i in range(3)])),
    ("F.bilinear(a, b, c)", [(2,), (3,), (1, 2, 3)], lambda a, b, c: np.array([a @ c[0] @ b])),
    ("F.cov(a)", [(2, 4)], lambda a: (a - np.mean(a, 1, keepdims=True))
     @ (a - np.mean(a, 1, keepdims=True)).T / 3),
    ("F.inv(a)", ["regular"], inv),
    ("F.det(a)", ["regular"], det),
    ("F.det(a - 0 * a)", ["singular"], det),
    ("F.logdet(a)", ["definite"], lambda a: mp.log(det(a))),
    ("F.slogdet(a)[1]", ["regular"], lambda a: mp.log(abs(det(a)))),
    ("F.solve(a, b)", ["regular", (3, 2)], solve),
    ("F.solve_triangular(a, b, upper=True)", ["regular", (3, 2)],
     lambda a, b: solve(np.triu(a), b)),
    ("F.cholesky(a)", ["definite"], cholesky),
    ("F.cholesky_solve(b, F.tril(a))", ["regular", (3, 2)],
     lambda a, b: solve(np.tril(a) @ np.tril(a).T, b)),
    ("F.cholesky_inverse(F.tril(a))", ["regular"], lambda a: inv(np.tril(a) @ np.tril(a).T)),
    ("F.lu(a, pivot=False)[1]", ["regular"], lambda a: eliminate(a)[0]),
    ("F.lu(a, pivot=False)[2]", ["regular"], lambda a: eliminate(a)[1]),
    ("F.lu_factor(a, pivot=False)[0]", ["regular"],
     lambda a: eliminate(a)[0] + eliminate(a)[1] - exact(np.eye(3))),
    ("F.lu_solve(*F.lu_factor(a), b)", ["regular", (3, 2)], solve),
    ("F.qr(a)[0] * F.sign(F.diagonal(F.qr(a)[1]))", ["tall"], lambda a: gram_schmidt(a)[0]),
    ("F.qr(a)[1] * F.sign(F.diagonal(F.qr(a)[1])).reshape(-1, 1)", ["tall"],
     lambda a: gram_schmidt(a)[1]),
    ("F.eigh(a)[0]", ["definite"], eigenvalues),
    ("F.eigvalsh(a)", ["definite"], eigenvalues),
    ("F.eigh(a)[1] @ F.diag(F.exp(F.eigh(a)[0])) @ F.eigh(a)[1].T", ["definite"],
     lambda a: spectral(a, mp.exp)),
    ("F.real(F.eig(a)[0]).sum() * F.real((F.eig(a)[0] ** 3).sum())", ["regular"],
     lambda a: np.trace(a) * np.trace(a @ a @ a)),
    ("F.real(F.eig(a)[1] @ (F.eig(a)[0].reshape(-1, 1) ** 2 * F.solve(F.eig(a)[1], I3)))",
     ["regular"], lambda a: a @ a),
    ("F.real(F.eigvals(a).prod())", ["regular"], det),
    ("F.svdvals(a)", ["tall"], singular_values),
    ("F.svd(a)[0] @ F.svd(a)[2]", ["tall"], polar_factor),
    ("F.matrix_norm(a, 'nuc')", ["tall"], lambda a: np.sum(singular_values(a))),
    ("F.matrix_norm(a, 2)", ["regular"], lambda a: np.max(singular_values(a))),
    ("F.matrix_norm(a)", ["tall"], norm),
    ("F.cond(a)", ["regular"], lambda a: singular_values(a)[0] / singular_values(a)[-1]),
    ("F.cond(a, 'fro')", ["regular"], lambda a: norm(a) * norm(inv(a))),
    ("F.pinv(a)", ["tall"], pinv),
    ("F.pinv(a)", ["wide"], pinv),
    ("F.lstsq(a, b)[0]", ["tall", (4, 2)], lambda a, b: pinv(a) @ b),
    ("F.lstsq(a, b)[0]", ["wide", (2, 2)], lambda a, b: pinv(a) @ b),
    ("F.matrix_exp(a)", ["regular"], lambda a: array(mp.expm(matrix(a)))),
    ("F.matrix_power(a, 3)", ["regular"], lambda a: a @ a @ a),
    ("F.matrix_power(a, -2)", ["regular"], lambda a: inv(a) @ inv(a)),
    ("F.multi_dot([a, b, c])", [(2, 3), (3, 2), (2, 2)], lambda a, b, c: a @ b @ c),
    ("F.einsum('ij,jk,k->i', a, b, c)", [(2, 3), (3, 2), (2,)], lambda a, b, c: a @ b @ c),
    ("F.tensordot(a, b, 1)", [(2, 3), (3, 2)], lambda a, b: a @ b),
    ("F.householder_product(a, b)", ["tall", (3,)], householder),
    ("F.matrix_sqrth(a)", ["definite"], lambda a: spectral(a, mp.sqrt)),
    ("F.matrix_polar(a)[0]", ["tall"], polar_factor),
    ("F.matrix_polar(a)[1]", ["regular"], lambda a: spectral(a.T @ a, mp.sqrt)),
    ("F.tril(a, -1)", [(3, 3)], lambda a: np.tril(a, -1)),
    ("F.triu(a)", [(3, 3)], np.triu),
]  # fmt: skip

LOSSES = [
    ("F.nll_loss(a, I([0, 2]), W([1.0, 2.0, 0.5]))", [(2, 3)],
     lambda a: -(a[0, 0] + a[1, 2] / 2) / mp.mpf("1.5")),
    ("F.cross_entropy(a, I([0, 2]))", [(2, 3)],
     lambda a: -(log_softmax(a)[0, 0] + log_softmax(a)[1, 2]) / 2),
    ("F.cross_entropy(a, b)", [(2, 3), "unit"], lambda a, b: -np.sum(log_softmax(a) * b) / 2),
    ("F.multi_margin_loss(a, I([0, 2]), p=2)", [(2, 3)], lambda a: sum(
        positive(1 - a[r, t] + a[r, k]) ** 2
        for r, t in ((0, 0), (1, 2)) for k in range(3) if k != t
    ) / 6),
    ("F.multilabel_margin_loss(a, I([[2, 0, -1], [1, -1, 0]]))", [(2, 3)], lambda a: sum(
        positive(1 - a[r, t] + a[r, k])
        for r, ts in ((0, (2, 0)), (1, (1,))) for t in ts for k in range(3) if k not in ts) / 6),
    ("F.multilabel_soft_margin_loss(a, b)", [(2, 3), "unit"],
     lambda a, b: np.sum(log(1 + exp(a)) - a * b) / 6),
    ("F.cosine_embedding_loss(a, b, I([1, -1]))", [(2, 3), (2, 3)], lambda a, b: (
        1 - np.sum(a * b, 1)[0] / mp.sqrt((np.sum(a * a, 1)[0] + EPS) * (np.sum(b * b, 1)[0] + EPS))
        + np.sum(a * b, 1)[1] / mp.sqrt((np.sum(a * a, 1)[1] + EPS) * (np.sum(b * b, 1)[1] + EPS))
    ) / 2),
    ("F.triplet_margin_loss(a, b, c, margin=3.0)", [(2, 3), (2, 3), (2, 3)], lambda a, b, c: np.sum(
        positive(norm(a - b + MICRO, 2, 1) - norm(a - c + MICRO, 2, 1) + 3)) / 2),
    ("F.ctc_loss(a, I([1, 2]), I(3), I(2), 0, 'sum')", [(3, 3)], lambda a: alignments(a, [1, 2])),
    ("F.ctc_loss(a, I([1, 1]), I(4), I(2), 0, 'sum')", [(4, 2)], lambda a: alignments(a, [1, 1])),
]  # fmt: skip

NORMALIZATION = [
    ("F.layer_norm(a, (3,), b, c)", [(2, 3), (3,), (3,)],
     lambda a, b, c: normalized(a, 1) * b + c),
    ("F.batch_norm(a, None, None, b, c, training=True)", [(4, 3), (3,), (3,)],
     lambda a, b, c: normalized(a, 0) * b + c),
    ("F.group_norm(a, 2)", [(1, 4, 2)],
     lambda a: normalized(a.reshape(2, 4), 1).reshape(1, 4, 2)),
    ("F.instance_norm(a)", [(1, 2, 4)], lambda a: normalized(a, 2)),
    ("F.rms_norm(a, (3,), b, 1e-3)", [(2, 3), (3,)],
     lambda a, b: a / sqrt(np.mean(a * a, 1, keepdims=True) + mp.mpf(1e-3)) * b),
    ("F.local_response_norm(a, 3, 0.5)", [(1, 3, 1)], lambda a: a / power(1 + mp.mpf(0.5) / 3 * (
        a**2 + np.roll(a**2, 1, 1) * exact([[[0], [1], [1]]])
        + np.roll(a**2, -1, 1) * exact([[[1], [1], [0]]])), mp.mpf(0.75))),
    ("F.normalize(a)", [(2, 3)], lambda a: a / norm(a, 2, 1)[:, None]),
    ("F.cosine_similarity(a, b)", [(2, 3), (2, 3)],
     lambda a, b: np.sum(a * b, 1) / norm(a, 2, 1) / norm(b, 2, 1)),
    ("F.pairwise_distance(a, b)", [(2, 3), (2, 3)], lambda a, b: norm(a - b + MICRO, 2, 1)),
    ("F.cdist(a, b)", [(2, 3), (1, 3)], lambda a, b: norm(a - b, 2, 1)[:, None]),
    ("F.renorm(a, 2, 0, 0.5)", [(2, 3)], lambda a: a * (
        mp.mpf(0.5) / (norm(a, 2, 1) + mp.mpf(1e-7)))[:, None]),
    ("F.weight_norm(a, b, 0)", [(2, 3), (2, 1)], lambda a, b: a * b / norm(a, 2, 1)[:, None]),
    ("F.scaled_dot_product_attention(a, b, c)", [(2, 4), (3, 4), (3, 2)],
     lambda a, b, c: softmax(a @ b.T / 2) @ c),
]  # fmt: skip

MICRO, EPS = mp.mpf(1e-6), mp.mpf(1e-12)
SHARE = mp.mpf(0.3 * 4 - 1)
A3 = np.random.default_rng(0).uniform(0.1, 1.7, (3,))
EVERY = REDUCTIONS + LINEAR + LOSSES + NORMALIZATION
