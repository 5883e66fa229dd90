"""A call of every structural op, on small arrays: what its record is measured on.

A case is an expression over `F`, the namespace of ops, and arrays a, b, c; the words say what the
arrays are: a shape, "scalar", or a kind of matrix. What is not listed is called with one array.
"""

from __future__ import annotations

import random
import zlib
from typing import Any

import numpy as np

from derivc.reference.records.rare_cases import RARE

SQUARE = {"inv", "det", "logdet", "trace", "matrix_exp", "cofactors", "slogdet", "diag", "tril",
          "triu", "diagonal"}  # fmt: skip
"""Ops of a square matrix."""

CASES = {
    "matmul": ("F.matmul(a, b)", "3,4 4,2"), "dot": ("F.dot(a, b)", "5 5"),
    "outer": ("F.outer(a, b)", "3 4"), "kron": ("F.kron(a, b)", "2,3 3,2"),
    "addmm": ("F.addmm(a, b, c)", "3,2 3,4 4,2"), "linear": ("F.linear(a, b, c)", "2,3 4,3 4"),
    "einsum": ("F.einsum('ij,jk->ik', a, b)", "3,4 4,2"), "cross": ("F.cross(a, b)", "2,3 2,3"),
    "tensordot": ("F.tensordot(a, b, 1)", "3,4 4,2"), "multi_dot": ("F.multi_dot([a, b, c])",
                                                                     "2,3 3,4 4,2"),
    "matrix_power": ("F.matrix_power(a, 3)", "regular"), "slogdet": ("F.slogdet(a)[1]", "regular"),
    "logdet": ("F.logdet(a)", "definite"), "solve": ("F.solve(a, b)", "regular 3,2"),
    "solve_triangular": ("F.solve_triangular(a, b, True)", "regular 3,2"),
    "cholesky": ("F.cholesky(F.matmul(a, F.transpose(a, 0, 1)))", "regular"),
    "qr": ("F.qr(a)[1]", "tall"), "eigh": ("F.eigh(a + F.transpose(a, 0, 1))[0]", "regular"),
    "eigvalsh": ("F.eigvalsh(a + F.transpose(a, 0, 1))", "regular"),
    "svd": ("F.svd(a, False)[1]", "tall"), "svdvals": ("F.svdvals(a)", "tall"),
    "pinv": ("F.pinv(a)", "tall"), "lstsq": ("F.lstsq(a, b)[0]", "tall 4,2"),
    "lu": ("F.lu(a)[2]", "regular"), "cumsum": ("F.cumsum(a, 1)", "3,4"),
    "cumprod": ("F.cumprod(a, 1)", "3,4"), "logcumsumexp": ("F.logcumsumexp(a, 1)", "3,4"),
    "cummax": ("F.cummax(a, 1)[0]", "3,4"), "cummin": ("F.cummin(a, 1)[0]", "3,4"),
    "logsumexp": ("F.logsumexp(a, 1)", "3,4"),
    "softmax": ("F.softmax(a, 1)", "3,4"), "log_softmax": ("F.log_softmax(a, 1)", "3,4"),
    "softmin": ("F.softmin(a, 1)", "3,4"), "max_along": ("F.max_along(a, 1)[0]", "3,4"),
    "min_along": ("F.min_along(a, 1)[0]", "3,4"), "sort": ("F.sort(a, 1)[0]", "3,4"),
    "median_along": ("F.median_along(a, 1)[0]", "3,5"), "topk": ("F.topk(a, 2)[0]", "3,4"),
    "kthvalue": ("F.kthvalue(a, 2)[0]", "3,4"), "reshape": ("F.reshape(a, (4, 3))", "3,4"),
    "permute": ("F.permute(a, (1, 0))", "3,4"), "transpose": ("F.transpose(a, 0, 1)", "3,4"),
    "moveaxis": ("F.moveaxis(a, 0, 1)", "3,4"), "expand": ("F.expand(a, (3, 4))", "1,4"),
    "sum_to": ("F.sum_to(a, (1, 4))", "3,4"), "squeeze": ("F.squeeze(a, 0)", "1,4"),
    "unsqueeze": ("F.unsqueeze(a, 0)", "3,4"), "flip": ("F.flip(a, (0,))", "3,4"),
    "roll": ("F.roll(a, 1, 0)", "3,4"), "cat": ("F.cat([a, b], 0)", "2,3 1,3"),
    "stack": ("F.stack([a, b])", "2,3 2,3"), "tile": ("F.tile(a, (2, 2))", "2,3"),
    "pad": ("F.pad(a, (1, 2))", "2,3"), "split": ("F.split(a, 2)[1]", "4,3"),
    "chunk": ("F.chunk(a, 2)[0]", "4,3"), "unbind": ("F.unbind(a)[1]", "3,4"),
    "select": ("F.select(a, 0, 1)", "3,4"), "narrow": ("F.narrow(a, 1, 1, 2)", "3,4"),
    "take": ("F.take(a, I([0, 5, 5]))", "3,4"), "getitem": ("a[1:, ::2]", "3,4"),
    "index_select": ("F.index_select(a, 1, I([0, 2, 2]))", "3,4"),
    "gather": ("F.gather(a, 1, I([[0, 0], [2, 1]]))", "2,3"),
    "scatter": ("F.scatter(a, 1, I([[0, 1], [2, 1]]), b)", "2,3 2,2"),
    "scatter_add": ("F.scatter_add(a, 1, I([[0, 0], [2, 1]]), b)", "2,3 2,2"),
    "masked_fill": ("F.masked_fill(a, I([[True, False, False]]), 0.25)", "2,3"),
    "nll_loss": ("F.nll_loss(a, I([0, 2, 1]))", "3,4"),
    "cross_entropy": ("F.cross_entropy(a, I([0, 2, 1]))", "3,4"),
    "layer_norm": ("F.layer_norm(a, (4,), b, c)", "3,4 4 4"),
    "rms_norm": ("F.rms_norm(a, (4,), b)", "3,4 4"), "normalize": ("F.normalize(a)", "3,4"),
    "batch_norm": ("F.batch_norm(a, None, None, b, c, True)", "4,3 3 3"),
    "cosine_similarity": ("F.cosine_similarity(a, b)", "3,4 3,4"),
    "pairwise_distance": ("F.pairwise_distance(a, b)", "3,4 3,4"),
    "dist": ("F.dist(a, b)", "3,4 3,4"), "glu": ("F.glu(a)", "3,4"),
    "conv1d": ("F.conv1d(a, b)", "1,2,6 3,2,3"), "conv2d": ("F.conv2d(a, b)", "1,2,4,4 2,2,2,2"),
    "conv3d": ("F.conv3d(a, b)", "1,1,3,3,2 1,1,2,2,2"),
    "max_pool1d": ("F.max_pool1d(a, 2)", "1,2,6"), "avg_pool1d": ("F.avg_pool1d(a, 2)", "1,2,6"),
    "max_pool2d": ("F.max_pool2d(a, 2)", "1,2,4,4"),
    "avg_pool2d": ("F.avg_pool2d(a, 2)", "1,2,4,4"),
    "max_pool3d": ("F.max_pool3d(a, 2)", "1,1,4,2,2"),
    "avg_pool3d": ("F.avg_pool3d(a, 2)", "1,1,4,2,2"),
}  # fmt: skip


