"""Norms, determinants, inverses and solutions of small systems, written out."""

from __future__ import annotations

import math
from functools import cache, reduce
from typing import Any

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.array import TracedArray, is_constant, plain, wrap

_LARGEST = 12
_SMALL = 3


def _array(value: Any) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array

    return as_array(value)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    """The vector norm of any order; of a matrix the Frobenius norm, or the order 1 or infinity."""
    x = _array(x)
    x = np.abs(x) if x.dtype.kind == "c" else x
    if ord in (None, "fro") or (ord == 2 and (x.ndim == 1 or isinstance(axis, int))):
        return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))
    if axis is None and x.ndim == 2:
        return _matrix_norm(x, ord)
    return _vector_norm(np.abs(x), ord, {"axis": axis, "keepdims": keepdims})


def _vector_norm(size: Any, order: Any, how: dict[str, Any]) -> Any:
    if order in (math.inf, -math.inf):
        return (np.max if order > 0 else np.min)(size, **how)
    if order == 1:
        return np.sum(size, **how)
    if order == 0:
        return np.sum((size != 0) * 1.0, **how)
    return np.sum(size**order, **how) ** (1.0 / order)


def _matrix_norm(x: Any, order: Any) -> Any:
    if order in (1, math.inf):
        return np.max(np.sum(np.abs(x), axis=0 if order == 1 else 1))
    if order in (2, -2, "nuc"):
        values = svdvals(x)
        return np.sum(values) if order == "nuc" else values[0 if order == 2 else -1]
    raise TraceError(f"np.linalg.norm of a matrix with ord={order!r} is not traced; use ord=None")


def svdvals(a: Any) -> Any:
    """The singular values of a matrix with at most three rows or columns, descending."""
    a = _array(a)
    square = a @ a.T if a.shape[0] <= a.shape[1] else a.T @ a
    return np.sqrt(np.maximum(eigvalsh(square), 0.0))[::-1]


def eigvalsh(a: Any, *rest: Any, **named: Any) -> Any:
    """The eigenvalues of a symmetric matrix of order 3 at most, ascending; by the lower triangle.

    Order 3 by the cosine of a third of an angle (O. K. Smith, Comm. ACM 4, 1961).

    Raises:
        TraceError: the matrix is larger.
    """
    a = _array(a)
    if len(a) > _SMALL:
        raise TraceError(
            f"the eigenvalues of a traced {len(a)}x{len(a)} matrix have no formula; this step takes"
            " numbers only"
        )
    return wrap(plain(_array([_one, _two, _three][len(a) - 1](plain(a)))))


def _one(a: Any) -> list[Any]:
    return [a[0, 0]]


def _two(a: Any) -> list[Any]:
    middle, reach = (a[0, 0] + a[1, 1]) / 2, np.hypot((a[0, 0] - a[1, 1]) / 2, a[1, 0])
    return [middle - reach, middle + reach]


def _three(a: Any) -> list[Any]:
    middle = (a[0, 0] + a[1, 1] + a[2, 2]) / 3
    b = np.tril(a) + np.tril(a, -1).T - middle * np.eye(3).astype(object)
    reach = np.sqrt(wrap((b * b).sum()) / 6)
    angle = np.arccos(np.clip(det(wrap(b / reach)) / 2, -1.0, 1.0)) / 3
    last, first = (middle + 2 * reach * np.cos(angle + k * math.pi / 3) for k in (0, 2))
    return [first, 3 * middle - first - last, last]


def det(a: Any) -> Any:
    """The determinant of a small matrix, by minors of its first rows, each computed once."""
    rows = plain(_array(a)).tolist()
    if len(rows) > _LARGEST:
        raise TraceError(
            f"the determinant of a traced {len(rows)}x{len(rows)} matrix is not written out;"
            f" the largest is {_LARGEST}x{_LARGEST}"
        )

    @cache
    def minor(row: int, columns: tuple[int, ...]) -> Any:
        if not columns:
            return 1.0
        terms = [
            (-1) ** k * rows[row][c] * minor(row + 1, columns[:k] + columns[k + 1 :])
            for k, c in enumerate(columns)
        ]
        return sum(terms)

    return minor(0, tuple(range(len(rows))))


def slogdet(a: Any) -> Any:
    """Sign and logarithm of the determinant."""
    value = det(a)
    return np.sign(value), np.log(abs(value))


def inv(a: Any) -> Any:
    """The inverse: of small matrices the adjugate over the determinant, else by elimination."""
    a = _array(a)
    if len(a) > _SMALL:
        return solve(a, np.eye(len(a)))
    whole, n = det(a), len(a)
    made = np.empty((n, n), object)
    for i in range(n):
        for j in range(n):
            rest = np.delete(np.delete(plain(a), i, 0), j, 1)
            made[j, i] = (-1) ** (i + j) * det(rest.view(TracedArray)) / whole
    return wrap(made)


