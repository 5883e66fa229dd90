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
        for name, function in {"sign": mp.sign, "real": mp.re, "imag": mp.im, "conj": mp.conj,
                               "angle": mp.arg}.items():  # fmt: skip
            setattr(self, name, _over_elements(function))
        self.fft = SimpleNamespace(fftn=partial(_fourier, -1), ifftn=partial(_fourier, 1))
        for name in ("sum", "prod", "max", "min", "mean"):
            setattr(self, name, _kept(getattr(np, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _over_elements(function: Callable[..., Any], kind: Any = object) -> Callable[..., Any]:
    vectorized = np.frompyfunc(function, 1, 1)

    def call(x: Any, *_: Any, **__: Any) -> Any:
        return np.asarray(vectorized(x), dtype=kind)

    return call


def _fourier(sign: int, x: Any, axes: Any, **_: Any) -> Any:
    """The sums of a Fourier transform, by their definition."""
    mp = mpmath()
    for axis in axes:
        n = x.shape[axis]
        waves = [[mp.expjpi(mp.mpf(2 * sign * j * k) / n) for j in range(n)] for k in range(n)]
        x = np.moveaxis(np.tensordot(np.array(waves, object), x, (1, axis)), 0, axis)
    return x


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction whose result is an array, also of all numbers."""

    def call(x: Any, *args: Any, **named: Any) -> Any:
        kind = object if np.asarray(x).dtype == object else None
        return np.asarray(function(x, *args, **named), dtype=kind)

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


def _parts(f: Any, x: Any) -> Any:  # noqa: ARG001
    """Mantissas and exponents."""
    mantissas, exponents = np.frompyfunc(mpmath().frexp, 1, 2)(x)
    return mantissas, exponents.astype(int)


def _next(f: Any, x: Any, other: Any) -> Any:  # noqa: ARG001
    """The step from a double to the next one, which does not move with the double."""
    doubles = x.astype(float)
    return x + (np.nextafter(doubles, other.astype(float)) - doubles)


def _cofactors(f: Any, x: Any) -> Any:
    found = np.empty(x.shape, object)
    for i, j in np.ndindex(*x.shape):
        minor = np.delete(np.delete(x, i, 0), j, 1)
        found[i, j] = (-1) ** (i + j) * f.linalg.det(minor)[()]
    return found


OWN: dict[str, Callable[..., Any]] = {
    "vector_norm": _norm, "pinv": _pinv, "frexp": _parts, "nextafter": _next,
    "cofactors": _cofactors,
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

    def eig(x: Any) -> Any:
        values, vectors = mp.eig(matrix(x))
        return np.array(list(values), object), back(vectors)

    return SimpleNamespace(
        inv=lambda x: back(mp.inverse(matrix(x))), det=det, slogdet=slogdet, svd=svd, eigh=eigh,
        solve=lambda a, b: back(mp.inverse(matrix(a)) * matrix(b)), eig=eig,
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
        compose = op.compose
        if compose is not None and op.name not in OWN:
            return lambda *args, **named: compose(self, **op.bind(args, named))

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
    def isnan(x: Any) -> Any:
        """Where numbers are NaN."""
        return x != x

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
