"""Constant sparse matrices of `scipy.sparse` times traced vectors: only what is stored counts."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import wraps
from typing import Any, final

import numpy as np

from derivc.symbolic.tracing import linear_algebra, provenance
from derivc.symbolic.tracing.array import TracedArray, is_constant, plain
from derivc.symbolic.tracing.numpy_functions import as_array, from_nested
from derivc.symbolic.tracing.ufuncs import has_tracer


def of(value: Any) -> Any:
    """What stands in for a sparse matrix, or for a function that makes or takes one; or None."""
    module, name = provenance.of(value)
    if module.startswith("scipy.sparse.linalg"):
        return _SOLVERS.get(name)
    if not module.startswith("scipy.sparse"):
        return None
    if _is_sparse(value):
        return Sparse(value)
    return _over_natives(value) if name and not name.startswith("_") else None


def _is_sparse(value: Any) -> bool:
    return not isinstance(value, type) and hasattr(value, "tocsr") and hasattr(value, "nnz")


def _wrapped(value: Any) -> Any:
    return Sparse(value) if _is_sparse(value) else value


def _native(value: Any) -> Any:
    if isinstance(value, Sparse):
        return value.native
    if isinstance(value, list | tuple):
        return type(value)(map(_native, value))
    constant = isinstance(value, TracedArray) and is_constant(plain(value))
    return np.array(value.tolist()) if constant else value


def _over_natives(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `scipy.sparse` that takes and gives stand-ins."""

    @wraps(function, updated=())
    def call(*args: Any, **named: Any) -> Any:
        named = {key: _native(value) for key, value in named.items()}
        return _wrapped(function(*map(_native, args), **named))

    return call


def _operator(name: str, swapped: bool = False) -> Callable[..., Any]:
    """An operator of the matrix itself; of its dense form where the other side is traced."""
    apply = getattr(operator, name)

    def method(self: Sparse, other: Any) -> Any:
        mine: Any = as_array(self.native.toarray()) if has_tracer(other) else self.native
        pair = (mine, _native(other))
        return _wrapped(apply(*(pair[::-1] if swapped else pair)))

    return method


@final
class Sparse:
    """A constant sparse matrix.

    Args:
        native: SciPy's own.
    """

    __array_ufunc__ = None  # arrays leave operators with it to it

    def __init__(self, native: Any):
        self.native = native

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.native, name)
        return _over_natives(found) if callable(found) else _wrapped(found)

    def __matmul__(self, other: Any) -> Any:
        if not has_tracer(other):
            return _wrapped(self.native @ _native(other))
        rows, columns = self.native.tocsr(), as_array(other)
        pairs = zip(rows.indptr[:-1], rows.indptr[1:], strict=True)
        kept = [(rows.data[a:b].tolist(), rows.indices[a:b]) for a, b in pairs]
        zero = 0.0 * columns[0]
        return from_nested([sum((v * columns[i] for v, i in zip(*row, strict=True)), zero)
                            for row in kept])  # fmt: skip

    dot = __matmul__

    def __rmatmul__(self, other: Any) -> Any:
        if not has_tracer(other):
            return _wrapped(_native(other) @ self.native)
        return (Sparse(self.native.T) @ as_array(other).T).T

    def __mul__(self, other: Any) -> Any:
        from scipy.sparse import spmatrix

        if isinstance(self.native, spmatrix) and np.ndim(other):
            return self @ other
        return _operator("mul")(self, other)

    def __rmul__(self, other: Any) -> Any:
        from scipy.sparse import spmatrix

        if isinstance(self.native, spmatrix) and np.ndim(other):
            return other @ self
        return _operator("mul", swapped=True)(self, other)

    def __getitem__(self, key: Any) -> Any:
        return _wrapped(self.native[key])

    def __neg__(self) -> Sparse:
        return Sparse(-self.native)

    __add__, __radd__ = _operator("add"), _operator("add", swapped=True)
    __sub__, __rsub__ = _operator("sub"), _operator("sub", swapped=True)
    __truediv__ = _operator("truediv")


def _solve(a: Any, b: Any, *rest: Any, **named: Any) -> Any:
    """`scipy.sparse.linalg.spsolve`, by the dense matrix."""
    return linear_algebra.solve(_native(a).toarray(), b)


_SOLVERS: dict[str, Callable[..., Any]] = {
    "spsolve": _solve, "factorized": lambda a: lambda b: _solve(a, b),
}  # fmt: skip
