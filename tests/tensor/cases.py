"""Structural ops side by side with PyTorch: what to call, and on which shapes.

Each case is an expression over `F` (derivc or torch) and the inputs a, b, c; `L` is the folder of
linear algebra, `N` that of torch.nn.functional (both are derivc itself on our side).
"""

from __future__ import annotations

import re

import numpy as np

import derivc as dc
from tests.tensor.more_cases import MORE

REDUCTIONS = [
    ("F.sum(a)", [(2, 3)]),
    ("F.sum(a, 1)", [(2, 3)]),
    ("F.sum(a, (0, 2), True)", [(2, 3, 4)]),
    ("a.sum(dim=-1, keepdim=True)", [(2, 3)]),
    ("F.sum(a)", [()]),
    ("F.sum(a, 0)", [(0, 3)]),
    ("F.mean(a)", [(2, 3)]),
    ("F.mean(a, 0)", [(2, 3)]),
    ("a.mean((0, 1))", [(2, 3, 2)]),
    ("F.prod(a)", [(2, 3)]),
    ("F.prod(a, 1)", [(2, 3)]),
    ("F.prod(a * b)", [(3,), "with_zero"]),
    ("F.prod(a * b, 0)", [(3,), "two_zeros"]),
    ("F.prod(a * b, 0, True)", [(3,), "two_zeros"]),
    ("F.amax(a, 1)", [(2, 3)]),
    ("F.amin(a, (0, 1))", [(2, 3)]),
    ("F.amax(a * b, 0)", [(4,), "ties"]),
    ("F.max(a)", [(2, 3)]),
    ("F.min(a)", [(2, 3)]),
    ("F.max(a, 1)[0]", [(2, 3)]),
    ("F.min(a, 0, True)[0]", [(2, 3)]),
    ("F.max(a, 1).values", [(2, 3)]),
    ("F.max(a, b)", [(2, 3), (3,)]),
    ("F.nansum(a)", [(2, 3)]),
    ("F.var(a)", [(2, 3)]),
    ("F.var(a, 1)", [(2, 3)]),
    ("F.var(a, 0, correction=0)", [(4, 3)]),
    ("F.std(a, 1)", [(2, 3)]),
    ("F.std(a, (0, 1), keepdim=True)", [(2, 3, 2)]),
    ("F.norm(a)", [(2, 3)]),
    ("F.norm(a, 1)", [(2, 3)]),
    ("F.norm(a, 3, 1)", [(2, 3)]),
    ("F.norm(a, 1.5)", [(4,)]),
    ("F.norm(a, float('inf'))", [(2, 3)]),
    ("F.norm(a, 2, 0, True)", [(2, 3)]),
    ("F.logsumexp(a, 1)", [(2, 3)]),
    ("F.logsumexp(a, (0, 1), True)", [(2, 3)]),
    ("F.softmax(a, 1)", [(2, 3)]),
    ("F.log_softmax(a, 0)", [(2, 3)]),
    ("F.cumsum(a, 1)", [(2, 3)]),
    ("F.logcumsumexp(a, 1)", [(2, 4)]),
    ("N.softmin(a, 1)", [(2, 3)]),
    ("F.sort(a, 1)[0]", [(2, 4)]),
    ("F.sort(a, 0, descending=True)[0] * b", [(4, 2), (4, 2)]),
    ("F.topk(a, 2)[0]", [(2, 4)]),
    ("F.topk(a, 2, 0, largest=False)[0]", [(4, 2)]),
    ("F.kthvalue(a, 2)[0]", [(2, 4)]),
    ("F.kthvalue(a, 2, 0, True)[0]", [(4, 2)]),
    ("F.median(a, 1)[0]", [(2, 5)]),
    ("F.median(a)", [(2, 4)]),
    ("F.cummax(a, 1)[0]", [(2, 5)]),
    ("F.cummin(a, 0)[0]", [(5, 2)]),
    ("F.cummax(a * b, 0)[0]", [(4,), "ties"]),
    ("F.cumprod(a, 1)", [(2, 4)]),
    ("F.cumprod(a * b, 0)", [(5,), "zero_inside"]),
    ("F.cumprod(a * b, 0)", [(5,), "zeros_inside"]),
]

