r"""Products of matrices added to an array, inner products, matrices of diagonals and of blocks.

All are written by matmul, sums and indexing, which know their derivatives.
"""

from __future__ import annotations

from math import prod
from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite

composite(
    "addmv", "beta * c + alpha * A b.",
    lambda F, c, a, b, beta=1, alpha=1: c * beta + F.matmul(a, b) * alpha, torch="torch.addmv",
    tensors=["c", "a", "b"],
    definition=r"y = \beta c + \alpha A b",
    formula=r"\bar{c} = \beta \bar{y}, \quad \bar{A} = \alpha \bar{y} b^{\top}, \quad \bar{b} ="
    r" \alpha A^{\top} \bar{y}",
    also="T.addmv T.addmv_",
)  # fmt: skip
composite(
    "addr", "beta * C + alpha * a bᵀ.",
    lambda F, c, a, b, beta=1, alpha=1: c * beta + F.outer(a, b) * alpha, torch="torch.addr",
    tensors=["c", "a", "b"],
    definition=r"Y = \beta C + \alpha\, a b^{\top}",
    formula=r"\bar{C} = \beta \bar{Y}, \quad \bar{a} = \alpha \bar{Y} b, \quad \bar{b} ="
    r" \alpha \bar{Y}^{\top} a",
    also="T.addr T.addr_",
)  # fmt: skip
composite(
    "baddbmm", "beta * C + alpha * A B, matrix by matrix of a batch.",
    lambda F, c, a, b, beta=1, alpha=1: c * beta + F.matmul(a, b) * alpha, torch="torch.baddbmm",
    tensors=["c", "a", "b"],
    definition=r"Y_i = \beta C_i + \alpha A_i B_i",
    formula=r"\bar{C}_i = \beta \bar{Y}_i, \quad \bar{A}_i = \alpha \bar{Y}_i B_i^{\top}, \quad"
    r" \bar{B}_i = \alpha A_i^{\top} \bar{Y}_i",
    also="T.baddbmm T.baddbmm_",
)  # fmt: skip
composite(
    "addbmm", "beta * C + alpha * the sum of the products of a batch.",
    lambda F, c, a, b, beta=1, alpha=1: c * beta + F.sum(F.matmul(a, b), 0) * alpha,
    torch="torch.addbmm", tensors=["c", "a", "b"],
    definition=r"Y = \beta C + \alpha \textstyle\sum_i A_i B_i",
    formula=r"\bar{C} = \beta \bar{Y}, \quad \bar{A}_i = \alpha \bar{Y} B_i^{\top}, \quad \bar{B}_i"
    r" = \alpha A_i^{\top} \bar{Y}",
    also="T.addbmm T.addbmm_",
)  # fmt: skip
composite(
    "vdot", "The sum of the products of two vectors, the first conjugated.",
    lambda F, a, b: F.dot(F.conjugated(a), b), tensors=["a", "b"], torch="torch.vdot",
    definition=r"y = \textstyle\sum_i \overline{a_i}\, b_i",
    formula=r"\bar{a} = \overline{\bar{y}}\, b, \quad \bar{b} = \bar{y} a",
    also="T.vdot np.vdot jnp.vdot",
)  # fmt: skip
composite(
    "vecdot", "The sums of the products of vectors along a dimension, the first conjugated.",
    lambda F, a, b, dim=-1: F.sum(F.conjugated(a) * b, dim), tensors=["a", "b"],
    torch="torch.linalg.vecdot", definition=r"y = \textstyle\sum_i \overline{a_i}\, b_i",
    formula=r"\bar{a} = \overline{\bar{y}}\, b, \quad \bar{b} = \bar{y} a",
    also="np.vecdot np.linalg.vecdot jnp.vecdot jnp.linalg.vecdot",
    renamed={"axis": "dim"},
)  # fmt: skip
composite(
    "bilinear", "x₁ᵀ A x₂ + b for every matrix of a stack.",
    lambda F, x1, x2, weight, bias=None: _biased(
        F.einsum("...i,oij,...j->...o", x1, weight, x2), bias
    ),
    torch="torch.nn.functional.bilinear", tensors=["x1", "x2", "weight", "bias"],
    definition=r"y_k = x_1^{\top} A_k x_2 + b_k",
    formula=r"\bar{x}_1 = \textstyle\sum_k \bar{y}_k A_k x_2, \quad \bar{x}_2 = \sum_k \bar{y}_k"
    r" A_k^{\top} x_1, \quad \bar{A}_k = \bar{y}_k x_1 x_2^{\top}, \quad \bar{b} = \bar{y}",
    also="nn.Bilinear torch.bilinear aten._trilinear",
    renamed={"input1": "x1", "input2": "x2"},
)  # fmt: skip


