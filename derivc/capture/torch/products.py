"""ATen operations of linear algebra, written out for the fixed shapes at hand."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.capture.elements import dot, each, objects, reduced, total
from derivc.symbolic.tracing import linear_algebra
from derivc.symbolic.tracing.array import TracedArray

Function = Callable[..., Any]
Array = Any


def _plus(x: Array, product: Array, beta: Any, alpha: Any) -> Array:
    """beta x + alpha product."""
    scaled = each(operator.mul, product, alpha) if alpha != 1 else product
    if beta == 0:
        return scaled
    return each(operator.add, each(operator.mul, x, beta) if beta != 1 else x, scaled)


def _added(x: Array, a: Array, b: Array, *, beta: Any = 1, alpha: Any = 1) -> Array:
    return _plus(x, dot(a, b), beta, alpha)


def _summed(x: Array, a: Array, b: Array, *, beta: Any = 1, alpha: Any = 1) -> Array:
    return _plus(x, dot(a, b).sum(axis=0), beta, alpha)


def _outer(a: Array, b: Array) -> Array:
    return each(operator.mul, a[:, None], b[None, :])


def _linear(x: Array, weight: Array, bias: Any = None) -> Array:
    found = dot(x, weight.T)
    return found if bias is None else each(operator.add, found, bias)


def _trilinear(a: Array, b: Array, c: Array, expand1: Any, expand2: Any, expand3: Any,
               sumdim: Any, unroll_dim: int = 1) -> Array:  # fmt: skip
    """The product of three arrays, each with new dimensions, summed: what bilinear is made of."""
    del unroll_dim
    grown = [
        np.expand_dims(x, tuple(dims)) for x, dims in ((a, expand1), (b, expand2), (c, expand3))
    ]
    product = each(operator.mul, each(operator.mul, grown[0], grown[1]), grown[2])
    return reduced(total, product, list(sumdim)) if len(sumdim) else product


def _cross(a: Array, b: Array, *, dim: int = -1) -> Array:
    a, b = (np.moveaxis(v, dim, 0) for v in np.broadcast_arrays(a, b))
    turned = [a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3] for i in range(3)]
    return np.moveaxis(np.stack([objects(t) for t in turned]), 0, dim)


def _of_matrix(function: Function) -> Function:
    """A function of one matrix, for stacks of matrices too."""

    def apply(a: Array, *rest: Any, **named: Any) -> Array:
        stack = a.reshape(-1, *a.shape[-2:])
        found = [objects(function(m.view(TracedArray), *rest)) for m in stack]
        return np.stack(found).reshape((*a.shape[:-2], *found[0].shape))

    return apply


def _solved(a: Array, b: Array) -> Array:
    if a.ndim > 2:
        flat = zip(a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[a.ndim - 2 :]), strict=True)
        return np.stack([_solved(m, v) for m, v in flat]).reshape(b.shape)
    return objects(linear_algebra.solve(a.view(TracedArray), b.view(TracedArray)))


_DET, _INV = _of_matrix(linear_algebra.det), _of_matrix(linear_algebra.inv)


def _no_error() -> Any:
    """LAPACK's report that all went well."""
    import torch

    return torch.zeros((), dtype=torch.int32)


def _slogdet(a: Array) -> Any:
    det = _DET(a)
    sign, size = objects(np.sign(det.view(TracedArray))), objects(np.abs(det.view(TracedArray)))
    return sign, objects(np.log(size.view(TracedArray)))


def _triangular(a: Array, b: Array, *, upper: bool, left: bool = True,
                unitriangular: bool = False) -> Array:  # fmt: skip
    """By substitution, row by row."""
    if a.ndim > 2:
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        pairs = zip(_stacked(a, lead), _stacked(b, lead), strict=True)
        how = {"upper": upper, "left": left, "unitriangular": unitriangular}
        found = np.stack([_triangular(m, v, **how) for m, v in pairs])
        return found.reshape((*lead, *b.shape[-2:]))
    if not left:
        return _triangular(a.T, b.T, upper=not upper, unitriangular=unitriangular).T
    n, found = len(a), np.array(b, dtype=object)
    for i in reversed(range(n)) if upper else range(n):
        known = range(i + 1, n) if upper else range(i)
        for j in known:
            found[i] = found[i] - a[i, j] * found[j]
        found[i] = found[i] if unitriangular else found[i] / a[i, i]
    return found


def _stacked(x: Array, lead: tuple[int, ...]) -> Array:
    """One matrix for every place of the leading dimensions."""
    return np.broadcast_to(x, (*lead, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


TABLE: dict[str, Function] = {
    "mm": dot, "bmm": dot, "mv": dot, "dot": dot, "vdot": dot, "matmul": dot,
    "addmm": _added, "baddbmm": _added, "addmv": _added, "addbmm": _summed,
    "addr": lambda x, a, b, *, beta=1, alpha=1: _plus(x, _outer(a, b), beta, alpha),
    "outer": _outer, "linear": _linear, "linalg_cross": _cross, "_trilinear": _trilinear,
    "_linalg_det": lambda a: (_DET(a), a, _no_error()), "linalg_det": _DET, "det": _DET,
    "linalg_inv_ex": lambda a, **named: (_INV(a), _no_error()), "inverse": _INV,
    "_linalg_slogdet": lambda a: (*_slogdet(a), a, _no_error()), "linalg_slogdet": _slogdet,
    "_linalg_solve_ex": lambda a, b, **named: (_solved(a, b), a, _no_error(), _no_error()),
    "linalg_cholesky_ex": lambda a, *, upper=False, **named: (
        _of_matrix(linear_algebra.cholesky)(a, upper), _no_error()),
    "cholesky": lambda a, upper=False: _of_matrix(linear_algebra.cholesky)(a, upper),
    "linalg_solve_triangular": _triangular,
}  # fmt: skip
