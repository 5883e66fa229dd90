r"""Gaussian elimination: a matrix as a product of triangular ones, its rows exchanged.

The rows keep their order nearby, so the permutation is constant. With M = L⁻¹ Pᵀ A' U⁻¹ of a square
matrix, L' = L tril(M, -1) and U' = triu(M) U; what a matrix has beyond its square part follows.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structure import structural

Lu = namedtuple("Lu", ["P", "L", "U"])  # noqa: PYI024  as PyTorch's results


def _lu(xp: Any, x: Any, pivot: bool = True) -> Any:
    """Column by column; the largest number of a column comes to the diagonal."""
    *batch, m, n = x.shape
    work = xp.array(xp.reshape(x, (-1, m, n)), dtype=x.dtype if x.dtype.kind in "fcO" else float)
    order = xp.tile(xp.arange(m), (len(work), 1))
    for k in range(min(m, n)):
        if pivot:
            _exchange(xp, work, order, k)
        _eliminate(xp, work, k)
    lower = xp.tril(work[..., : min(m, n)], -1) + xp.eye(m, min(m, n), dtype=work.dtype)
    parts = lower, xp.triu(work[:, : min(m, n)])
    lower, upper = (xp.reshape(t, (*batch, *t.shape[1:])) for t in parts)
    if not pivot:
        return Lu(xp.zeros((0,), work.dtype), lower, upper)
    rows = xp.eye(m, dtype=work.dtype)[order]
    return Lu(xp.reshape(xp.swapaxes(rows, -1, -2), (*batch, m, m)), lower, upper)


def _exchange(xp: Any, work: Any, order: Any, k: int) -> None:
    """Row k with that of the largest number below, in every matrix."""
    every = xp.arange(len(work))
    best = k + xp.argmax(xp.abs(work[:, k:, k]), axis=-1)
    for rows in (work, order):
        rows[every, best], rows[:, k] = rows[:, k].copy(), rows[every, best].copy()


def _eliminate(xp: Any, work: Any, k: int) -> None:
    """The factors of the rows below, in the place of the zeros that they make."""
    top, below = work[:, k, k, None], work[:, k + 1 :, k]
    factors = below / xp.where(top == 0, 1, top)
    work[:, k + 1 :, k] = factors
    work[:, k + 1 :, k + 1 :] -= factors[..., None] * work[:, k, None, k + 1 :]


def _square(F: Any, lower: Any, upper: Any) -> tuple[Any, Any, int]:
    """The square parts of both factors, and their size."""
    k = lower.shape[-1]
    return F.narrow(lower, -2, 0, k), F.narrow(upper, -1, 0, k), k


def _beyond(F: Any, x: Any, dim: int, k: int) -> Any:
    """What lies behind the square part along a dimension; None where nothing does."""
    left = x.shape[dim] - k
    return F.narrow(x, dim, k, left) if left else None


def _lu_vjp(F: Any, g: Any, y: Any) -> Any:
    p, lower, upper = y
    l, u, k = _square(F, lower, upper)  # noqa: E741
    gl, gu = F.narrow(g[1], -2, 0, k), F.narrow(g[2], -1, 0, k)
    lt, ut = transposed(F, l), transposed(F, u)
    below, beside = _beyond(F, g[1], -2, k), _beyond(F, g[2], -1, k)
    if below is not None:  # L₂ = (Pᵀ A)₂ U⁻¹
        below = _over(F, below, ut)
        gu = gu - F.matmul(transposed(F, _beyond(F, lower, -2, k)), below)
    if beside is not None:  # U₂ = L⁻¹ (Pᵀ A)₂
        beside = F.solve_triangular(lt, beside, True, True)
        gl = gl - F.matmul(beside, transposed(F, _beyond(F, upper, -1, k)))
    inner = F.tril(F.matmul(lt, gl), -1) + F.triu(F.matmul(gu, ut))
    whole = _over(F, F.solve_triangular(lt, inner, True, True), ut)
    whole = whole if below is None else F.cat([whole, below], -2)
    whole = whole if beside is None else F.cat([whole, beside], -1)
    return F.matmul(p, whole) if p.shape != (0,) else whole


def _over(F: Any, x: Any, lower: Any) -> Any:
    """X L⁻¹ for L lower triangular."""
    return transposed(F, F.solve_triangular(transposed(F, lower), transposed(F, x), True))


def _lu_jvp(F: Any, t: Any, y: Any) -> tuple[Any, ...]:
    p, lower, upper = y
    l, u, k = _square(F, lower, upper)  # noqa: E741
    rows = F.matmul(transposed(F, p), t) if p.shape != (0,) else t
    inner = F.narrow(F.narrow(rows, -2, 0, k), -1, 0, k)
    inner = _under(F, F.solve_triangular(l, inner, False, True), u)
    dl, du = F.matmul(l, F.tril(inner, -1)), F.matmul(F.triu(inner), u)
    below, beside = _beyond(F, rows, -2, k), _beyond(F, rows, -1, k)
    if below is not None:
        below = _under(F, below - F.matmul(_beyond(F, lower, -2, k), du), u)
    if beside is not None:
        beside = beside - F.matmul(dl, _beyond(F, upper, -1, k))
        beside = F.solve_triangular(l, beside, False, True)
    dl = dl if below is None else F.cat([dl, below], -2)
    return None, dl, du if beside is None else F.cat([du, beside], -1)


def _under(F: Any, x: Any, upper: Any) -> Any:
    """X U⁻¹ for U upper triangular."""
    return transposed(F, F.solve_triangular(transposed(F, upper), transposed(F, x)))


structural(
    "lu", "A = P L U: P exchanges rows, L is lower and U upper triangular.", forward=_lu,
    vjp=_lu_vjp, jvp=_lu_jvp, constants=(0,), torch="torch.linalg.lu",
    numbers="holomorphic",
    formula=r"\bar{A} = P L^{-\top} \bigl(\operatorname{tril}_{-1}(L^{\top} \bar{L}) +"
    r" \operatorname{triu}(\bar{U} U^{\top})\bigr) U^{-\top}",
    also="jsp.linalg.lu sp.linalg.lu",
    definition="A = P L U",
    tangent=r"\dot{L} = L \operatorname{tril}_{-1} M, \quad \dot{U} = (\operatorname{triu} M)\, "
    r"U, \quad M = L^{-1} P^{\top} \dot{A} U^{-1}",
)  # fmt: skip
