r"""The exponential of a matrix: scaling, a Padé approximant, squaring.

N. J. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005).
"""

from __future__ import annotations

from math import ceil, log2
from typing import Any

from derivc.ops.structural.linear import transposed
from derivc.ops.structure import structural

_PADE = (
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
    10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
)  # fmt: skip
_LARGEST = 5.371920351148152
"""The 1-norm up to which the approximant of degree 13 is right to double precision."""


def _scalings(xp: Any, x: Any) -> int:
    """How often the matrices are halved."""
    size = float(xp.max(xp.sum(xp.abs(x), axis=-2), initial=0.0))
    return max(0, ceil(log2(size / _LARGEST))) if 0 < size < float("inf") else 0


def _matrix_exp(xp: Any, x: Any) -> Any:
    times = _scalings(xp, x)
    a = x / 2.0**times
    eye = xp.broadcast_to(xp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    squares = [eye, xp.matmul(a, a)]
    squares += [xp.matmul(squares[1], squares[1])]
    squares += [xp.matmul(squares[1], squares[2])]
    odd = xp.matmul(a, _half(xp, squares, _PADE[1::2]))
    even = _half(xp, squares, _PADE[::2])
    found = xp.linalg.solve(even - odd, even + odd)
    for _ in range(times):
        found = xp.matmul(found, found)
    return found.astype(x.dtype)


def _half(xp: Any, squares: list[Any], c: tuple[int, ...]) -> Any:
    """A polynomial of degree 6 in the square, from the squares' powers 0 to 3."""
    low = sum(float(c[i]) * squares[i] for i in range(4))
    high = sum(float(c[3 + i]) * squares[i] for i in range(1, 4))
    return low + xp.matmul(squares[3], high)


def _frechet(F: Any, a: Any, t: Any) -> Any:
    """The derivative of exp at a along t: that of a block matrix holds it above the diagonal."""
    n = a.shape[-1]
    above, below = F.cat([a, t], -1), F.cat([a * 0, a], -1)
    whole = F.matrix_exp(F.cat([above, below], -2))
    return F.narrow(F.narrow(whole, -2, 0, n), -1, n, n)


structural(
    "matrix_exp", "The exponential of a matrix.", forward=_matrix_exp,
    vjp=lambda F, g, x: _frechet(F, transposed(F, x), g),
    torch="torch.linalg.matrix_exp",
    jvp=lambda F, t, x: _frechet(F, x, t),
    numbers="holomorphic",
    formula=r"\bar{A} = \left[\exp \begin{pmatrix} A^{\top} & \bar{Y} \\ 0 & A^{\top}"
    r" \end{pmatrix}\right]_{12}",
    also="torch.matrix_exp T.matrix_exp",
    definition=r"Y = e^A = \textstyle\sum_k A^k / k!",
    tangent=r"\dot{Y} = \left[\exp \begin{pmatrix} A & \dot{A} \\ 0 & A \end{pmatrix}\right]_{12}",
)  # fmt: skip
