"""Functions of scipy.special for native code: the addresses of their C functions.

SciPy hands them out through its module cython_special, one capsule per kind of argument, which has
the C signature for its name.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any

from derivc.errors import MissingDependencyError, UnsupportedError

_NAME = ctypes.pythonapi.PyCapsule_GetName
_NAME.restype, _NAME.argtypes = ctypes.c_char_p, [ctypes.py_object]
_ADDRESS = ctypes.pythonapi.PyCapsule_GetPointer
_ADDRESS.restype, _ADDRESS.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def connect(library: Any, names: tuple[str, ...]) -> None:
    """Set the pointers through which a library calls functions of scipy.special.

    Args:
        library: loaded. names: `psi`, or `sici[0]` for the first of two results.

    Raises:
        MissingDependencyError: SciPy is not installed.
        UnsupportedError: SciPy has no such C function.
    """
    for name in names:
        place = ctypes.c_void_p.in_dll(library, f"special_{local(name)}_at")
        place.value = address(name)


def local(name: str) -> str:
    """The part of a C name: `sici_0` for `sici[0]`."""
    return name.replace("[", "_").rstrip("]")


@lru_cache(maxsize=256)
def address(name: str) -> int:
    """The address of the C function over float64."""
    plain, bracket, _ = name.partition("[")
    for found, capsule in sorted(_capsules().items()):
        signature = _NAME(capsule)
        fits = found == plain or (found.startswith("__pyx_fuse_") and _stem(found) == plain)
        if fits and signature and _over_doubles(signature.decode(), bool(bracket)):
            return int(_ADDRESS(capsule, signature))
    raise UnsupportedError(
        f"scipy.special.{plain} has no C function to call; use backend='numpy' for this expression"
    )


def _stem(name: str) -> str:
    return name.removeprefix("__pyx_fuse_").lstrip("0123456789_")


def _over_doubles(signature: str, several: bool) -> bool:
    if several:
        return signature == "void (double, double *, double *)"
    operands = signature.removeprefix("double (").removesuffix(", int __pyx_skip_dispatch)")
    return signature.startswith("double (") and set(operands.split(", ")) == {"double"}


def _capsules() -> dict[str, Any]:
    try:
        from scipy.special import cython_special
    except ImportError as problem:
        raise MissingDependencyError(
            "this function needs SciPy, which is not installed: pip install 'derivc[scipy]'"
        ) from problem
    found: dict[str, Any] = cython_special.__pyx_capi__
    return found
