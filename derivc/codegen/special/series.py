"""Chebyshev series, https://dlmf.nist.gov/3.11.ii, as tables hold them."""

from __future__ import annotations

from typing import Any

# --- carried ---


def _clenshaw(xp: Any, s: Any, coefficients: Any) -> Any:
    """The sum of c_k T_k(s), by Clenshaw's recurrence."""
    later, value, twice = 0.0, 0.0, s + s
    for c in reversed(coefficients[1:]):
        later, value = value, twice * value - later + c
    return s * value - later + coefficients[0]


def _powers(xp: Any, x: Any, coefficients: Any) -> Any:
    """The sum of c_k x^k, by Horner."""
    value = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        value = value * x + c
    return value


def _near(xp: Any, x: Any, table: Any) -> Any:
    """A series over an interval; outside of it a number that nobody takes."""
    factor, shift, coefficients = table
    s = factor * x + shift
    return _clenshaw(xp, xp.where(xp.abs(s) > 1.0000001, 0.0, s), coefficients)


def _far(xp: Any, x: Any, table: Any) -> Any:
    """A series from a place to infinity; below it a number that nobody takes."""
    width, shift, coefficients = table
    place = xp.where(x + shift < 0.499999 * width, width, x + shift)
    return _clenshaw(xp, 1.0 - width / place, coefficients)


def _some(xp: Any, truth: Any) -> bool:
    """Whether a truth may hold anywhere: a library that can see it cheaply says more than this."""
    return True
