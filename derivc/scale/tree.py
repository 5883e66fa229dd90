"""The tasks of a reduction: one for every block, and a tree of tasks that add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from derivc.scale.remote import Remote
from derivc.scale.sums import combine, reduce_block

_FAN = 16
"""How many sums are added by one task."""


@final
@dataclass(frozen=True)
class Partial:
    """What is done with the blocks of one place: the sums over them.

    Args:
        remote: the kernel. name: of its function. width: how many numbers it gives for a point.
        given: its arguments, None where a block belongs. data: the places of blocks.
    """

    remote: Remote
    name: str
    width: int
    given: tuple[Any, ...]
    data: tuple[int, ...]

    def __call__(self, *blocks: Any) -> Any:
        """As `reduce_block`."""
        given = list(self.given)
        for place, block in zip(self.data, blocks, strict=True):
            given[place] = block
        return reduce_block(self.remote.function(self.name), given, self.data, self.width)


def blocks_of(task: Partial, arrays: Sequence[Any]) -> list[Any]:
    """The sums over every block, as delayed objects.

    Args:
        task: done once per block. arrays: of dask's, that broadcast.
    """
    import dask.array as da

    dimensions = max(array.ndim for array in arrays)
    index = tuple(range(dimensions))
    pairs = [part for a in arrays for part in (a, index[dimensions - a.ndim :])]
    made = da.blockwise(
        task, index, *pairs, dtype=float, meta=np.empty((0,) * dimensions), token="derivc-sums"
    )
    return list(made.to_delayed().ravel())


def total_of(blocks: Sequence[Any]) -> Any:
    """The sums over all blocks, as a delayed object: they are added where they lie."""
    from dask import delayed

    level, add = list(blocks), delayed(combine, pure=True)
    while len(level) > 1:
        level = [add(level[i : i + _FAN]) for i in range(0, len(level), _FAN)]
    return level[0]
