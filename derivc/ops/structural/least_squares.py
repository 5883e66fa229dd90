r"""Least squares: the solution of A X = B that is nearest, and the shortest of these.

With P the pseudoinverse, X = P B. Its derivative is that of P: G. H. Golub and V. Pereyra, "The
differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate"
(1973). It holds where the rank of A does not change nearby.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.errors import InputTypeError, ShapeError
from derivc.ops.structural.linear import transposed
from derivc.ops.structure import structural

Lstsq = namedtuple("Lstsq", ["solution", "residuals", "rank", "singular_values"])  # noqa: PYI024

_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def _is_vectors(a: Any, b: Any) -> bool:
    """Whether the right sides are vectors: one per matrix."""
    return len(a) - 1 == len(b) and tuple(a[:-1]) == tuple(b)


def _checked(a: Any, b: Any, driver: str | None) -> str:
    if driver is not None and driver not in _DRIVERS:
        raise InputTypeError(
            f"lstsq: parameter `driver` should be one of ({', '.join(_DRIVERS)}), got {driver!r}"
        )
    rows = b.shape[-1] if _is_vectors(a.shape, b.shape) else b.shape[-2] if b.ndim > 1 else -1
    if a.ndim < 2 or rows != a.shape[-2]:
        raise ShapeError(
            f"lstsq of A {tuple(a.shape)} and B {tuple(b.shape)}: expected (..., m, n) and (...,"
            " m, k), or (..., m) with the same leading dimensions"
        )
    return driver or "gelsy"


def _lstsq(xp: Any, a: Any, b: Any, rcond: float | None = None, driver: str | None = None) -> Any:
    """By singular values: those up to `rcond` times the largest count as zero."""
    driver = _checked(a, b, driver)
    vectors = _is_vectors(a.shape, b.shape)
    right = b[..., None] if vectors else b
    u, s, vh = xp.linalg.svd(a, full_matrices=False)
    least = max(a.shape[-2:]) * xp.finfo(s.dtype).eps if rcond is None else rcond
    counted = s > least * xp.max(s, axis=-1, keepdims=True, initial=0.0)
    inverse = xp.where(counted, 1 / xp.where(counted, s, 1), 0).astype(s.dtype)
    x = xp.matmul(_adjoint(xp, vh), inverse[..., None] * xp.matmul(_adjoint(xp, u), right))
    rank = xp.sum(counted, axis=-1)
    full = driver != "gelsy" and a.shape[-2] > a.shape[-1] and bool(xp.all(rank == a.shape[-1]))
    none = xp.zeros((0,), s.dtype)
    residuals = xp.sum(xp.abs(right - xp.matmul(a, x)) ** 2, axis=-2) if full else none
    rank = xp.zeros((0,), rank.dtype) if driver == "gels" else xp.asarray(rank)
    values = s if driver in ("gelsd", "gelss") else none
    return Lstsq(x[..., 0] if vectors else x, residuals, rank, values)


def _adjoint(xp: Any, x: Any) -> Any:
    return xp.conj(xp.swapaxes(x, -1, -2))


def _inverse(F: Any, a: Any, rcond: float | None) -> Any:
    """The pseudoinverse to the same rank: the solutions for all unit vectors."""
    return F.lstsq(a, F.eye(a.shape[-2], a), rcond)[0]


def _columns(F: Any, a: Any, b: Any, *solutions: Any) -> tuple[Any, ...]:
    """Right sides and solutions as matrices."""
    vectors = _is_vectors(a.shape, b.shape)
    return tuple(F.unsqueeze(t, -1) if vectors else t for t in (b, *solutions))


def _lstsq_vjp(F: Any, g: Any, a: Any, b: Any, y: Any, rcond: float | None) -> tuple[Any, Any]:
    """With Z = Pᵀ X̄ and R = B - A X; the squares of R add 2 R r̄, which A' X takes away again."""
    right, x, gx = _columns(F, a, b, y[0], g[0])
    p, rest = _inverse(F, a, rcond), right - F.matmul(a, x)
    z = F.matmul(transposed(F, p), gx)
    left = F.matmul(rest, transposed(F, F.matmul(p, z))) - F.matmul(z, transposed(F, x))
    beside = gx - F.matmul(transposed(F, a), z)
    left = left + F.matmul(F.matmul(transposed(F, p), x), transposed(F, beside))
    if y[1].shape != (0,):
        more = rest * F.unsqueeze(g[1], -2) * 2
        z, left = z + more, left - F.matmul(more, transposed(F, x))
    found = F.squeeze(z, -1) if _is_vectors(a.shape, b.shape) else z
    return F.sum_to(left, tuple(a.shape)), F.sum_to(found, tuple(b.shape))


def _left_jvp(F: Any, t: Any, a: Any, b: Any, y: Any, rcond: float | None) -> Any:
    """X' = P (-A' X) + P Pᵀ A'ᵀ R + (1 - P A) A'ᵀ Pᵀ X."""
    right, x = _columns(F, a, b, y[0])
    p, rest = _inverse(F, a, rcond), right - F.matmul(a, x)
    turned, moved = transposed(F, t), -F.matmul(t, x)
    across = F.matmul(turned, F.matmul(transposed(F, p), x))
    inner = moved + F.matmul(transposed(F, p), F.matmul(turned, rest)) - F.matmul(a, across)
    return _answers(F, a, b, y, across + F.matmul(p, inner), rest * moved)


def _right_jvp(F: Any, t: Any, a: Any, b: Any, y: Any, rcond: float | None) -> Any:
    """X' = P B'."""
    right, x, moved = _columns(F, a, b, y[0], t)
    found = F.matmul(_inverse(F, a, rcond), moved)
    return _answers(F, a, b, y, found, (right - F.matmul(a, x)) * moved)


def _answers(F: Any, a: Any, b: Any, y: Any, found: Any, products: Any) -> tuple[Any, ...]:
    """The tangents of all results: the squares of R move by 2 R R'."""
    squares = None if y[1].shape == (0,) else F.sum(products * 2, -2)
    vectors = _is_vectors(a.shape, b.shape)
    return F.squeeze(found, -1) if vectors else found, squares, None, None


structural(
    "lstsq", "The least-squares solution of A X = B: the shortest, where several are as near.",
    forward=_lstsq, vjp=_lstsq_vjp, jvp=(_left_jvp, _right_jvp), tensors=["a", "b"],
    constants=(2, 3), torch="torch.linalg.lstsq",
    numbers="real",
    formula=r"\bar{B} = P^{\top} \bar{X}, \quad \bar{A} = -\bar{B} X^{\top} + (B - A X)"
    r" (P \bar{B})^{\top} + P^{\top} X (\bar{X} - A^{\top} \bar{B})^{\top}, \quad P = A^{+}",
    also="np.linalg.lstsq jnp.linalg.lstsq sp.linalg.lstsq",
    definition=r"X = A^{+} B: \quad \|A X - B\| \text{ least, then } \|X\| \text{ least}",
    tangent=r"\dot{X} = P (\dot{B} - \dot{A} X) + P P^{\top} \dot{A}^{\top} R + (1 - P A) "
    r"\dot{A}^{\top} P^{\top} X, \quad R = B - A X",
)  # fmt: skip
