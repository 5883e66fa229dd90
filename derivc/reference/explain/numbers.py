"""Numbers in text: short where they pass by, in full where they are the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derivc.symbolic.steps.step import Number

NONE = "not finite"


def short(number: Number) -> str:
    """Ten significant digits.

    Example:
        >>> short(Number(2 / 3)), short(Number(float("nan")))
        ('0.6666666667', 'not finite')
    """
    return f"{number.value:.10g}" if number.finite else NONE


def full(number: Number) -> str:
    """As many digits as the double has.

    Example:
        >>> full(Number(3.0)), full(Number(0.1))
        ('3', '0.1')
    """
    if not number.finite:
        return NONE
    whole = number.value == math.floor(number.value) and abs(number.value) < 1e15
    return str(int(number.value)) if whole else repr(number.value)


def equals(name: str, number: Number) -> str:
    """The statement about a named value, in full.

    Example:
        >>> equals("f", Number(0.5)), equals("f", Number(float("inf")))
        ('f = 0.5', 'f is not finite')
    """
    return f"{name} = {full(number)}" if number.finite else f"{name} is {NONE}"


def place(at: Sequence[tuple[str, Any]]) -> str:
    """The point: `x = 1, y = 2`."""
    return ", ".join(f"{name} = {full(Number(float(value)))}" for name, value in at)
