"""Records as JSON knows them."""

from __future__ import annotations

import math
from typing import Any


def jsonable(value: Any) -> Any:
    """The value out of JSON's own kinds; numbers that JSON lacks become strings.

    Example:
        >>> jsonable({"at": (1.0, float("inf"))})
        {'at': [1.0, 'inf']}
    """
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