_MATRICES = {"regular": (3, 3), "definite": (3, 3), "tall": (4, 3)}


def case_of(name: str) -> tuple[str, tuple[str, ...]]:
    """The expression and what its arrays are.

    Example:
        >>> case_of("inv")
        ('F.inv(a)', ('regular',))
    """
    kind = "regular" if name in SQUARE else "3,4"
    text, words = (CASES | RARE).get(name, (f"F.{name}(a)", kind))
    return text, tuple(words.split())


def arrays(name: str, words: tuple[str, ...], seed: int = 0) -> list[Any]:
    """Arrays of numbers of both signs, no two alike; the same for the same seed."""
    draw = random.Random(zlib.crc32(f"{name} {seed}".encode()))
    return [_array(draw, word) for word in words]


def _shape(word: str) -> tuple[int, ...]:
    if word in _MATRICES:
        return _MATRICES[word]
    return () if word == "scalar" else tuple(int(n) for n in word.split(","))


def _array(draw: random.Random, word: str) -> Any:
    shape = _shape(word)
    found = np.array([draw.gauss(0, 1) for _ in range(int(np.prod(shape)))]).reshape(shape)
    if word == "definite":
        return found @ found.T + np.eye(3)
    return found + 2 * np.eye(shape[0], shape[1]) if word in _MATRICES else found