SHAPES = [
    ("F.reshape(a, (3, 2))", [(2, 3)]),
    ("a.reshape(-1)", [(2, 3)]),
    ("a.view(3, 2)", [(2, 3)]),
    ("F.transpose(a, 0, 1)", [(2, 3)]),
    ("a.T * 2", [(2, 3)]),
    ("a.mT", [(2, 3, 4)]),
    ("F.permute(a, (2, 0, 1))", [(2, 3, 4)]),
    ("a.expand(2, 3)", [(1, 3)]),
    ("a.expand(4, -1, 3)", [(2, 1)]),
    ("F.broadcast_to(a, (2, 3))", [(3,)]),
    ("F.squeeze(a)", [(1, 3, 1)]),
    ("F.squeeze(a, 0)", [(1, 3, 1)]),
    ("F.unsqueeze(a, -1)", [(2, 3)]),
    ("F.stack([a, b])", [(2, 3), (2, 3)]),
    ("F.stack([a, b], -1)", [(2, 3), (2, 3)]),
    ("F.cat([a, b, a])", [(2, 3), (1, 3)]),
    ("F.cat([a, b], 1)", [(2, 3), (2, 0)]),
    ("F.split(a, 2)[1]", [(5, 2)]),
    ("F.split(a, [1, 3, 1])[1] * 2", [(5, 2)]),
    ("F.chunk(a, 2, 1)[0]", [(2, 5)]),
    ("F.unbind(a)[1]", [(2, 3)]),
    ("F.flip(a, (0,))", [(2, 3)]),
    ("F.roll(a, 1, 0)", [(3, 2)]),
    ("F.roll(a, (1, -1), (0, 1))", [(3, 2)]),
    ("F.roll(a, 2)", [(3, 2)]),
    ("N.pad(a, (1, 2))", [(2, 3)]),
    ("N.pad(a, (1, -1, 0, 2), 'constant', 3.0)", [(2, 3)]),
    ("F.tile(a, (2, 2))", [(2, 3)]),
    ("F.tril(a)", [(3, 3)]),
    ("F.triu(a, 1)", [(2, 3, 3)]),
    ("F.flatten(a, 1)", [(2, 3, 2)]),
    ("F.moveaxis(a, 0, 2)", [(2, 3, 4)]),
    ("a.clone()", [(2, 3)]),
]

INDEXING = [
    ("a[0]", [(2, 3)]),
    ("a[-1, 1:]", [(2, 3)]),
    ("a[:, None, ::2]", [(2, 3)]),
    ("a[..., 0]", [(2, 3)]),
    ("a[[0, 0, 1]]", [(2, 3)]),
    ("a[[0, 1], [2, 2]]", [(2, 3)]),
    ("a[a.detach() > 0.5]", [(2, 3)]),
    ("F.take(a, I([0, 5, 5]))", [(2, 3)]),
    ("F.gather(a, 1, I([[0, 0], [2, 1]]))", [(2, 3)]),
    ("F.gather(a, 0, I([[0, 1]]))", [(2, 3)]),
    ("F.scatter(a, 1, I([[0, 1], [2, 1]]), b)", [(2, 3), (2, 2)]),
    ("F.scatter(a, 1, I([[0], [2]]), 1.5)", [(2, 3)]),
    ("F.scatter_add(a, 1, I([[0, 0], [2, 1]]), b)", [(2, 3), (2, 2)]),
    ("F.index_select(a, 1, I([0, 2, 2]))", [(2, 3)]),
    ("F.narrow(a, 1, 1, 2)", [(2, 3)]),
    ("F.where(a > 0.5, a, b)", [(2, 3), (3,)]),
    ("a.masked_fill(a > 0.5, 0.25) * b", [(2, 3), (3,)]),
    ("sum(x * b for x in a)", [(2, 3), (3,)]),
]

