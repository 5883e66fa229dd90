"""Distances between floats: in units in the last place, and in bits as Herbie counts them.

Source of the measure in bits: Panchekha et al., Automatically Improving Accuracy for Floating Point
Expressions, PLDI 2015, section 4.1.
"""

from __future__ import annotations

import math
import struct

WORST = 64.0
"""The bits of error of a NaN where there is a number."""


def ordinal(value: float) -> int:
    """The position of a double among all doubles, 0 for 0.0: neighbours differ by one.

    Example:
        >>> ordinal(5e-324), ordinal(-5e-324), ordinal(-0.0)
        (1, -1, 0)
    """
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return int(bits) if bits >= 0 else -(int(bits) & (2**63 - 1))


def from_ordinal(position: int) -> float:
    """The double at a position."""
    (value,) = struct.unpack("<d", struct.pack("<q", abs(position)))
    return math.copysign(value, position)


def ulps(computed: float, truth: float) -> float:
    """How many doubles apart the two are; infinite when only one is NaN."""
    if math.isnan(computed) or math.isnan(truth):
        return 0.0 if math.isnan(computed) and math.isnan(truth) else math.inf
    return float(abs(ordinal(computed) - ordinal(truth)))


def bits(computed: float, truth: float) -> float:
    """The bits of error: log2(1 + doubles apart), 64 where only one is NaN.

    Example:
        >>> bits(1.0, 1.0), bits(1.0, 1.0000000000000002), bits(float("nan"), 1.0)
        (0.0, 1.0, 64.0)
    """
    apart = ulps(computed, truth)
    return WORST if math.isinf(apart) else math.log2(1 + apart)
