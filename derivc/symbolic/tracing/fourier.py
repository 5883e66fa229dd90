"""Discrete Fourier transforms of stand-ins: products with the matrix of the roots of unity.

Source of the formulas: the definitions in the documentation of `numpy.fft`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from derivc.symbolic.tracing.array import plain, wrap


def _roots(n: int, sign: int) -> Any:
    """exp(sign 2 pi i jk/n): exact zeros and ones where they are."""
    powers = np.outer(np.arange(n), np.arange(n)) % n
    circle = np.array([_root(k, n, sign) for k in range(n)])
    return circle[powers]


def _root(k: int, n: int, sign: int) -> complex:
    quarter, rest = divmod(4 * k, n)
    turn = 2 * math.pi * k / n
    exact = (1, 1j, -1, -1j)[quarter % 4]
    found = complex(exact) if rest == 0 else complex(math.cos(turn), math.sin(turn))
    return found if sign > 0 else found.conjugate()


def _factor(n: int, norm: Any, inverse: bool) -> float:
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if inverse != (norm == "forward") else 1.0


def _transform(a: Any, n: Any, axis: int, norm: Any, inverse: bool) -> Any:
    moved = np.moveaxis(plain(_array(a)), axis, 0)
    n = len(moved) if n is None else int(n)
    missing = [(0, max(0, n - len(moved)))] + [(0, 0)] * (moved.ndim - 1)
    padded = np.pad(moved, missing)[:n]
    matrix = _roots(n, 1 if inverse else -1) * _factor(n, norm, inverse)
    return wrap(np.moveaxis(np.tensordot(matrix.astype(object), padded, 1), 0, axis))


def _array(value: Any) -> Any:
    from derivc.symbolic.tracing.numpy_functions import as_array

    return as_array(value)


def fft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.fft`."""
    return _transform(a, n, axis, norm, inverse=False)


def ifft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ifft`."""
    return _transform(a, n, axis, norm, inverse=True)


def rfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.rfft`: the first half, which tells all of it for real values."""
    whole = np.moveaxis(plain(fft(a, n, axis, norm)), axis, 0)
    return wrap(np.moveaxis(whole[: len(whole) // 2 + 1], 0, axis))


def irfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`np.fft.irfft`: the other half is the mirror image."""
    half = np.moveaxis(plain(_array(a)), axis, 0)
    n = 2 * (len(half) - 1) if n is None else int(n)
    mirrored = wrap(half[1 : (n + 1) // 2])[::-1]
    whole = np.concatenate([half[: n // 2 + 1], plain(np.conjugate(mirrored))])
    return np.real(wrap(np.moveaxis(plain(ifft(wrap(whole), n, 0, norm)), 0, axis)))


def fft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.fft2`."""
    first, last = s or (None, None)
    return fft(fft(a, last, axes[1], norm), first, axes[0], norm)


def ifft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    """`np.fft.ifft2`."""
    first, last = s or (None, None)
    return ifft(ifft(a, last, axes[1], norm), first, axes[0], norm)
