"""How a cotangent ends in `.grad`: kept when it is nobody else's, else copied, or added."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from derivc.tensor.tensor import Tensor


def accumulate(tensor: Tensor, cotangent: Any, create: bool) -> None:
    """Add a cotangent to `.grad`, in place unless the backward pass itself is recorded."""
    if cotangent is None:
        return
    before = tensor._grad
    if not create and before is None:
        first = _tensor(_own(cotangent))
        with _adding:
            if tensor._grad is None:
                tensor._grad = first
                return
    with _adding:
        _add(tensor, cotangent, create)


_adding = threading.Lock()
"""Held while a gradient is added: several threads may go back to one leaf."""


def _tensor(array: Any) -> Tensor:
    from derivc.tensor.tensor import Tensor

    return Tensor._make(array)


def _add(tensor: Tensor, cotangent: Any, create: bool) -> None:
    before = tensor._grad
    if create:
        tensor._grad = cotangent if before is None else before + cotangent
    elif before is None or before._requires:
        whole = cotangent if before is None else before._array + cotangent
        tensor._grad = _tensor(np.array(whole))
    else:
        before._counter[0] += 1
        before._array += cotangent


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
