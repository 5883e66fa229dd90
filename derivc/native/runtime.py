"""The library that all native kernels run in, and what is handed to NumPy and to Python."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any, final

from derivc.native.library import load

INT = ctypes.c_ssize_t
ADDRESS = ctypes.c_void_p
MOST_THREADS, LANES = 64, 8
"""As in `runtime.c`."""

_DOUBLE, _FLOAT = 12, 11
_FASTCALL_WITH_KEYWORDS = 0x0080 | 0x0002
_CAPSULE = b"derivc.kernel"


@final
class Record(ctypes.Structure):
    """One function as `runtime.c` knows it; the fields are described there."""

    _fields_ = [
        ("inputs", INT), ("outputs", INT), ("chunk", INT), ("threads", INT), ("worth", INT),
        ("ahead", INT), ("cache", INT),
        ("block_d", ADDRESS), ("block_f", ADDRESS), ("wider_f", ADDRESS), ("wider_d", ADDRESS),
        ("computed", ctypes.c_char_p), ("copied", ADDRESS), ("arguments", INT),
        ("taken", ADDRESS), ("layout", ADDRESS),
        ("shapes", ADDRESS), ("sizes", ADDRESS),
        ("fallback", ctypes.py_object), ("empty", ctypes.py_object), ("number", ctypes.py_object),
    ]  # fmt: skip


@final
class _Method(ctypes.Structure):
    """What Python knows of a built-in function."""

    _fields_ = [
        ("name", ctypes.c_char_p), ("function", ADDRESS), ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]  # fmt: skip


@lru_cache(maxsize=1)
def library() -> ctypes.PyDLL:
    """The runtime, compiled once on this machine.

    Raises:
        NativeError: there is no compiler, or it failed.
    """
    folder = resources.files(__package__)
    text = folder.joinpath("runtime.c").read_text(encoding="utf-8")
    loops = folder.joinpath("loops.h").read_text(encoding="utf-8")
    return load(text.replace('#include "loops.h"', loops))


def address(of: ctypes.PyDLL, name: str) -> int:
    """Where a function of a library lies."""
    return int(ctypes.cast(getattr(of, name), ADDRESS).value or 0)


LOST, INVALID = 1, 2
"""What `doubts` tells: NaN where arguments are finite; an invalid operation such as 0 * inf."""


@lru_cache(maxsize=1)
def doubts() -> Callable[[], int]:
    """A function that tells what calls of this thread have left to look into, and forgets it."""
    found: Callable[[], int] = library().take_doubts
    return found


@lru_cache(maxsize=2)
def loop(letter: str) -> Callable[..., None]:
    """The loop over float64 ("d") or float32 ("f"), as Python calls it; it lets threads run."""
    kind = ctypes.CFUNCTYPE(None, ADDRESS, ADDRESS, ADDRESS, ADDRESS)
    return kind(address(library(), f"loop_{letter}"))


@lru_cache(maxsize=2)
def total(letter: str) -> Callable[..., None]:
    """The loop that adds up, over float64 ("d") or float32 ("f"); it lets threads run."""
    kind = ctypes.CFUNCTYPE(None, *[ADDRESS] * 6)
    return kind(address(library(), f"total_{letter}"))


def builtin(record: Record, name: str, doc: str, keep: list[Any]) -> Callable[..., Any]:
    """A built-in function of Python that computes plain numbers and falls back for the rest.

    Args:
        record: the function. name, doc: what Python shows. keep: what must live as long as it.
    """
    capsule = _new_capsule(ctypes.addressof(record), _CAPSULE, None)
    method = _Method(name.encode(), address(library(), "derivc_call"), _FASTCALL_WITH_KEYWORDS,
                     doc.encode())  # fmt: skip
    keep.extend([record, capsule, method])
    found: Callable[..., Any] = _new_function(ctypes.addressof(method), capsule, None)
    return found


def ufunc(record: Record, name: str, doc: str, keep: list[Any]) -> Any:
    """A `numpy.ufunc` over float32 and float64."""
    functions = (ADDRESS * 2)(address(library(), "loop_f"), address(library(), "loop_d"))
    data = (ADDRESS * 2)(ctypes.addressof(record), ctypes.addressof(record))
    operands = record.inputs + record.outputs
    types = ctypes.create_string_buffer(bytes([_FLOAT] * operands + [_DOUBLE] * operands))
    texts = ctypes.c_char_p(name.encode()), ctypes.c_char_p(doc.encode())
    keep.extend([record, functions, data, types, texts])
    return _from_functions()(
        functions, data, types, 2, record.inputs, record.outputs, -1, *texts, 0
    )


@lru_cache(maxsize=1)
def _from_functions() -> Callable[..., Any]:
    """PyUFunc_FromFuncAndData, entry 1 of the table of C functions that NumPy hands out."""
    from numpy._core import _multiarray_umath  # type: ignore[attr-defined]

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ADDRESS, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(pointer(_multiarray_umath._UFUNC_API, None), ctypes.POINTER(ADDRESS))
    integer, text = ctypes.c_int, ctypes.c_char_p
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object, ADDRESS, ADDRESS, ADDRESS, integer, integer, integer, integer, text,
        text, integer,
    )  # fmt: skip
    return kind(table[1] or 0)


_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = [ADDRESS, ctypes.c_char_p, ADDRESS]
_new_function = ctypes.pythonapi.PyCFunction_NewEx
_new_function.restype = ctypes.py_object
_new_function.argtypes = [ADDRESS, ctypes.py_object, ADDRESS]
