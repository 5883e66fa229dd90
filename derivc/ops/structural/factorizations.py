r"""Inverses, determinants, solutions and factorizations of matrices, in batches.

Formulas: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008).
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite, structural

Signed = namedtuple("Signed", ["sign", "logabsdet"])  # noqa: PYI024  as PyTorch's results
Qr = namedtuple("Qr", ["Q", "R"])  # noqa: PYI024


def _as_matrix(F: Any, g: Any) -> Any:
    """A number per matrix, so that it multiplies matrices."""
    return F.unsqueeze(F.unsqueeze(g, -1), -1)


structural(
    "inv", "The inverse of a matrix.", forward=lambda xp, x: xp.linalg.inv(x),
    vjp=lambda F, g, y: -F.matmul(transposed(F, y), F.matmul(g, transposed(F, y))),
    aliases=["inverse"], torch="torch.linalg.inv",
    jvp=lambda F, t, y: -F.matmul(y, F.matmul(t, y)),
    numbers="holomorphic", formula=r"\bar{A} = -A^{-\top} \bar{Y} A^{-\top}",
    also="np.linalg.inv jnp.linalg.inv jsp.linalg.inv sp.linalg.inv torch.inverse T.inverse "
    "torch.linalg.inv_ex aten.linalg_inv_ex",
    definition="Y = A^{-1}",
    tangent=r"\dot{Y} = -Y \dot{A} Y",
)  # fmt: skip


def _det_vjp(F: Any, g: Any, x: Any) -> Any:
    """By cofactors, which stay finite where the matrix is singular."""
    return _as_matrix(F, g) * F.cofactors(x)


structural(
    "det", "The determinant of a matrix.", forward=lambda xp, x: xp.linalg.det(x), vjp=_det_vjp,
    torch="torch.linalg.det", jvp=lambda F, t, x: F.sum(F.cofactors(x) * t, (-2, -1)),
    numbers="holomorphic", formula=r"\bar{A} = \bar{y} \operatorname{cof} A",
    also="torch.det T.det np.linalg.det jnp.linalg.det jsp.linalg.det sp.linalg.det "
    "aten._linalg_det",
    definition=r"y = \det A",
    tangent=r"\dot{y} = \textstyle\sum_{ij} (\operatorname{cof} A)_{ij} \dot{A}_{ij} = y "
    r"\operatorname{tr}(A^{-1} \dot{A})",
)  # fmt: skip


def _cofactors(F: Any, x: Any) -> Any:
    """cof A = det A · A⁻ᵀ, by minors: the determinant without row i and column j."""
    n = x.shape[-1]
    if n == 1:
        return x * 0 + 1
    rows = []
    for i in range(n):
        row = [F.det(_minor(F, x, i, j)) * (-1) ** (i + j) for j in range(n)]
        rows.append(F.stack(row, -1))
    return F.stack(rows, -2)


def _minor(F: Any, x: Any, i: int, j: int) -> Any:
    n = x.shape[-1]
    kept = [[k for k in range(n) if k != out] for out in (i, j)]
    return F.index_select(F.index_select(x, -2, kept[0]), -1, kept[1])


def _cofactor_matrix(F: Any, x: Any) -> Any:
    """By the inverse where it is safe, else by minors."""
    if x.shape[-1] and F.is_regular(x):
        return _as_matrix(F, F.det(x)) * transposed(F, F.inv(x))
    return _cofactors(F, x)


composite(
    "cofactors", "The matrix of signed minors: the gradient of the determinant.", _cofactor_matrix,
    formula=r"\bar{A} = \det A \, \bigl(\operatorname{tr}(A^{-1} \bar{Y}) A^{-\top} - A^{-\top} "
    r"\bar{Y}^{\top} A^{-\top}\bigr)",
    definition=r"Y_{ij} = (-1)^{i+j} \det A_{\setminus i \setminus j}",
)  # fmt: skip
structural(
    "slogdet", "The sign of the determinant, and the logarithm of its size.",
    forward=lambda xp, x: Signed(*xp.linalg.slogdet(x)), torch="torch.linalg.slogdet",
    vjp=lambda F, g, x: _as_matrix(F, g[1]) * transposed(F, F.inv(x)),
    jvp=lambda F, t, x: (None, F.sum(transposed(F, F.inv(x)) * t, (-2, -1))),
    numbers="real", formula=r"\bar{A} = \bar{y} A^{-\top}",
    also="torch.slogdet T.slogdet np.linalg.slogdet jnp.linalg.slogdet aten._linalg_slogdet",
    definition=r"s = \operatorname{sgn} \det A, \quad y = \log |\det A|",
    tangent=r"\dot{y} = \operatorname{tr}(A^{-1} \dot{A})",
)  # fmt: skip
composite(
    "logdet", "The logarithm of the determinant.",
    lambda F, x: _logdet(F, x), torch="torch.logdet", formula=r"\bar{A} = \bar{y} A^{-\top}",
    also="T.logdet",
    definition=r"y = \log \det A",
    tangent=r"\dot{y} = \operatorname{tr}(A^{-1} \dot{A})",
)  # fmt: skip


def _logdet(F: Any, x: Any) -> Any:
    sign, size = F.slogdet(x)
    return size + F.log(sign)


def _solve(xp: Any, a: Any, b: Any) -> Any:
    if _is_vectors(a.shape, b.shape):
        return xp.linalg.solve(a, b[..., None])[..., 0]
    return xp.linalg.solve(a, b)


def _is_vectors(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether the right sides are vectors: one, or a batch of the matrices' own shape."""
    return len(b) == 1 or (len(a) - 1 == len(b) and a[:-1] == b)