def solve(a: Any, b: Any) -> Any:
    """The solution of a x = b: constants are factored by NumPy, traced matrices are eliminated."""
    from derivc.symbolic.tracing.ufuncs import has_tracer

    if not has_tracer(a):
        dtype = complex if np.iscomplexobj(a) else float
        return wrap(np.dot(np.linalg.inv(np.asarray(a, dtype=dtype)), plain(_array(b))))
    if len(a) <= _SMALL:
        return wrap(np.dot(plain(inv(a)), plain(_array(b))))
    return _eliminated(plain(_array(a)).copy(), plain(_array(b)).copy())


def _eliminated(a: Any, b: Any) -> Any:
    """Gauss's elimination; the larger pivot is chosen at every point, as LAPACK does."""
    for k in range(len(a)):
        for i in range(k + 1, len(a)):
            _pivot(a, b, k, i)
        for i in range(k + 1, len(a)):
            if not _is_zero(a[i, k]):
                factor = a[i, k] / a[k, k]
                a[i, k:] = a[i, k:] - factor * a[k, k:]
                b[i] = b[i] - factor * b[k]
    return triangular(a, b, lower=False)


def _pivot(a: Any, b: Any, k: int, i: int) -> None:
    """Exchange rows k and i where the entry below is the larger one."""
    if _is_zero(a[i, k]):
        return
    swap = True if _is_zero(a[k, k]) else abs(a[i, k]) > abs(a[k, k])
    for array in (a, b):
        upper, lower = array[k].copy() if array.ndim > 1 else array[k], array[i]
        array[k], array[i] = _chosen(swap, lower, upper), _chosen(swap, upper, lower)


def _chosen(condition: Any, yes: Any, no: Any) -> Any:
    from derivc.symbolic.tracing.elementwise import choose
    from derivc.symbolic.tracing.ufuncs import elementwise

    return plain(elementwise(choose, [condition, wrap(yes), wrap(no)]))


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value == 0


def triangular(a: Any, b: Any, lower: bool, unit_diagonal: bool = False) -> Any:
    """The solution of a x = b by substitution; only one triangle of the matrix is read."""
    a, x = plain(_array(a)), plain(_array(b)).copy()
    order = range(len(a)) if lower else range(len(a) - 1, -1, -1)
    done: list[int] = []
    for i in order:
        for k in done:
            if not _is_zero(a[i, k]):
                x[i] = x[i] - a[i, k] * x[k]
        x[i] = x[i] if unit_diagonal else x[i] / a[i, i]
        done.append(i)
    return wrap(x)


def pinv(a: Any, *rest: Any, **named: Any) -> Any:
    """The pseudo-inverse of a matrix of full rank, by the normal equations."""
    a = _array(a)
    if a.shape[0] < a.shape[1]:
        return pinv(a.T).T
    return solve(a.T @ a, a.T)


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None,
            cov: Any = False) -> Any:  # fmt: skip
    """`np.polyfit`: the coefficients of the least-squares polynomial, highest power first.

    Raises:
        TraceError: more than the coefficients is asked for.
    """
    if full or cov:
        raise TraceError("np.polyfit is traced for its coefficients only, without full= and cov=")
    x = _array(x)
    powers = np.stack([x**k for k in range(int(deg), -1, -1)], axis=-1)
    y = _array(y)
    if w is not None:
        w = _array(w)
        powers, y = powers * w[:, np.newaxis], (y.T * w).T
    return lstsq(_settled(powers), y)[0]


def _settled(a: Any) -> Any:
    """A constant array of objects as one of floats."""
    return np.array(plain(a), dtype=float) if is_constant(plain(a)) else a


def lstsq(a: Any, b: Any, *rest: Any, **named: Any) -> Any:
    """The least-squares solution of a system of full rank; residuals; rank; no singular values."""
    from derivc.symbolic.tracing.ufuncs import has_tracer

    inverse = pinv(a) if has_tracer(a) else np.linalg.pinv(np.asarray(a, float))
    a, b = _array(a), _array(b)
    x = wrap(np.dot(plain(inverse), plain(b)))
    left = np.sum((a @ x - b) ** 2, axis=0)
    return x, np.atleast_1d(left), min(a.shape), np.ones(min(a.shape))


def cholesky(a: Any, upper: bool = False) -> Any:
    """The triangular factor of a symmetric positive definite matrix, row by row."""
    a = plain(_array(a))
    made = np.zeros(a.shape).astype(object)
    for i in range(len(a)):
        for j in range(i + 1):
            rest = a[i, j] - sum(made[i, k] * made[j, k] for k in range(j))
            made[i, j] = np.sqrt(rest) if i == j else rest / made[j, j]
    return wrap(made.T if upper else made)


def matrix_power(a: Any, n: int) -> Any:
    """The n-th power of a square matrix, n >= 0."""
    a = plain(_array(a))
    eye = np.eye(len(a)).astype(object)
    return wrap(reduce(np.dot, [a] * n, eye) if n else eye)


def multi_dot(arrays: Any, **named: Any) -> Any:
    """The product of several matrices, left to right."""
    return wrap(reduce(np.dot, [plain(_array(a)) for a in arrays]))
