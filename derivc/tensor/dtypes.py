"""The dtype of a result: numbers of no dimension do not promote arrays of their own kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

DOUBLE = np.dtype(np.float64)
_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def aligned(arrays: Sequence[Any]) -> tuple[list[Any], Any]:
    """Operands of one floating dtype, and that dtype; None where the ufunc may choose.

    Python numbers stay as they are, which NumPy takes as numbers of the arrays' dtype.
    """
    found = list(arrays)
    if all(a.dtype is DOUBLE for a in found if type(a) is np.ndarray):
        return found, DOUBLE
    dtype = promoted([a for a in found if isinstance(a, np.ndarray)], found)
    if dtype.kind not in "fc":
        return found, None
    return [_as(a, dtype) for a in found], dtype


def _as(array: Any, dtype: Any) -> Any:
    """An array in a floating dtype; truth values (conditions) and Python numbers stay."""
    if not isinstance(array, np.ndarray) or array.dtype == dtype or array.dtype.kind == "b":
        return array
    return array.astype(dtype)


def promoted(arrays: Sequence[Any], operands: Sequence[Any] = ()) -> Any:
    """PyTorch's rule: the highest kind wins; within it arrays with dimensions before those without.

    Example:
        >>> promoted([np.zeros(2, np.float32), np.float64(1.5)[None][0].reshape(())])
        dtype('float32')
    """
    chosen: Any = None
    for group in ([a for a in arrays if a.ndim], [a for a in arrays if not a.ndim]):
        if group:
            highest = max(_KINDS[a.dtype.kind] for a in group)
            own = np.result_type(*(a.dtype for a in group if _KINDS[a.dtype.kind] == highest))
            if chosen is None or _KINDS[own.kind] > _KINDS[chosen.kind]:
                chosen = own
    numbers = [o for o in operands if isinstance(o, int | float | complex)]
    return np.result_type(chosen, *numbers) if numbers else chosen
