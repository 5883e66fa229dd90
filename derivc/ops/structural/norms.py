r"""Norms of matrices, condition numbers, and rows brought to a norm."""

from __future__ import annotations

from typing import Any

from derivc.errors import InputTypeError
from derivc.ops.structural.axes import axes
from derivc.ops.structure import composite

_INF = float("inf")


def _matrix_norm(
    F: Any, x: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False
) -> Any:
    row, column = (d % x.ndim for d in dim)
    if ord == "fro":
        return F.vector_norm(x, 2, (row, column), keepdim)
    last = F.moveaxis(x, (row, column), (-2, -1))
    found = _of_last(F, last, ord)
    return F.reshape(found, _kept(tuple(x.shape), (row, column))) if keepdim else found


def _of_last(F: Any, x: Any, ord: Any) -> Any:
    """Over the last two dimensions."""
    if ord in (1, -1, _INF, -_INF):
        sums = F.sum(F.abs(x), -2 if abs(ord) == 1 else -1)
        return F.amax(sums, -1) if ord > 0 else F.amin(sums, -1)
    values = F.svdvals(x)
    if ord == "nuc":
        return F.sum(values, -1)
    if ord in (2, -2):
        return F.amax(values, -1) if ord > 0 else F.amin(values, -1)
    raise InputTypeError(f"matrix_norm: ord is one of fro, nuc, 1, -1, 2, -2, inf, -inf; got {ord}")


def _kept(shape: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if i in dims else n for i, n in enumerate(shape))


composite(
    "matrix_norm", "A norm of matrices: of Frobenius, nuclear, or induced by a norm of vectors.",
    _matrix_norm, torch="torch.linalg.matrix_norm",
    definition=r"\|A\|_F = \sqrt{\textstyle\sum A_{ij}^2}, \quad \|A\|_* = \sum \sigma_i, \quad"
    r" \|A\|_2 = \max \sigma_i, \quad \|A\|_1 = \max_j \sum_i |A_{ij}|",
    formula=r"\bar{A} = \bar{y} A / \|A\|_F, \quad \bar{y}\, U V^{\top}, \quad \bar{y}\, u_1"
    r" v_1^{\top}, \quad \bar{y}\, \operatorname{sgn} A_{:,j^*}",
    also="torch.nuclear_norm torch.frobenius_norm np.linalg.matrix_norm jnp.linalg.matrix_norm",
    renamed={"axis": "dim", "keepdims": "keepdim", "p": "ord"},
)  # fmt: skip


def _cond(F: Any, x: Any, p: Any = None) -> Any:
    if p is None or p in (2, -2):
        values = F.svdvals(x)
        large, small = F.amax(values, -1), F.amin(values, -1)
        return small / large if p == -2 else large / small
    return _matrix_norm(F, x, p) * _matrix_norm(F, F.inv(x), p)


composite(
    "cond", "The condition number of a matrix: how much it magnifies relative errors.", _cond,
    torch="torch.linalg.cond", definition=r"y = \|A\|\, \|A^{-1}\|",
    formula=r"\text{in the 2-norm: } \bar{A} = \bar{y}\, y \left(\frac{u_1 v_1^{\top}}{\sigma_1} -"
    r" \frac{u_n v_n^{\top}}{\sigma_n}\right)",
    also="np.linalg.cond jnp.linalg.cond",
)  # fmt: skip


def _renorm(F: Any, x: Any, p: float, dim: int, maxnorm: float) -> Any:
    others = tuple(i for i in axes(tuple(x.shape), None) if i != dim % x.ndim)
    size = F.vector_norm(x, p, others, True)
    scale = F.where(F.constant(size) > maxnorm, maxnorm / (size + 1e-7), F.ones_like(size))
    return x * scale


composite(
    "renorm", "The parts along a dimension, scaled down where their p-norm is above a bound.",
    _renorm, torch="torch.renorm", definition=r"y_i = x_i \min(1, m / \|x_i\|_p)",
    formula=r"\bar{x}_i = \bar{y}_i, \text{ or } \frac{m}{\|x_i\|}\Bigl(\bar{y}_i - \langle"
    r"\bar{y}_i, x_i\rangle \frac{\nabla \|x_i\|}{\|x_i\|}\Bigr) \text{ above the bound}",
    also="T.renorm T.renorm_",
)  # fmt: skip


def _weight_norm(F: Any, v: Any, g: Any, dim: int = 0) -> Any:
    others = tuple(i for i in range(v.ndim) if i != dim % v.ndim)
    return v * (g / F.vector_norm(v, 2, others, True))


composite(
    "weight_norm", "Weights of a direction and a length for every part along a dimension.",
    _weight_norm, torch="torch._weight_norm", tensors=["v", "g"],
    definition=r"w = g \frac{v}{\|v\|}",
    formula=r"\bar{g} = \frac{v \cdot \bar{w}}{\|v\|}, \quad \bar{v} = \frac{g}{\|v\|}\Bigl(\bar{w}"
    r" - \frac{v \cdot \bar{w}}{\|v\|^2} v\Bigr)",
    also="torch.nn.utils.weight_norm torch.nn.utils.parametrizations.weight_norm"
    " aten._weight_norm_interface",
)  # fmt: skip
