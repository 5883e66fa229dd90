r"""Eigenvalues, singular values and what is made of them, in batches.

Formulas: M. B. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
differentiation" (2008); for the singular value decomposition J. Townsend (2016).
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.errors import UnsupportedError
from derivc.ops.structural.linear import transposed
from derivc.ops.structure import composite, structural

Eigen = namedtuple("Eigen", ["eigenvalues", "eigenvectors"])  # noqa: PYI024  as PyTorch's results
Svd = namedtuple("Svd", ["U", "S", "Vh"])  # noqa: PYI024


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
    also="np.linalg.eigh jnp.linalg.eigh jsp.linalg.eigh sp.linalg.eigh aten._linalg_eigh",
    definition=r"A = V \operatorname{diag}(\lambda) V^{\top}, \quad V^{\top} V = 1",
    tangent=r"\dot{\lambda} = \operatorname{diag} M, \quad \dot{V} = V (F \circ M), \quad M = "
    r"V^{\top} \dot{A} V",
)  # fmt: skip
composite(
    "eigvalsh", "Eigenvalues of a symmetric matrix.", lambda F, x: F.eigh(x)[0],
    torch="torch.linalg.eigvalsh",
    formula=r"\bar{A} = V \operatorname{diag}(\bar{\lambda}) V^{\top}",
    also="np.linalg.eigvalsh jnp.linalg.eigvalsh sp.linalg.eigvalsh",
    definition=r"A v_i = \lambda_i v_i",
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
    also="torch.svd T.svd np.linalg.svd jnp.linalg.svd jsp.linalg.svd sp.linalg.svd "
    "aten._linalg_svd",
    definition=r"A = U \operatorname{diag}(s) V^{\top}, \quad U^{\top} U = V^{\top} V = 1",
    tangent=r"\dot{s} = \operatorname{diag} M, \quad \dot{U} = U \bigl(F \circ (M S + S "
    r"M^{\top})\bigr) + \dots, \quad \dot{V} = V \bigl(F \circ (S M + M^{\top} S)\bigr) "
    r"+ \dots, \quad M = U^{\top} \dot{A} V",
)  # fmt: skip
composite(
    "svdvals", "The singular values.", lambda F, x: F.svd(x)[1], torch="torch.linalg.svdvals",
    formula=r"\bar{A} = U \operatorname{diag}(\bar{s}) V^{\top}",
    also="np.linalg.svdvals jnp.linalg.svdvals sp.linalg.svdvals",
    definition=r"s_i = \sqrt{\lambda_i(A^{\top} A)}",
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
    also="np.linalg.pinv jnp.linalg.pinv sp.linalg.pinv",
    definition=r"Y = A^{+}: \quad A Y A = A, \; Y A Y = Y, \; A Y \text{ and } Y A \text{ "
    r"symmetric}",
    tangent=r"\dot{Y} = -Y \dot{A} Y + Y Y^{\top} \dot{A}^{\top} (1 - A Y) + (1 - Y A) "
    r"\dot{A}^{\top} Y^{\top} Y",
)  # fmt: skip