LINEAR = [
    ("a @ b", [(2, 3), (3, 4)]),
    ("a @ b", [(3,), (3,)]),
    ("a @ b", [(2, 3), (3,)]),
    ("a @ b", [(3,), (3, 2)]),
    ("a @ b", [(5, 2, 3), (3, 4)]),
    ("a @ b", [(4, 1, 2, 3), (5, 3, 2)]),
    ("a @ b", [(2, 3, 4), (4,)]),
    ("F.dot(a, b)", [(3,), (3,)]),
    ("F.outer(a, b)", [(3,), (2,)]),
    ("F.kron(a, b)", [(2, 3), (3, 2)]),
    ("F.trace(a)", [(3, 3)]),
    ("F.einsum('ij,jk->ik', a, b)", [(2, 3), (3, 4)]),
    ("F.einsum('ij->j', a)", [(2, 3)]),
    ("F.einsum('ii->i', a)", [(3, 3)]),
    ("F.einsum('bij,bjk,k->bi', a, b, c)", [(2, 3, 4), (2, 4, 5), (5,)]),
    ("F.einsum('...ij,...j->...i', a, b)", [(2, 3, 4), (2, 4)]),
    ("F.einsum('i,j', a, b)", [(2,), (3,)]),
    ("F.diag(a)", [(3,)]),
    ("F.diag(a, 1)", [(3,)]),
    ("F.diag(a, -1)", [(3, 4)]),
    ("F.diagonal(a, 1, 0, 2)", [(3, 2, 4)]),
    ("L.cross(a, b)", [(2, 3), (2, 3)]),
    ("F.tensordot(a, b, 2)", [(2, 3, 4), (3, 4, 5)]),
    ("F.tensordot(a, b, ([0, 2], [2, 0]))", [(2, 3, 4), (4, 5, 2)]),
    ("L.matrix_power(a, 5)", ["regular"]),
    ("L.matrix_power(a, -2)", ["regular"]),
    ("L.matrix_power(a, 0)", ["regular"]),
    ("L.multi_dot([a, b, c])", [(2, 3), (3, 4), (4, 2)]),
    ("L.eigvalsh(a + a.mT)", ["regular"]),
    ("F.dist(a, b, 3)", [(2, 3), (2, 3)]),
    ("L.inv(a)", ["regular"]),
    ("L.det(a)", ["regular"]),
    ("L.det(a)", ["regulars"]),
    ("L.slogdet(a)[1]", ["regular"]),
    ("F.logdet(a)", ["definite"]),
    ("L.solve(a, b)", ["regular", (3, 2)]),
    ("L.solve(a, b)", ["regular", (3,)]),
    ("L.solve(a, b)", ["regulars", (2, 3, 2)]),
    ("L.solve_triangular(a, b, upper=True)", ["regular", (3, 2)]),
    ("L.solve_triangular(a, b, upper=False)", ["regular", (3, 2)]),
    ("L.cholesky(a @ a.mT)", ["regular"]),
    ("L.qr(a)[0]", ["regular"]),
    ("L.qr(a)[1]", ["tall"]),
    ("L.eigh(a + a.mT)[0]", ["regular"]),
    ("L.eigh(a + a.mT)[1] ** 2", ["regular"]),
    ("L.svd(a, full_matrices=False)[1]", ["tall"]),
    ("L.svd(a, full_matrices=False)[0] ** 2", ["tall"]),
    ("L.svd(a, full_matrices=False)[2] ** 2", ["wide"]),
    ("L.svdvals(a)", ["regular"]),
    ("L.matrix_exp(a)", ["regular"]),
    ("L.matrix_exp(a * 5)", ["regulars"]),
    ("L.pinv(a)", ["tall"]),
    ("L.pinv(a)", ["wide"]),
    ("L.pinv(a)", ["regular"]),
    ("L.lstsq(a, b)[0]", ["tall", (4, 2)]),
    ("L.lstsq(a, b)[0]", ["tall", (4,)]),
    ("L.lstsq(a, b)[0]", ["wide", (2, 3)]),
    ("L.lstsq(a, b).solution", ["regular", (3, 2)]),
    ("L.lstsq(a, b)[0]", ["regulars", (2, 3, 2)]),
    ("L.lstsq(a, b)[0]", ["regulars", (2, 3)]),
    ("L.lstsq(a, b, driver='gelsd').residuals", ["tall", (4, 2)]),
    ("sum(t.sum() for t in L.lstsq(a, b, driver='gelss')[:2])", ["tall", (4,)]),
    ("L.lu(a)[1]", ["regular"]),
    ("L.lu(a)[2]", ["regular"]),
    ("L.lu(a).L @ L.lu(a).L.mT + L.lu(a).U", ["regulars"]),
    ("L.lu(a)[1]", ["tall"]),
    ("L.lu(a)[2]", ["tall"]),
    ("L.lu(a)[1]", ["wide"]),
    ("L.lu(a)[2]", ["wide"]),
    ("L.vector_norm(a, 3)", [(4,)]),
    ("F.addmm(a, b, c)", [(2, 4), (2, 3), (3, 4)]),
    ("N.linear(a, b, c)", [(2, 3), (4, 3), (4,)]),
    ("N.linear(a, b)", [(5, 2, 3), (4, 3)]),
    ("N.linear(a, b)", [(3,), (4, 3)]),
]

