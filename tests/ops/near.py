"""How far a kernel is from the truth of 50 digits, in units in the last place."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp


def ulps(got: Any, truth: Any) -> float:
    """The distance of a float from an mpmath number, in ulp of the nearest double."""
    nearest = float(truth)
    if float(got) == nearest:
        return 0.0
    return float(abs(mp.mpf(float(got)) - truth) / mp.mpf(math.ulp(nearest)))