def _solve_vjp(F: Any, g: Any, a: Any, b_shape: Any, y: Any) -> tuple[Any, Any]:
    vectors = _is_vectors(tuple(a.shape), b_shape)
    g, x = (F.unsqueeze(t, -1) if vectors else t for t in (g, y))
    right = F.solve(transposed(F, a), g)
    left = F.sum_to(-F.matmul(right, transposed(F, x)), tuple(a.shape))
    return left, F.sum_to(F.squeeze(right, -1) if vectors else right, b_shape)


def _solve_left_jvp(F: Any, t: Any, a: Any, b_shape: Any, y: Any) -> Any:
    """A x' = -A' x."""
    vectors = _is_vectors(tuple(a.shape), b_shape)
    x = F.unsqueeze(y, -1) if vectors else y
    found = -F.solve(a, F.matmul(t, x))
    return F.squeeze(found, -1) if vectors else found


structural(
    "solve", "The solution x of A x = b.", forward=_solve, vjp=_solve_vjp, tensors=["a", "b"],
    torch="torch.linalg.solve",
    jvp=(_solve_left_jvp, lambda F, t, a: F.solve(a, t)),
    numbers="holomorphic",
    formula=r"\bar{b} = A^{-\top} \bar{x}, \quad \bar{A} = -\bar{b}\, x^{\top}",
    also="np.linalg.solve jnp.linalg.solve jsp.linalg.solve sp.linalg.solve "
    "torch.linalg.solve_ex aten._linalg_solve_ex",
    definition="x = A^{-1} b",
    tangent=r"\dot{x} = A^{-1} (\dot{b} - \dot{A} x)",
)  # fmt: skip


def _substituted(xp: Any, a: Any, b: Any, upper: bool, unitriangular: bool) -> Any:
    """Row by row, from the corner on."""
    n = a.shape[-1]
    shape = xp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    x = xp.zeros((*shape, *b.shape[-2:]), xp.result_type(a, b))
    for i in range(n - 1, -1, -1) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        rest = xp.matmul(a[..., i : i + 1, known], x[..., known, :])[..., 0, :]
        row = b[..., i, :] - rest
        x[..., i, :] = row if unitriangular else row / a[..., i, i][..., None]
    return x


def _triangular_vjp(
    F: Any, g: Any, a: Any, b_shape: Any, y: Any, upper: bool, unitriangular: bool
) -> tuple[Any, Any]:
    right = F.solve_triangular(transposed(F, a), g, not upper, unitriangular)
    left = F.sum_to(-F.matmul(right, transposed(F, y)), tuple(a.shape))
    shift = 1 if unitriangular else 0
    left = F.triu(left, shift) if upper else F.tril(left, -shift)
    return left, F.sum_to(right, b_shape)


def _triangular_left_jvp(F: Any, t: Any, a: Any, y: Any, upper: bool, unitriangular: bool) -> Any:
    """A X' = -A' X, of A' the half that is read."""
    shift = 1 if unitriangular else 0
    half = F.triu(t, shift) if upper else F.tril(t, -shift)
    return -F.solve_triangular(a, F.matmul(half, y), upper, unitriangular)


def _triangular_right_jvp(F: Any, t: Any, a: Any, upper: bool, unitriangular: bool) -> Any:
    return F.solve_triangular(a, t, upper, unitriangular)