def _biased(y: Any, bias: Any) -> Any:
    return y if bias is None else y + bias


def _diag_embed(F: Any, x: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    n, ndim = x.shape[-1] + abs(offset), x.ndim + 1
    first, second = dim1 % ndim, dim2 % ndim
    extents = iter(tuple(x.shape)[:-1])
    shape = tuple(n if i in (first, second) else next(extents) for i in range(ndim))
    return F.from_diagonal(x, shape, offset, first, second)


composite(
    "diag_embed", "Matrices with the last dimension on their diagonals.", _diag_embed,
    torch="torch.diag_embed", definition=r"Y = \operatorname{diag} x",
    formula=r"\bar{x} = \text{the diagonal of } \bar{Y}",
    also="T.diag_embed T.diagflat torch.diagflat np.diagflat jnp.diagflat",
)  # fmt: skip


def _block_diag(F: Any, tensors: Any) -> Any:
    """Every block padded to its rows of the result; a number or a vector is a block of one row."""
    blocks = [F.reshape(t, (1, -1)) if t.ndim < 2 else t for t in tensors]
    width, left, rows = sum(t.shape[1] for t in blocks), 0, []
    for block in blocks:
        rows.append(F.pad(block, [left, width - left - block.shape[1]]))
        left += block.shape[1]
    return F.cat(rows, 0)


composite(
    "block_diag", "The matrix with given blocks along its diagonal.", _block_diag, tensors=[],
    sequence="tensors", variadic=True, torch="torch.block_diag",
    definition=r"Y = \operatorname{diag}(A_1, \dots, A_n)",
    formula=r"\bar{A}_k = \text{its block of } \bar{Y}",
    also="sp.linalg.block_diag jsp.linalg.block_diag",
)  # fmt: skip


def _vander(F: Any, x: Any, N: int | None = None) -> Any:
    n = x.shape[-1] if N is None else N
    powers = [x * 0 + 1]
    for _ in range(n - 1):
        powers.append(powers[-1] * x)
    return F.stack(powers[:n], -1)


composite(
    "vander", "The Vandermonde matrix: the powers 0, 1, 2, ... of every number along a row.",
    _vander, torch="torch.linalg.vander", definition=r"Y_{ij} = x_i^{\,j}, \quad j = 0, 1, \dots",
    formula=r"\bar{x}_i = \textstyle\sum_j j\, x_i^{\,j-1} \bar{Y}_{ij}",
)  # fmt: skip


def _cov(F: Any, x: Any, correction: int = 1) -> Any:
    """Rows are variables; `np.cov` divides by the same count."""
    rows = F.reshape(x, (1, -1)) if x.ndim < 2 else x
    centred = rows - F.mean(rows, 1, True)
    found = F.matmul(centred, transposed(F, F.conjugated(centred)))
    found = found / max(rows.shape[1] - correction, 0)
    return found if x.ndim > 1 else F.reshape(found, ())


composite(
    "cov", "The covariances of the rows.", _cov, torch="torch.cov",
    definition=r"Y = \frac{1}{n - c} (X - \mu)(X - \mu)^{\top}",
    formula=r"\bar{X} = \frac{1}{n - c} (\bar{Y} + \bar{Y}^{\top})(X - \mu)",
    also="T.cov np.cov jnp.cov", renamed={"ddof": "correction"},
)  # fmt: skip


def _corrcoef(F: Any, x: Any) -> Any:
    found = F.cov(x)
    if x.ndim < 2:
        return found / found
    scale = F.rsqrt(F.diagonal(found))
    return found * F.unsqueeze(scale, 0) * F.unsqueeze(scale, 1)


composite(
    "corrcoef", "The correlations of the rows.", _corrcoef, torch="torch.corrcoef",
    definition=r"Y_{ij} = C_{ij} / \sqrt{C_{ii} C_{jj}}, \quad C = \operatorname{cov} X",
    formula=r"\text{by cov: } \bar{C}_{ij} = \bar{Y}_{ij} / \sqrt{C_{ii} C_{jj}} \text{ for } i \ne"
    r" j, \quad \bar{C}_{ii} = -\tfrac{1}{2 C_{ii}} \textstyle\sum_{j \ne i} (\bar{Y}_{ij} +"
    r" \bar{Y}_{ji}) Y_{ij}",
    also="T.corrcoef np.corrcoef jnp.corrcoef",
)  # fmt: skip


def _cdist(F: Any, a: Any, b: Any, p: float = 2.0) -> Any:
    return F.vector_norm(F.unsqueeze(a, -2) - F.unsqueeze(b, -3), p, -1)


_DISTANCE = r"\bar{a}_i = \textstyle\sum_j \bar{y}_{ij} \operatorname{sgn}(d) (|d|/y_{ij})^{p-1},"
composite(
    "cdist", "The p-norms of the differences of all rows of one array and all of another.", _cdist,
    torch="torch.cdist", tensors=["a", "b"], definition=r"y_{ij} = \| a_i - b_j \|_p",
    formula=_DISTANCE + r" \quad d = a_i - b_j, \quad \bar{b}_j = -(\dots), \quad 0 \text{ at } 0",
    also="aten._cdist_forward aten._euclidean_dist", renamed={"x1": "a", "x2": "b"},
)  # fmt: skip


def _pdist(F: Any, x: Any, p: float = 2.0) -> Any:
    pairs = [(i, j) for i in range(x.shape[0]) for j in range(i + 1, x.shape[0])]
    left, right = ([pair[k] for pair in pairs] for k in (0, 1))
    return F.vector_norm(F.index_select(x, 0, left) - F.index_select(x, 0, right), p, -1)


composite(
    "pdist", "The p-norms of the differences of all pairs of rows.", _pdist,
    torch="torch.nn.functional.pdist", definition=r"y_{ij} = \| x_i - x_j \|_p, \quad i < j",
    formula=r"\bar{x}_i = \textstyle\sum_j \bar{y}_{ij} \operatorname{sgn}(d) (|d|/y_{ij})^{p-1},"
    r" \quad d = x_i - x_j",
    also="torch.pdist aten._pdist_forward",
)  # fmt: skip


def _tensorinv(F: Any, x: Any, ind: int = 2) -> Any:
    front, back = tuple(x.shape)[:ind], tuple(x.shape)[ind:]
    return F.reshape(F.inv(F.reshape(x, (prod(front), -1))), (*back, *front))


composite(
    "tensorinv", "The inverse of an array as a linear map from its last dimensions to its first.",
    _tensorinv, torch="torch.linalg.tensorinv",
    definition=r"Y = A^{-1} \text{ as a matrix}", formula=r"\bar{A} = -Y^{\top} \bar{Y} Y^{\top}",
    also="np.linalg.tensorinv jnp.linalg.tensorinv",
)  # fmt: skip


def _tensorsolve(F: Any, a: Any, b: Any, dims: Any = None) -> Any:
    if dims is not None:
        rest = [d for d in range(a.ndim) if d not in dims]
        a = F.permute(a, (*rest, *dims))
    shape = tuple(a.shape)[b.ndim :]
    return F.reshape(F.solve(F.reshape(a, (prod(shape), -1)), F.reshape(b, (-1,))), shape)


composite(
    "tensorsolve", "The solution x of A x = b, for an array as a linear map.", _tensorsolve,
    torch="torch.linalg.tensorsolve", tensors=["a", "b"],
    definition=r"x = A^{-1} b \text{ as a matrix}", formula=r"\bar{b} = A^{-\top} \bar{x}, \quad"
    r" \bar{A} = -\bar{b}\, x^{\top}",
    also="np.linalg.tensorsolve jnp.linalg.tensorsolve", renamed={"axes": "dims"},
)  # fmt: skip
