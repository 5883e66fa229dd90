r"""The square root of a symmetric matrix, and the polar factors: both by an equation of Sylvester.

Y² = A gives Y' Y + Y Y' = A'. N. J. Higham, "Functions of Matrices" (2008), sections 6 and 8. No
difference of eigenvalues stands in a denominator, only sums: equal eigenvalues do no harm.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structure import structural

Polar = namedtuple("Polar", ["U", "P"])  # noqa: PYI024


def _root(xp: Any, x: Any) -> Any:
    values, v = xp.linalg.eigh(x)
    return xp.matmul(v * xp.sqrt(xp.maximum(values, 0))[..., None, :], xp.swapaxes(v, -1, -2))


def _sylvester(xp: Any, x: Any, right: Any) -> Any:
    """Z with x Z + Z x = right, for x symmetric and positive definite."""
    values, v = xp.linalg.eigh(x)
    turned = xp.matmul(xp.swapaxes(v, -1, -2), xp.matmul(right, v))
    inner = turned / (values[..., None, :] + values[..., :, None])
    return xp.matmul(v, xp.matmul(inner, xp.swapaxes(v, -1, -2)))


def _sylvester_vjp(F: Any, g: Any, x: Any, y: Any) -> tuple[Any, Any]:
    right = F.sylvester(x, g)
    left = -F.matmul(right, transposed(F, y)) - F.matmul(transposed(F, y), right)
    return left, right


structural(
    "sylvester", "The solution Z of A Z + Z A = C, for A symmetric and positive definite.",
    forward=_sylvester, vjp=_sylvester_vjp, tensors=["x", "right"], numbers="real",
    jvp=(
        lambda F, t, x, y: -F.sylvester(x, F.matmul(t, y) + F.matmul(y, t)),
        lambda F, t, x: F.sylvester(x, t),
    ),
    definition=r"A Z + Z A = C",
    formula=r"\bar{C} \text{ from } A \bar{C} + \bar{C} A = \bar{Z}, \quad \bar{A} = -\bar{C}"
    r" Z^{\top} - Z^{\top} \bar{C}",
)  # fmt: skip
structural(
    "matrix_sqrth", "The square root of a symmetric, positive definite matrix.", forward=_root,
    vjp=lambda F, g, y: F.sylvester(y, (g + transposed(F, g)) * 0.5),
    jvp=lambda F, t, y: F.sylvester(y, (t + transposed(F, t)) * 0.5), numbers="real",
    definition=r"Y^2 = A", formula=r"\bar{A} \text{ from } Y \bar{A} + \bar{A} Y ="
    r" \operatorname{sym} \bar{Y}",
    tangent=r"\dot{Y} \text{ from } Y \dot{Y} + \dot{Y} Y = \dot{A}",
)  # fmt: skip


def _polar(xp: Any, x: Any) -> Polar:
    u, s, vh = xp.linalg.svd(x, full_matrices=False)
    v = xp.swapaxes(vh, -1, -2)
    return Polar(xp.matmul(u, vh), xp.matmul(v * s[..., None, :], vh))


def _polar_vjp(F: Any, g: Any, y: Any) -> Any:
    """Uᵀ A' = Ω P + P' with Ω skew and P' symmetric; beyond the span of U, U' = A' P⁻¹."""
    gu, gp = g
    u, p = y
    gp = (gp + transposed(F, gp)) * 0.5
    inner = F.matmul(transposed(F, u), gu) - F.matmul(gp, p)
    turned = F.sylvester(p, inner - transposed(F, inner))
    outside = gu - F.matmul(u, F.matmul(transposed(F, u), gu))
    return F.matmul(u, turned + gp) + transposed(F, F.solve(p, transposed(F, outside)))


def _polar_jvp(F: Any, t: Any, y: Any) -> Any:
    u, p = y
    inner = F.matmul(transposed(F, u), t)
    turned = F.sylvester(p, inner - transposed(F, inner))
    outside = t - F.matmul(u, inner)
    moved = F.matmul(u, turned) + transposed(F, F.solve(p, transposed(F, outside)))
    return moved, inner - F.matmul(turned, p)


structural(
    "matrix_polar", "A = U P: the columns of U orthonormal, P symmetric and positive definite; for"
    " matrices of full rank with no more columns than rows.",
    forward=_polar, vjp=_polar_vjp, jvp=_polar_jvp, numbers="real",
    definition=r"A = U P, \quad U^{\top} U = 1, \quad P = (A^{\top} A)^{1/2}",
    formula=r"\bar{A} = U (Z + \operatorname{sym} \bar{P}) + (1 - U U^{\top}) \bar{U} P^{-1}, \quad"
    r" P Z + Z P = W - W^{\top}, \quad W = U^{\top} \bar{U} - \operatorname{sym}(\bar{P})\, P",
    also="sp.linalg.polar jsp.linalg.polar",
)  # fmt: skip
