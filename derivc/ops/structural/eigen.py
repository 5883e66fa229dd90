r"""Eigenvalues and eigenvectors of any square matrix; both are complex.

Formulas: C. Boeddeker et al., "On the computation of complex-valued gradients with application to
statistically optimum beamforming" (2017), with the vectors kept at length 1.
"""

from __future__ import annotations

from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structural.spectral import Eigen
from derivc.ops.structure import composite, structural


def _eig(xp: Any, x: Any) -> Eigen:
    values, vectors = xp.linalg.eig(x)
    whole = xp.result_type(x.dtype, xp.complex64)
    return Eigen(values.astype(whole), vectors.astype(whole))


def _adjoint(F: Any, x: Any) -> Any:
    return transposed(F, F.conj(x))


def _gaps(F: Any, values: Any) -> Any:
    """λ_j - λ_i off the diagonal, 1 on it."""
    return F.unsqueeze(values, -2) - F.unsqueeze(values, -1) + F.eye(values.shape[-1], values)


def _parts(F: Any, v: Any, moved: Any) -> Any:
    """What moves along the vectors themselves: real, for they keep their length."""
    along = F.real(F.diagonal(moved, 0, -2, -1))
    return F.matmul(_adjoint(F, v), v) * F.unsqueeze(F.complex(along, along * 0), -2)


def _eig_vjp(F: Any, g: Any, y: Any) -> Any:
    gl, gv = g
    values, v = y
    turned, eye = F.matmul(_adjoint(F, v), gv), F.eye(values.shape[-1], values)
    inner = (turned - _parts(F, v, turned)) / F.conj(_gaps(F, values))
    inner = inner * (1 - eye) + eye * F.unsqueeze(gl, -1)
    return F.solve(_adjoint(F, v), F.matmul(inner, _adjoint(F, v)))


def _eig_jvp(F: Any, t: Any, y: Any) -> Any:
    values, v = y
    inner = F.solve(v, F.matmul(t + F.constant(v) * 0, v))
    moved = F.matmul(v, inner * (1 - F.eye(values.shape[-1], values)) / _gaps(F, values))
    along = F.real(F.diagonal(F.matmul(_adjoint(F, v), moved), 0, -2, -1))
    return (
        F.diagonal(inner, 0, -2, -1),
        moved - v * F.unsqueeze(F.complex(along, along * 0), -2),
    )


structural(
    "eig", "Eigenvalues and eigenvectors of a matrix, complex; the vectors have length 1.",
    forward=_eig, vjp=_eig_vjp, jvp=_eig_jvp, torch="torch.linalg.eig",
    definition=r"A V = V \operatorname{diag} \lambda, \quad \|v_i\| = 1",
    formula=r"\bar{A} = V^{-H} \bigl(\operatorname{diag} \bar{\lambda} + \overline{E} \circ"
    r" (V^H \bar{V} - V^H V \operatorname{diag} \operatorname{Re} V^H \bar{V})\bigr) V^H,"
    r" \quad E_{ij} = \frac{1}{\lambda_j - \lambda_i}",
    tangent=r"\dot{\lambda} = \operatorname{diag}(M), \quad \dot{V} = V (E \circ M) - V"
    r" \operatorname{diag} \operatorname{Re}(V^H V (E \circ M)), \quad M = V^{-1} \dot{A} V",
    also="np.linalg.eig jnp.linalg.eig sp.linalg.eig",
)  # fmt: skip
composite(
    "eigvals", "Eigenvalues of a matrix, complex.", lambda F, x: F.eig(x)[0],
    torch="torch.linalg.eigvals", definition=r"\det(A - \lambda_i) = 0",
    formula=r"\bar{A} = V^{-H} \operatorname{diag}(\bar{\lambda}) V^H",
    also="np.linalg.eigvals jnp.linalg.eigvals sp.linalg.eigvals",
)  # fmt: skip