LOSSES = [
    ("N.mse_loss(a, b)", [(2, 3), (2, 3)]),
    ("N.mse_loss(a, b, reduction='sum')", [(2, 3), (2, 3)]),
    ("N.mse_loss(a, b, reduction='none')", [(2, 3), (2, 3)]),
    ("N.l1_loss(a, b)", [(2, 3), (2, 3)]),
    ("N.smooth_l1_loss(a, 3 * b)", [(2, 3), (2, 3)]),
    ("N.huber_loss(a, 3 * b, delta=0.7)", [(2, 3), (2, 3)]),
    ("N.binary_cross_entropy(a, b)", ["unit", "unit"]),
    ("N.binary_cross_entropy_with_logits(a, b)", [(2, 3), "unit"]),
    ("N.kl_div(a, b)", [(2, 3), "unit"]),
    ("N.kl_div(a, b, reduction='batchmean')", [(2, 3), "unit"]),
    ("N.nll_loss(a, I([0, 2]))", [(2, 3)]),
    ("N.nll_loss(a, I([0, -100]), ignore_index=-100)", [(2, 3)]),
    ("N.cross_entropy(a, I([0, 2]))", [(2, 3)]),
    ("N.cross_entropy(a, I([0, 2]), reduction='sum')", [(2, 3)]),
    ("N.cross_entropy(a, I([0, 2]), label_smoothing=0.1)", [(2, 3)]),
    ("N.cross_entropy(a, I([0, 2]), weight=W([1.0, 2.0, 0.5]))", [(2, 3)]),
    ("N.cross_entropy(a, b)", [(2, 3), "unit"]),
    ("N.cross_entropy(a, I([[0, 2], [1, 1]]))", [(2, 3, 2)]),
]

