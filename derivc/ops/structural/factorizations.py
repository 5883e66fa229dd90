r"""Inverses, determinants, solutions and factorizations of matrices, in batches.

Formulas: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008); for the singular value decomposition J. Townsend (2016).
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.errors import UnsupportedError
from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite, structural

Signed = namedtuple("Signed", ["sign", "logabsdet"])  # noqa: PYI024  as PyTorch's results
Eigen = namedtuple("Eigen", ["eigenvalues", "eigenvectors"])  # noqa: PYI024
Svd = namedtuple("Svd", ["U", "S", "Vh"])  # noqa: PYI024
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
)  # fmt: skip


def _det_vjp(F: Any, g: Any, x: Any) -> Any:
    """By cofactors, which stay finite where the matrix is singular."""
    return _as_matrix(F, g) * F.cofactors(x)


structural(
    "det", "The determinant of a matrix.", forward=lambda xp, x: xp.linalg.det(x), vjp=_det_vjp,
    torch="torch.linalg.det", jvp=lambda F, t, x: F.sum(F.cofactors(x) * t, (-2, -1)),
    numbers="holomorphic", formula=r"\bar{A} = \bar{y} \operatorname{cof} A",
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
    formula="by det and inv",
)  # fmt: skip
structural(
    "slogdet", "The sign of the determinant, and the logarithm of its size.",
    forward=lambda xp, x: Signed(*xp.linalg.slogdet(x)), torch="torch.linalg.slogdet",
    vjp=lambda F, g, x: _as_matrix(F, g[1]) * transposed(F, F.inv(x)),
    jvp=lambda F, t, x: (None, F.sum(transposed(F, F.inv(x)) * t, (-2, -1))),
    numbers="real", formula=r"\bar{A} = \bar{y} A^{-\top}",
)  # fmt: skip
composite(
    "logdet", "The logarithm of the determinant.",
    lambda F, x: _logdet(F, x), torch="torch.logdet", formula=r"\bar{A} = \bar{y} A^{-\top}",
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
)  # fmt: skip


def _gaps(F: Any, values: Any) -> Any:
    """1/(λ_j - λ_i) off the diagonal, 0 on it."""
    gap = F.unsqueeze(values, -2) - F.unsqueeze(values, -1)
    eye = F.eye(values.shape[-1], values)
    return (1 - eye) / (gap + eye)


def _eigh_vjp(F: Any, g: Any, y: Any) -> Any:
    gl, gv = g
    values, v = y
    inner = F.eye(values.shape[-1], values) * F.unsqueeze(gl, -1)
    turned = F.matmul(transposed(F, v), gv)
    if F.any_nonzero(gv):
        inner = inner + _gaps(F, values) * turned
    return F.matmul(v, F.matmul(inner, transposed(F, v)))


def _eigh_jvp(F: Any, t: Any, y: Any) -> Any:
    values, v = y
    inner = F.matmul(transposed(F, v), F.matmul(t, v))
    return F.diagonal(inner, 0, -2, -1), F.matmul(v, _gaps(F, values) * inner)


structural(
    "eigh", "Eigenvalues and eigenvectors of a symmetric matrix; the lower half is read.",
    forward=lambda xp, x: Eigen(*xp.linalg.eigh(x)), vjp=_eigh_vjp, torch="torch.linalg.eigh",
    jvp=_eigh_jvp,
    numbers="real",
    formula=r"\bar{A} = V \bigl(\operatorname{diag} \bar{\lambda} + F \circ V^{\top} \bar{V}\bigr)"
    r" V^{\top}, \quad F_{ij} = \frac{1}{\lambda_j - \lambda_i}",
)  # fmt: skip
composite(
    "eigvalsh", "Eigenvalues of a symmetric matrix.", lambda F, x: F.eigh(x)[0],
    torch="torch.linalg.eigvalsh", formula="by eigh",
)  # fmt: skip


def _svd(xp: Any, x: Any, full_matrices: bool) -> Any:
    if full_matrices and x.shape[-1] != x.shape[-2]:
        raise UnsupportedError(
            "the full singular vectors of a matrix that is not square have no derivative: the"
            " additional ones are not determined; use full_matrices=False"
        )
    return Svd(*xp.linalg.svd(x, full_matrices=False))


def _refuse_complex(x: Any) -> None:
    if x.dtype.kind == "c":
        raise UnsupportedError(
            "svd: the derivatives of complex singular vectors are not known; those of the singular"
            " values are, by .backward()"
        )


def _svd_vjp(F: Any, g: Any, y: Any) -> Any:
    gu, gs, gvh = g
    u, s, vh = y
    inner = F.eye(s.shape[-1], s) * F.unsqueeze(gs, -1)
    if F.any_nonzero(gu) or F.any_nonzero(gvh):
        _refuse_complex(u)
        inner = inner + _svd_vectors(F, gu, gvh, u, s, vh)
    found = F.matmul(u, F.matmul(inner, vh))
    return found + _svd_outside(F, gu, gvh, u, s, vh)


def _svd_vectors(F: Any, gu: Any, gvh: Any, u: Any, s: Any, vh: Any) -> Any:
    """What the singular vectors add: F ∘ skew(Uᵀ Ū) S + S F ∘ skew(Vᵀ V̄), F = 1/(s_j² - s_i²)."""
    f = _gaps(F, s * s)
    left, right = F.matmul(transposed(F, u), gu), F.matmul(vh, transposed(F, gvh))
    row, column = F.unsqueeze(s, -2), F.unsqueeze(s, -1)
    left, right = left - transposed(F, left), right - transposed(F, right)
    return f * left * row + column * (f * right)


def _svd_outside(F: Any, gu: Any, gvh: Any, u: Any, s: Any, vh: Any) -> Any:
    """What lies outside the spans of the singular vectors of a matrix that is not square."""
    found: Any = 0
    if u.shape[-2] > u.shape[-1] and F.any_nonzero(gu):
        across = gu - F.matmul(u, F.matmul(transposed(F, u), gu))
        found = found + F.matmul(across / F.unsqueeze(s, -2), vh)
    if vh.shape[-1] > vh.shape[-2] and F.any_nonzero(gvh):
        across = gvh - F.matmul(F.matmul(gvh, transposed(F, vh)), vh)
        found = found + F.matmul(u / F.unsqueeze(s, -2), across)
    return found


def _svd_jvp(F: Any, t: Any, y: Any) -> Any:
    """With M = Uᵀ A' V: s' = diag M, U' and V' by F ∘ (M S + S Mᵀ) and F ∘ (S M + Mᵀ S)."""
    u, s, vh = y
    _refuse_complex(u)
    m = F.matmul(transposed(F, u), F.matmul(t, transposed(F, vh)))
    f, row, column = _gaps(F, s * s), F.unsqueeze(s, -2), F.unsqueeze(s, -1)
    du = F.matmul(u, f * (m * row + column * transposed(F, m)))
    dv = F.matmul(transposed(F, f * (column * m + transposed(F, m) * row)), vh)
    more_u, more_v = _svd_outside_jvp(F, t, u, s, vh)
    return du + more_u, F.diagonal(m, 0, -2, -1), dv + more_v


def _svd_outside_jvp(F: Any, t: Any, u: Any, s: Any, vh: Any) -> Any:
    """What moves out of the spans of the singular vectors of a matrix that is not square."""
    up: Any = 0
    across: Any = 0
    if u.shape[-2] > u.shape[-1]:
        moved = F.matmul(t, transposed(F, vh))
        up = (moved - F.matmul(u, F.matmul(transposed(F, u), moved))) / F.unsqueeze(s, -2)
    if vh.shape[-1] > vh.shape[-2]:
        moved = F.matmul(transposed(F, u), t)
        across = (moved - F.matmul(F.matmul(moved, transposed(F, vh)), vh)) / F.unsqueeze(s, -1)
    return up, across


structural(
    "svd", "A = U diag(S) Vh, the reduced singular value decomposition.",
    forward=lambda xp, x, full_matrices=False: _svd(xp, x, full_matrices), vjp=_svd_vjp,
    torch="torch.linalg.svd",
    jvp=_svd_jvp,
    formula=r"\bar{A} = U \bigl(\operatorname{diag} \bar{s} + (F \circ \operatorname{skew} U^{\top}"
    r" \bar{U}) S + S (F \circ \operatorname{skew} V^{\top} \bar{V})\bigr) V^{\top} + \dots,"
    r" \quad F_{ij} = \frac{1}{s_j^2 - s_i^2}",
)  # fmt: skip
composite(
    "svdvals", "The singular values.", lambda F, x: F.svd(x)[1], torch="torch.linalg.svdvals",
    formula="by svd",
)  # fmt: skip


def _pinv_vjp(F: Any, g: Any, x: Any, y: Any) -> Any:
    """Golub and Pereyra (1973): three terms, two of which vanish for square regular matrices."""
    gt = transposed(F, g)
    yt = transposed(F, y)
    inner = -F.matmul(yt, F.matmul(g, yt))
    right = F.matmul(F.matmul(gt - F.matmul(x, F.matmul(y, gt)), y), yt)
    left = F.matmul(F.matmul(yt, y), gt - F.matmul(F.matmul(gt, y), x))
    return inner + right + left


def _pinv_jvp(F: Any, t: Any, x: Any, y: Any) -> Any:
    yt, tt = transposed(F, y), transposed(F, t)
    inner = -F.matmul(y, F.matmul(t, y))
    left = F.matmul(F.matmul(y, yt), tt - F.matmul(tt, F.matmul(x, y)))
    right = F.matmul(tt - F.matmul(y, F.matmul(x, tt)), F.matmul(yt, y))
    return inner + left + right


structural(
    "pinv", "The pseudoinverse of a matrix; its rank must not change nearby.",
    forward=lambda xp, x: xp.linalg.pinv(x), vjp=_pinv_vjp, torch="torch.linalg.pinv",
    jvp=_pinv_jvp,
    numbers="real",
    formula=r"\bar{A} = -Y^{\top} \bar{Y} Y^{\top} + (\bar{Y}^{\top} - A Y \bar{Y}^{\top}) Y"
    r" Y^{\top} + Y^{\top} Y (\bar{Y}^{\top} - \bar{Y}^{\top} Y A)",
)  # fmt: skip
