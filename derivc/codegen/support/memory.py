"""Memory of large results, used again: untouched pages cost more than the arithmetic on them."""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

# --- carried ---


# Memory of large results: it is used again once no array of the caller's lies in it, because pages
# that were never touched cost more than the arithmetic on them. It begins near where a huge page
# does, on a cache line of its own: results that lie in step drive each other out of the cache, and
# those that lie across two lines cost two stores.


_LARGE, _SPARE_MOST = 1 << 20, 1 << 27  # bytes: of a result worth it, and of what is kept in all
_PAGE = 1 << 21
_STAGGER, _TURNS = 9 * 64, 16  # bytes between the starts of results; how many starts there are
_spare: dict[int, Any] = {}
_turn = iter(range(1 << 62))


@final
class _Lent:
    """What an array of results lies in; it ends with the last array, view or buffer of it."""

    def __init__(self, shape: tuple[int, ...], dtype: Any, size: int):
        self.memory = _taken_back(size)
        start = self.memory.ctypes.data
        place = (start + -start % _PAGE + self.memory.nbytes - size - _PAGE, False)
        self.__array_interface__ = {
            "shape": shape, "typestr": dtype.str, "data": place, "version": 3,
        }  # fmt: skip

    def __del__(self) -> None:
        if _spare is not None:  # it is when Python ends
            _give_back(self.memory)


def _fresh(shape: tuple[int, ...], dtype: Any) -> Any:
    """An array for results, its elements not set."""
    size = math.prod(shape) * dtype.itemsize
    if not _LARGE <= size <= _SPARE_MOST:
        return np.empty(shape, dtype)
    return np.asarray(_Lent(shape, dtype, size))


def _taken_back(size: int) -> Any:
    """Memory with room up to a page, then for what it is out of step, then for a result."""
    steps = range(size + _PAGE, size + _PAGE + _TURNS * _STAGGER, _STAGGER)
    for key, memory in reversed(list(_spare.items())):  # what was used last is in the cache
        if memory.nbytes in steps and _spare.pop(key, None) is not None:
            return memory
    return np.empty(steps[next(_turn) % _TURNS], np.uint8)


def _give_back(memory: Any) -> None:
    """Keep the newest pieces; no lock, since it may be called at any time, by the collector too."""
    _spare[id(memory)] = memory
    for key, old in list(_spare.items()):
        if sum(kept.nbytes for kept in list(_spare.values())) <= _SPARE_MOST:
            return
        if old is not memory:
            _spare.pop(key, None)
