"""How a cotangent ends in `.grad`: kept when it is nobody else's, else copied, or added."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from derivc.tensor.tensor import Tensor


def accumulate(tensor: Tensor, cotangent: Any, create: bool) -> None:
    """Add a cotangent to `.grad`, in place unless the backward pass itself is recorded."""
    if cotangent is None:
        return
    with _adding:
        before = tensor._grad
        if create:
            tensor._grad = cotangent if before is None else before + cotangent
        elif before is None:
            tensor._grad = Tensor._make(_own(cotangent))
        elif before._requires:
            tensor._grad = Tensor._make(before._array + cotangent)
        else:
            before._counter[0] += 1
            before._array += cotangent


_adding = threading.Lock()
"""Held while a gradient is added: several threads may go back to one leaf."""


def _own(cotangent: Any) -> Any:
    """The array itself where it is nobody else's and lies in its own memory, else a copy."""
    alone = sys.getrefcount(cotangent) <= _ALONE
    flags = cotangent.flags
    if alone and flags.owndata and flags.writeable and flags.c_contiguous:
        return cotangent
    return np.array(cotangent)


def _count(cotangent: Any) -> int:
    """The references that `_own` sees to an array that a pass holds in one list only."""
    return sys.getrefcount(cotangent)


def _measured() -> int:
    slots = [np.empty(1)]
    return _through(None, slots[0])


def _through(tensor: Any, cotangent: Any) -> int:
    """As `accumulate` calls `_own`."""
    del tensor
    return _count(cotangent)


_ALONE = _measured()
