"""Exact constants: integers, fractions and irrational numbers, rounded to a float only once.

A constant is an int, a Fraction, a bool, a float (only inf, nan or -0.0) or a SymPy number.
A finite float that comes in is the fraction it stands for.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp

Exact = Any

_MAX_BITS = 4096
"""Constants longer than this are not folded any further: the program computes them in floats."""


def normalise(value: Any) -> Exact:
    """The exact constant that a Python or SymPy number stands for."""
    if isinstance(value, bool | int | Fraction):
        return _shrink(value)
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, sp.Basic):
        return _from_sympy(value)
    return _from_float(float(value))


def _from_float(value: float) -> Exact:
    if not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0):
        return value
    return _shrink(Fraction(value))


def _from_sympy(value: Any) -> Exact:
    if value.is_Integer:
        return int(value)
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    if value.is_Float:
        return _from_float(float(value))
    if value in (sp.true, sp.false):
        return bool(value)
    special = {sp.oo: math.inf, -sp.oo: -math.inf, sp.nan: math.nan, sp.zoo: math.nan}
    return special.get(value, value)


def _shrink(value: Any) -> Exact:
    is_whole = isinstance(value, Fraction) and value.denominator == 1
    return value.numerator if is_whole else value


def key(value: Exact) -> tuple[str, Any]:
    """A hashable key that keeps True, 1 and -0.0 apart."""
    return type(value).__name__, repr(value) if isinstance(value, float) else value


def to_sympy(value: Exact) -> Any:
    """The constant as a SymPy number."""
    if isinstance(value, Fraction):
        return sp.Rational(value.numerator, value.denominator)
    return sp.sympify(value)


def to_float(value: Exact) -> float:
    """The float nearest to the constant; beyond the largest float, an infinity."""
    try:
        return float(value) if not isinstance(value, sp.Basic) else _round(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


@lru_cache(maxsize=4096)
def _round(value: Any) -> float:
    return float(value.evalf(40))


def is_plain(value: Exact) -> bool:
    """True for ints and Fractions, which fold exactly."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


_FOLDS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
    "div": lambda a, b: Fraction(a) / Fraction(b),
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "maximum": max,
    "minimum": min,
}


def fold(op: str, values: list[Exact]) -> Exact | None:
    """The exact result of an op over constants, or None when it is left to the program."""
    if op == "pow":
        return _power(*values)
    rule = _FOLDS.get(op)
    if rule is None or (op == "div" and values[1] == 0):
        return None
    if all(map(is_plain, values)):
        return _bounded(normalise(rule(*values)))
    return _fold_irrational(op, rule, values)


def _fold_irrational(op: str, rule: Callable[..., Any], values: list[Exact]) -> Exact | None:
    """Fold with SymPy when every constant is a finite number."""
    if op not in ("add", "sub", "mul", "neg", "div") or not all(map(_finite, values)):
        return None
    numbers = [to_sympy(v) for v in values]
    return normalise(numbers[0] / numbers[1] if op == "div" else rule(*numbers))


def _finite(value: Exact) -> bool:
    return is_plain(value) or isinstance(value, sp.Basic)


def _power(base: Exact, exponent: Exact) -> Exact | None:
    if not (is_plain(base) and isinstance(exponent, int)) or abs(exponent) > 64:
        return None
    if base == 0 and exponent <= 0:
        return 1 if exponent == 0 else None
    return _bounded(normalise(Fraction(base) ** exponent))


def _bounded(value: Exact) -> Exact | None:
    if isinstance(value, bool) or not is_plain(value):
        return value
    part = Fraction(value)
    bits = max(part.numerator.bit_length(), part.denominator.bit_length())
    return value if bits <= _MAX_BITS else None