structural(
    "solve_triangular", "The solution X of A X = B with A triangular; the other half is not read.",
    forward=lambda xp, a, b, upper=False, unitriangular=False: _substituted(
        xp, a, b, upper, unitriangular
    ),
    vjp=_triangular_vjp, tensors=["a", "b"], torch="torch.linalg.solve_triangular",
    jvp=(_triangular_left_jvp, _triangular_right_jvp),
    numbers="holomorphic",
    formula=r"\bar{B} = A^{-\top} \bar{X}, \quad \bar{A} = -\operatorname{tri}(\bar{B} X^{\top})",
    also="jsp.linalg.solve_triangular sp.linalg.solve_triangular aten.triangular_solve",
    definition=r"X = A^{-1} B, \quad A \text{ triangular}",
    tangent=r"\dot{X} = A^{-1} (\dot{B} - \operatorname{tri}(\dot{A}) X)",
)  # fmt: skip


def _half(F: Any, x: Any) -> Any:
    """The lower half: the diagonal counts half."""
    return F.tril(x) - F.eye(x.shape[-1], x) * x * 0.5


def _cholesky_vjp(F: Any, g: Any, y: Any) -> Any:
    inner = _half(F, F.matmul(transposed(F, y), g))
    whole = F.solve_triangular(transposed(F, y), inner, True)
    whole = transposed(F, F.solve_triangular(transposed(F, y), transposed(F, whole), True))
    return (whole + transposed(F, whole)) * 0.5


def _cholesky_jvp(F: Any, t: Any, y: Any) -> Any:
    """L' = L Φ(L⁻¹ A' L⁻ᵀ), A' symmetrized."""
    inner = F.solve_triangular(y, (t + transposed(F, t)) * 0.5)
    inner = F.solve_triangular(y, transposed(F, inner))
    return F.matmul(y, _half(F, inner))


structural(
    "cholesky", "The lower triangular L with L Lᵀ = A, for A symmetric and positive definite.",
    forward=lambda xp, x: xp.linalg.cholesky(x), vjp=_cholesky_vjp, torch="torch.linalg.cholesky",
    jvp=_cholesky_jvp,
    numbers="real",
    formula=r"\bar{A} = \operatorname{sym}\bigl(L^{-\top} \Phi(L^{\top} \bar{L}) L^{-1}\bigr)",
    also="torch.cholesky T.cholesky np.linalg.cholesky jnp.linalg.cholesky "
    "jsp.linalg.cholesky(lower=True) sp.linalg.cholesky(lower=True) "
    "torch.linalg.cholesky_ex aten.linalg_cholesky_ex",
    definition=r"A = L L^{\top}",
    tangent=r"\dot{L} = L\, \Phi(L^{-1} \dot{A} L^{-\top})",
)  # fmt: skip


def _qr_vjp(F: Any, g: Any, y: Any) -> Any:
    """M = R R̄ᵀ - Q̄ᵀ Q, symmetrized from its lower half."""
    gq, gr = g
    q, r = y
    m = F.matmul(r, transposed(F, gr)) - F.matmul(transposed(F, gq), q)
    lower = F.tril(m, -1)
    both = lower + transposed(F, lower) + F.eye(m.shape[-1], m) * m
    right = gq + F.matmul(q, both)
    return transposed(F, F.solve_triangular(r, transposed(F, right), True))


def _qr_jvp(F: Any, t: Any, y: Any) -> Any:
    """With C = Qᵀ A' R⁻¹ = Ω + R' R⁻¹, whose lower half is that of the skew Ω = Qᵀ Q'."""
    q, r = y
    scaled = transposed(F, F.solve_triangular(transposed(F, r), transposed(F, t)))
    c = F.matmul(transposed(F, q), scaled)
    lower = F.tril(c, -1)
    skew = lower - transposed(F, lower)
    return scaled - F.matmul(q, c - skew), F.matmul(F.triu(c - skew), r)


structural(
    "qr", "A = Q R, the columns of Q orthonormal, R upper triangular; for matrices of full rank"
    " with no more columns than rows.",
    forward=lambda xp, x: Qr(*xp.linalg.qr(x)), vjp=_qr_vjp, torch="torch.linalg.qr",
    jvp=_qr_jvp,
    numbers="real",
    formula=r"\bar{A} = \bigl(\bar{Q} + Q \operatorname{copyltu}(R \bar{R}^{\top} - \bar{Q}^{\top}"
    r" Q)\bigr) R^{-\top}",
    also="torch.qr T.qr np.linalg.qr jnp.linalg.qr jsp.linalg.qr sp.linalg.qr",
    definition=r"A = Q R, \quad Q^{\top} Q = 1",
    tangent=r"\dot{R} = (C - \Omega) R, \quad \dot{Q} = \dot{A} R^{-1} - Q (C - \Omega), \quad C "
    r"= Q^{\top} \dot{A} R^{-1}, \; \Omega \text{ skew with its lower half}",
)  # fmt: skip
