r"""Solutions and inverses from factors that are known: of Cholesky, of elimination, of reflections.

All are written by substitution and products, which know their derivatives.
"""

from __future__ import annotations

from collections import namedtuple
from math import prod
from typing import Any

from derivc.ops.structural.elimination import Lu
from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite

Packed = namedtuple("Packed", ["LU", "pivots"])  # noqa: PYI024  as PyTorch's results


def _cholesky_solve(F: Any, b: Any, factor: Any, upper: bool = False) -> Any:
    lower = transposed(F, F.conjugated(factor)) if upper else factor
    half = F.solve_triangular(lower, b, False)
    return F.solve_triangular(transposed(F, F.conjugated(lower)), half, True)


composite(
    "cholesky_solve", "The solution of A X = B, for A given by its Cholesky factor.",
    _cholesky_solve, torch="torch.cholesky_solve", tensors=["b", "factor"],
    definition=r"X = A^{-1} B, \quad A = L L^{\top}",
    formula=r"\bar{B} = A^{-1} \bar{X}, \quad \bar{L} = -\operatorname{tril}\bigl((\bar{B}"
    r" X^{\top} + X \bar{B}^{\top}) L\bigr)",
    also="T.cholesky_solve", renamed={"L": "factor", "input2": "factor"},
)  # fmt: skip


def _cholesky_inverse(F: Any, x: Any, upper: bool = False) -> Any:
    return _cholesky_solve(F, x * 0 + F.eye(x.shape[-1], x), x, upper)


composite(
    "cholesky_inverse", "The inverse of A, given by its Cholesky factor.", _cholesky_inverse,
    torch="torch.cholesky_inverse", definition=r"Y = A^{-1}, \quad A = L L^{\top}",
    formula=r"\bar{L} = -\operatorname{tril}\bigl(Y (\bar{Y} + \bar{Y}^{\top}) Y L\bigr)",
    also="T.cholesky_inverse",
)  # fmt: skip


def _pivots(rows: Any) -> list[int]:
    """The exchanges, one after the other and counted from 1, that put rows into an order."""
    now, found = list(range(len(rows))), []
    for i, row in enumerate(rows):
        j = now.index(row)
        now[i], now[j] = now[j], now[i]
        found.append(j + 1)
    return found


def _order(pivots: Any, n: int) -> list[int]:
    """The order that the exchanges leave rows in."""
    now = list(range(n))
    for i, pivot in enumerate(pivots):
        now[i], now[pivot - 1] = now[pivot - 1], now[i]
    return now


def _nested(values: Any, shape: tuple[int, ...]) -> Any:
    """A flat list in a shape of lists."""
    if not shape:
        return next(values)
    return [_nested(values, shape[1:]) for _ in range(shape[0])]


def _lu_factor(F: Any, x: Any, pivot: bool = True) -> Packed:
    m, n = x.shape[-2:]
    k = min(m, n)
    p, lower, upper = F.lu(x, pivot)
    lower, upper = F.tril(lower, -1), F.triu(upper)
    lower = F.pad(lower, [0, n - k]) if n > k else lower
    upper = F.pad(upper, [0, 0, 0, m - k]) if m > k else upper
    batch = tuple(x.shape)[:-2]
    if pivot:
        orders = F.constant(p).swapaxes(-1, -2).argmax(-1).reshape(-1, m).tolist()
    else:
        orders = [list(range(m))] * prod(batch)
    pivots = iter([i for order in orders for i in _pivots(order)[:k]])
    return Packed(lower + upper, F.lift(_nested(pivots, (*batch, k))))


composite(
    "lu_factor", "The factors of elimination in one matrix, and the exchanges of rows.", _lu_factor,
    torch="torch.linalg.lu_factor",
    definition=r"A = P L U, \quad Y = (L - 1) + U",
    formula=r"\bar{L} = \operatorname{tril}_{-1} \bar{Y}, \quad \bar{U} = \operatorname{triu}"
    r" \bar{Y}, \quad \text{then as of lu}",
    also="torch.linalg.lu_factor_ex aten.linalg_lu_factor_ex torch.lu T.lu sp.linalg.lu_factor"
    " jsp.linalg.lu_factor",
)  # fmt: skip


def _permutation(F: Any, pivots: Any, n: int, like: Any) -> Any:
    """P, in the dtype of an array."""
    whole = F.constant(F.lift(pivots))
    orders = [_order(row, n) for row in whole.reshape(-1, whole.shape[-1]).tolist()]
    flat = iter([i for order in orders for i in order])
    index = F.constant(F.lift(_nested(flat, (*whole.shape[:-1], n))))
    return F.one_hot(index, n, index.ndim, like).swapaxes(-1, -2)


