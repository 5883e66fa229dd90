"""Norms, determinants, inverses and solutions of small systems, written out."""

from __future__ import annotations

import math
from functools import cache, reduce
from typing import Any

import numpy as np

from derivc.errors import TraceError
from derivc.symbolic.tracing.array import TracedArray, plain, wrap

_LARGEST = 12


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
        return _matrix_norm(np.abs(x), ord)
    return _vector_norm(np.abs(x), ord, {"axis": axis, "keepdims": keepdims})


def _vector_norm(size: Any, order: Any, how: dict[str, Any]) -> Any:
    if order in (math.inf, -math.inf):
        return (np.max if order > 0 else np.min)(size, **how)
    if order == 1:
        return np.sum(size, **how)
    if order == 0:
        return np.sum((size != 0) * 1.0, **how)
    return np.sum(size**order, **how) ** (1.0 / order)


def _matrix_norm(size: Any, order: Any) -> Any:
    if order in (1, math.inf):
        return np.max(np.sum(size, axis=0 if order == 1 else 1))
    raise TraceError(f"np.linalg.norm of a matrix with ord={order!r} is not traced; use ord=None")


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
    """The inverse: the adjugate over the determinant."""
    a = _array(a)
    whole, n = det(a), len(a)
    made = np.empty((n, n), object)
    for i in range(n):
        for j in range(n):
            rest = np.delete(np.delete(plain(a), i, 0), j, 1)
            made[j, i] = (-1) ** (i + j) * det(rest.view(TracedArray)) / whole
    return wrap(made)


def solve(a: Any, b: Any) -> Any:
    """The solution of a x = b: constants are factored by NumPy, traced matrices are inverted."""
    from derivc.symbolic.tracing.ufuncs import has_tracer

    constant = a if not has_tracer(a) else None
    inverse = inv(a) if constant is None else np.linalg.inv(np.asarray(constant, dtype=float))
    return wrap(np.dot(plain(inverse), plain(_array(b))))


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
