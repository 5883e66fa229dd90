"""Where an object comes from, asked so that no code of the object's own runs."""

from __future__ import annotations

import functools
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

_NAMED = (FunctionType, BuiltinFunctionType, type, np.ufunc, functools._lru_cache_wrapper)


def of(value: Any) -> tuple[str, str]:
    """The module and name of a function or class; of other objects the module of their class.

    Example:
        >>> of(len), of(3.0)
        (('builtins', 'len'), ('builtins', ''))
    """
    if isinstance(value, _NAMED):
        module, name = getattr(value, "__module__", ""), getattr(value, "__name__", "")
        return str(module or ""), str(name)
    return str(getattr(type(value), "__module__", "")), ""


def attribute(value: Any, name: str) -> Any:
    """An attribute, or None: objects may answer a strange name with any exception."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001  whatever the object raises, it has no such attribute
        return None
