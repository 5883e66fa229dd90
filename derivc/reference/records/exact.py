"""Structural ops in 60 digits: their forward formulas over arrays of mpmath numbers.

Arrays of objects go through NumPy's own functions where these only add, multiply, compare and move;
elementary functions and decompositions are mpmath's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, final

import numpy as np

from derivc.lowering import multiprecision
from derivc.ops.declaration import Op
from derivc.ops.shorthand import mpmath
from derivc.ops.structure import StructuralOp
from derivc.tensor.namespace import Namespace

DIGITS = 60
_ELEMENTARY = ("exp", "log", "sqrt", "log1p", "expm1", "tanh", "sin", "cos")


def lifted(array: Any) -> Any:
    """An array of doubles as one of mpmath numbers, exactly."""
    return np.vectorize(mpmath().mpf, otypes=[object])(array)


@final
class _Functions:
    """An array namespace like NumPy's, over mpmath numbers."""

    def __init__(self) -> None:
        mp = mpmath()
        for name in _ELEMENTARY:
            setattr(self, name, _over_elements(getattr(mp, name)))
        self.linalg = _linalg()
        self.isfinite = _over_elements(mp.isfinite, bool)
        self.isnan = _over_elements(mp.isnan, bool)
        self.sign = _over_elements(mp.sign)
        for name in ("sum", "prod", "max", "min", "mean"):
            setattr(self, name, _kept(getattr(np, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _over_elements(function: Callable[..., Any], kind: Any = object) -> Callable[..., Any]:
    vectorized = np.frompyfunc(function, 1, 1)

    def call(x: Any, *_: Any, **__: Any) -> Any:
        return np.asarray(vectorized(x), dtype=kind)

    return call


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction whose result is an array, also of all numbers."""

    def call(*args: Any, **named: Any) -> Any:
        return np.asarray(function(*args, **named), dtype=object)

    return call


def _norm(
    f: Any,
    x: Any,
    ord: Any = 2,  # noqa: A002
    dim: Any = None,
    keepdim: bool = False,
) -> Any:
    total = f.sum(abs(x) ** ord, axis=dim, keepdims=keepdim)
    return np.asarray(np.frompyfunc(lambda t: mpmath().root(t, ord), 1, 1)(total), dtype=object)


def _pinv(f: Any, x: Any) -> Any:
    """Of a matrix of full column rank."""
    return f.linalg.inv(x.T @ x) @ x.T


OWN: dict[str, Callable[..., Any]] = {
    "vector_norm": _norm, "pinv": _pinv,
    "lstsq": lambda f, a, b, **_: (_pinv(f, a) @ b,),
    "logcumsumexp": lambda f, x, dim: f.log(np.cumsum(f.exp(x), axis=dim)),
}  # fmt: skip
"""Ops whose forward formula asks for doubles, by their definition."""


def _linalg() -> Any:
    """Decompositions of single matrices by mpmath."""
    mp = mpmath()

    def matrix(x: Any) -> Any:
        return mp.matrix(x.tolist())

    def back(m: Any) -> Any:
        found = np.empty((m.rows, m.cols), object)
        for i in range(m.rows):
            found[i] = [m[i, j] for j in range(m.cols)]
        return found

    def det(x: Any) -> Any:
        return np.asarray(mp.det(matrix(x)), dtype=object)

    def slogdet(x: Any) -> Any:
        value = mp.det(matrix(x))
        return np.asarray(mp.sign(value)), np.asarray(mp.log(abs(value)), dtype=object)

    def svd(x: Any, *_: Any, **__: Any) -> Any:
        u, s, v = mp.svd_r(matrix(x))
        return back(u), np.array(list(s), object), back(v)

    def eigh(x: Any) -> Any:
        values, vectors = mp.eigsy(matrix(x))
        return np.array(list(values), object), back(vectors)

    return SimpleNamespace(
        inv=lambda x: back(mp.inverse(matrix(x))), det=det, slogdet=slogdet, svd=svd, eigh=eigh,
        solve=lambda a, b: back(mp.inverse(matrix(a)) * matrix(b)),
        cholesky=lambda x: back(mp.cholesky(matrix(x))), LinAlgError=np.linalg.LinAlgError,
        qr=lambda x, *_: tuple(map(back, mp.qr(matrix(x), mode="skinny"))),
    )  # fmt: skip


@final
class _Exact(Namespace):
    """The namespace of ops over mpmath numbers."""

    def __init__(self) -> None:
        self._functions = _Functions()

    def _elementwise(self, op: Op) -> Callable[..., Any]:
        if op.name == "where":
            return np.where
        plain = np.frompyfunc(multiprecision.function(op.name), op.arity, 1)

        def call(*args: Any) -> Any:
            bound = op.bind(args, {}) if len(args) < op.arity else list(args)
            return np.asarray(plain(*(_number(a) for a in bound)), dtype=object)

        return call

    def _structural(self, op: StructuralOp) -> Callable[..., Any]:
        if op.compose is not None:
            return partial(op.compose, self)

        def call(*args: Any, **named: Any) -> Any:
            formula = OWN.get(op.name, op.forward)
            return formula(self._functions, **op.bind(args, named))

        return call

    def lift(self, value: Any) -> Any:
        """An array."""
        return np.asarray(value)

    @staticmethod
    def epsilon(x: Any) -> float:  # noqa: ARG004
        """The distance from 1 to the next double: the default of some ops."""
        return 2.0**-52

    @staticmethod
    def is_float(x: Any) -> bool:
        """Whether an array holds mpmath numbers."""
        return np.asarray(x).dtype == object


def _number(value: Any) -> Any:
    """A default of a declaration as a number of mpmath's."""
    return mpmath().mpf(float(value)) if hasattr(value, "is_Number") else value


def namespace() -> Any:
    """A fresh namespace of ops; used inside `mpmath.workdps(DIGITS)`."""
    return _Exact()
