"""Nested results as a row of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def flat(result: Any) -> Iterator[Any]:
    """The arrays of a nested result, in order.

    Example:
        >>> [int(a) for a in flat((1, (2, 3)))]
        [1, 2, 3]
    """
    if isinstance(result, tuple):
        for item in result:
            yield from flat(item)
    else:
        yield np.asarray(result)
