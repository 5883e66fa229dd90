"""How C spells real numbers of one kind: type, suffix, functions that work on whole vectors."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

import mpmath

from derivc.ir import exact


@final
@dataclass(frozen=True)
class Dialect:
    """One kind of real number in C.

    Args:
        real: the type. suffix: behind the names of its functions and its constants.
        letter: behind the names of functions of ours.
        digits: of a decimal constant that rounds to the nearest number.
        vector: names of C functions that have a form over whole vectors.
        branches: truths are ints and choices `c ? a : b`; else truths are masks of bits.
    """

    real: str
    suffix: str
    letter: str
    digits: int
    vector: frozenset[str] = frozenset()
    branches: bool = False

    def function(self, name: str) -> str:
        """A function of the C library for this kind; `v_exp` where it has a vector form.

        Example:
            >>> WIDE.function("exp"), BLOCK_DOUBLE.function("exp")
            ('expl', 'exp')
        """
        form = "v_" if name in self.vector else ""
        return f"{form}{name}{self.suffix}"

    def constant(self, value: Any) -> str:
        """An exact constant: truths as this dialect writes them, numbers to full precision."""
        if isinstance(value, bool):
            return str(int(value)) if self.branches else str(-int(value))
        nearest = exact.to_float(value)
        if nearest != nearest:
            return f'__builtin_nan{self.suffix}("")'
        if abs(nearest) == float("inf"):
            return f"{'-' if nearest < 0 else ''}__builtin_inf{self.suffix}()"
        return _literal(value, self.digits) + self.suffix.upper()


def _literal(value: Any, digits: int) -> str:
    """A decimal with as many digits as asked for, as short as it can be."""
    if isinstance(value, float):
        return _point(repr(value))
    if exact.is_plain(value) and Fraction(exact.to_float(value)) == value:
        return _point(repr(exact.to_float(value)))
    return _point(_decimal(exact.to_sympy(value), digits))


def _decimal(value: Any, digits: int) -> str:
    """The digits without trailing zeros: 0.1 is written as 0.1."""
    with mpmath.workdps(digits):
        return str(mpmath.nstr(mpmath.mpf(str(value.evalf(digits + 5))), digits))


def _point(text: str) -> str:
    """With a point or an exponent, so that C reads a real number."""
    return text if any(c in text for c in ".en") else f"{text}.0"


BLOCK_DOUBLE = Dialect("double", "", "d", 25)
BLOCK_FLOAT = Dialect("float", "f", "f", 25)
POINT = Dialect("double", "", "d", 25, branches=True)
WIDE = Dialect("long double", "l", "l", 25, branches=True)