NETWORKS = [
    ("N.normalize(a)", [(2, 3)]),
    ("N.normalize(a, p=3.0, dim=0)", [(2, 3)]),
    ("N.cosine_similarity(a, b)", [(2, 3), (2, 3)]),
    ("N.pairwise_distance(a, b)", [(2, 3), (2, 3)]),
    ("N.glu(a)", [(2, 4)]),
    ("N.conv3d(a, b)", [(1, 2, 4, 3, 3), (2, 2, 2, 2, 2)]),
    ("N.max_pool3d(a, 2)", [(1, 2, 4, 3, 3)]),
    ("N.avg_pool3d(a, 2)", [(1, 2, 4, 3, 3)]),
    ("N.layer_norm(a, (3,))", [(2, 3)]),
    ("N.layer_norm(a, (3,), b, c)", [(2, 3), (3,), (3,)]),
    ("N.layer_norm(a, (2, 3))", [(4, 2, 3)]),
    ("N.batch_norm(a, None, None, b, c, training=True)", [(4, 3), (3,), (3,)]),
    ("N.batch_norm(a, W([0.1, 0.2, 0.3]), W([1.0, 2.0, 0.5]))", [(4, 3, 2)]),
    ("N.rms_norm(a, (3,), b)", [(2, 3), (3,)]),
    ("N.conv1d(a, b)", [(2, 3, 8), (4, 3, 3)]),
    ("N.conv1d(a, b, c, stride=2, padding=1, dilation=2)", [(2, 3, 9), (4, 3, 3), (4,)]),
    ("N.conv2d(a, b)", [(2, 3, 6, 5), (4, 3, 3, 2)]),
    ("N.conv2d(a, b, c, stride=(2, 1), padding=1)", [(1, 2, 5, 5), (3, 2, 3, 3), (3,)]),
    ("N.conv2d(a, b, padding='same')", [(1, 2, 5, 5), (3, 2, 3, 3)]),
    ("N.conv2d(a, b, groups=2)", [(1, 4, 5, 5), (6, 2, 3, 3)]),
    ("N.max_pool1d(a, 2)", [(2, 3, 7)]),
    ("N.max_pool2d(a, 2)", [(2, 3, 6, 5)]),
    ("N.max_pool2d(a, 3, stride=1, padding=1)", [(1, 2, 4, 4)]),
    ("N.avg_pool1d(a, 2, stride=1)", [(2, 3, 7)]),
    ("N.avg_pool2d(a, 2)", [(2, 3, 6, 5)]),
    ("N.avg_pool2d(a, 3, stride=2, padding=1)", [(1, 2, 5, 5)]),
]

EVERY = REDUCTIONS + SHAPES + INDEXING + LINEAR + LOSSES + NETWORKS + MORE
IDS = [f"{text} {specs}" for text, specs in EVERY]

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


def scope_of(leaves):
    """The names that a case is written in, on our side."""
    return {
        "F": dc, "L": dc, "N": dc, "I": dc.tensor, "D": dc.differences, "U": dc.sliding,
        "WN": dc.weight_norm, "I32": np.int32, "W": lambda w: dc.tensor(w, dtype=leaves[0].dtype),
    }  # fmt: skip


def scope_of_torch(leaves):
    """The same in PyTorch."""
    import torch

    return {
        "F": torch, "L": torch.linalg, "N": torch.nn.functional, "I": torch.tensor,
        "D": torch.diff, "U": torch.Tensor.unfold, "WN": torch._weight_norm, "I32": torch.int32,
        "W": lambda w: torch.tensor(w, dtype=leaves[0].dtype),
    }  # fmt: skip


def ours(text, arrays):
    leaves = [dc.tensor(a, requires_grad=True) for a in arrays]
    return leaves, eval(text, scope_of(leaves) | dict(zip("abc", leaves, strict=False)))


ONCE_IN_TORCH = {
    text
    for text, _ in MORE
    if re.search("cdist|pdist|multi_margin|multilabel_margin|ctc_loss|embedding_bag|WN", text)
}
"""Cases whose second derivative PyTorch has not, or has wrong: gradgradcheck fails there."""

NOT_FORWARD_IN_TORCH = {
    text for text, _ in MORE if re.search("padding_idx|cholesky_inverse|'prod'", text)
} | ONCE_IN_TORCH
"""Cases of which PyTorch has no forward mode, or one that differs from its own backward mode."""
