"""Memory of large results, used again: untouched pages cost more than the arithmetic on them."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

# --- carried ---


# Memory of large results: it is used again once no array of the caller's lies in it, because pages
# that were never touched cost more than the arithmetic on them. Every view of an array, and all
# that reads one, holds the array that owns the memory: its holders tell whether any is left.
# Results begin near where a huge page does, on a cache line of their own: those that lie in step
# drive each other out of the cache, and those that lie across two lines cost two stores.


_LARGE, _SPARE_MOST = 1 << 20, 1 << 27  # bytes: of a result worth it, and of what is kept in all
_PAGE = 1 << 21
_STAGGER, _TURNS = 9 * 64, 16  # bytes between the starts of results; how many starts there are
_LOOKED_AT = 16  # pieces of one shape, the newest first
_spare: dict[tuple[Any, ...], list[Any]] = {}  # by shape and dtype
_turn = iter(range(1 << 62))


def _holders(memory: Any) -> int:
    """How often the owner of memory is held, this question included."""
    return sys.getrefcount(memory.base)


# Python without reference counts, or with threads that count apart, cannot tell.
_IS_COUNTED = hasattr(sys, "getrefcount") and getattr(sys, "_is_gil_enabled", lambda: True)()
_ALONE = _holders(np.empty(2)[:]) if _IS_COUNTED else 0


def _fresh(shape: tuple[int, ...], dtype: Any) -> Any:
    """An array for results, its elements not set."""
    size = math.prod(shape) * dtype.itemsize
    if not (_LARGE <= size <= _SPARE_MOST and _IS_COUNTED):
        return np.empty(shape, dtype)
    kept = _spare.setdefault((shape, dtype), [])
    for position in range(min(len(kept), _LOOKED_AT)):
        found = _reused(kept, position)
        if found is not None:
            return found
    return _made(kept, shape, dtype, size)


def _reused(kept: list[Any], position: int) -> Any:
    """A view of the memory at a position, if none is left; None otherwise.

    Taking it out of the list is one step, so that no other thread takes it at the same time.
    """
    try:
        memory = kept.pop(position)
    except IndexError:
        return None
    found = memory.view() if _holders(memory) == _ALONE else None
    kept.insert(position, memory)
    return found


def _made(kept: list[Any], shape: tuple[int, ...], dtype: Any, size: int) -> Any:
    """New memory, which is kept in place of older memory beyond the limit."""
    whole = np.empty(size + _PAGE + _TURNS * _STAGGER, np.uint8)
    start = -whole.ctypes.data % _PAGE + next(_turn) % _TURNS * _STAGGER
    memory = whole[start : start + size].view(dtype).reshape(shape)
    found = memory.view()
    kept.insert(0, memory)
    total = sum(m.base.nbytes for pieces in list(_spare.values()) for m in list(pieces))
    for key, pieces in list(_spare.items()):
        while total > _SPARE_MOST and len(pieces) > (pieces is kept):
            total -= pieces.pop().base.nbytes
        if not pieces and pieces is not kept:
            _spare.pop(key, None)
    return found