def _lu_solve(
    F: Any, LU: Any, pivots: Any, B: Any, left: bool = True, adjoint: bool = False
) -> Any:
    if not left:  # X A = B is Aᴴ Xᴴ = Bᴴ
        turned = transposed(F, F.conjugated(B))
        found = _lu_solve(F, LU, pivots, turned, True, not adjoint)
        return transposed(F, F.conjugated(found))
    p = _permutation(F, pivots, LU.shape[-1], LU)
    if adjoint:
        other = transposed(F, F.conjugated(LU))
        half = F.solve_triangular(other, B, False)
        return F.matmul(p, F.solve_triangular(other, half, True, True))
    half = F.solve_triangular(LU, F.matmul(p.swapaxes(-1, -2), B), False, True)
    return F.solve_triangular(LU, half, True)


composite(
    "lu_solve", "The solution of A X = B, for A given by the factors of elimination.", _lu_solve,
    torch="torch.linalg.lu_solve", tensors=["LU", "B"],
    definition=r"X = U^{-1} L^{-1} P^{\top} B",
    formula=r"\bar{B} = A^{-\top} \bar{X}, \quad \bar{U} = -\operatorname{triu}(U^{-\top} \bar{X}"
    r" X^{\top}), \quad \bar{L} = -\operatorname{tril}_{-1}(P^{\top} \bar{B}\, X^{\top} U^{\top})",
    also="torch.lu_solve",
)  # fmt: skip


def _lu_unpack(F: Any, LU: Any, pivots: Any) -> Lu:
    m, n = LU.shape[-2:]
    k = min(m, n)
    lower = F.tril(F.narrow(LU, -1, 0, k), -1) + F.eye(m, LU)[:, :k]
    upper = F.triu(F.narrow(LU, -2, 0, k))
    return Lu(F.lift(_permutation(F, pivots, m, LU)), lower, upper)


composite(
    "lu_unpack", "P, L and U from the factors of elimination in one matrix.", _lu_unpack,
    torch="torch.lu_unpack", tensors=["LU"],
    definition=r"L = \operatorname{tril}_{-1} Y + 1, \quad U = \operatorname{triu} Y",
    formula=r"\bar{Y} = \operatorname{tril}_{-1} \bar{L} + \operatorname{triu} \bar{U}",
)  # fmt: skip


def _reflector(F: Any, x: Any, i: int) -> Any:
    """The i-th vector: 1 in place i, below it the column of the matrix."""
    column = F.narrow(F.tril(x, -1), -1, i, 1)
    return column + F.eye(x.shape[-2], x)[:, i : i + 1]


def _reflected(F: Any, x: Any, tau: Any, c: Any, order: Any) -> Any:
    """(1 - τ v vᴴ) c, for the reflections in an order."""
    for i in order:
        v = _reflector(F, x, i)
        scale = F.unsqueeze(F.narrow(tau, -1, i, 1), -1)
        c = c - v * scale * F.matmul(transposed(F, F.conjugated(v)), c)
    return c


def _householder(F: Any, x: Any, tau: Any) -> Any:
    m, n = x.shape[-2:]
    start = F.narrow(x, -1, 0, n) * 0 + F.eye(m, x)[:, :n]
    return _reflected(F, x, tau, start, range(tau.shape[-1] - 1, -1, -1))


composite(
    "householder_product", "The first columns of a product of reflections.", _householder,
    torch="torch.linalg.householder_product", tensors=["x", "tau"],
    definition=r"Q = \textstyle\prod_i \bigl(1 - \tau_i v_i v_i^{\top}\bigr), \quad v_i = e_i +"
    r" \operatorname{tril}_{-1}(A)_{:,i}",
    formula=r"\text{by reflections } c' = c - \tau v v^{\top} c: \quad \bar{c} = \bar{c}' - \tau v"
    r" v^{\top} \bar{c}', \quad \bar{\tau} = -v^{\top} \bar{c}' c^{\top} v, \quad \bar{v} = -\tau"
    r" (\bar{c}' c^{\top} + c \bar{c}'^{\top}) v",
    also="torch.orgqr T.orgqr jax.lax.linalg.householder_product",
)  # fmt: skip


def _ormqr(F: Any, x: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
    if not left:  # C Q = (Qᴴ Cᴴ)ᴴ
        turned = transposed(F, F.conjugated(other))
        return transposed(F, F.conjugated(_ormqr(F, x, tau, turned, True, not transpose)))
    k = tau.shape[-1]
    order = range(k) if transpose else range(k - 1, -1, -1)
    scale = F.conjugated(tau) if transpose else tau
    return _reflected(F, x, scale, other, order)


composite(
    "ormqr", "A product of reflections, times a matrix.", _ormqr, torch="torch.ormqr",
    tensors=["x", "tau", "other"], definition=r"Y = Q C, \quad Q = \textstyle\prod_i \bigl(1 -"
    r" \tau_i v_i v_i^{\top}\bigr)",
    formula=r"\bar{C} = Q^{\top} \bar{Y}, \quad \text{the reflections as of their product}",
    also="T.ormqr",
)  # fmt: skip
