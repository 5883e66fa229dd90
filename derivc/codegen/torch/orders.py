"""Slopes of Bessel functions of order 1 without a function of order 2, to be evaluated only.

    (I_0(x) + I_2(x))/2 = I_0(x) - I_1(x)/x, near zero 1/2    https://dlmf.nist.gov/10.29.E1
    (J_0(x) - J_2(x))/2 = J_0(x) - J_1(x)/x, near zero 1/2    https://dlmf.nist.gov/10.6.E1

As a value no side loses a digit, and the function of order 1 is known where its slope is asked for.
But the terms of the derivatives of I_1(x)/x cancel near zero.
"""

from __future__ import annotations

from fractions import Fraction

from derivc.codegen.torch.rewrite import Place, rewritten
from derivc.ir.program import Program, Value

_SMALL = Fraction(1, 10**9)
"""Below it the quotient is 1/2 to every digit, and may be one of numbers with few digits."""
_LOWER = {
    ("add", "iv"): ("i0", "i1"),
    ("add", "ive"): ("i0e", "i1e"),
    ("sub", "jv"): ("j0", "j1"),
}
"""By how a function of order 2 is joined to that of order 0: what these two are called below."""


def lowered(program: Program) -> Program:
    """A program in which these slopes read orders 0 and 1.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> both = b.emit("add", b.emit("i0e", 0), b.emit("ive", b.const(2), 0))
        >>> print(lowered(b.finish([b.emit("mul", b.const(Fraction(1, 2)), both)])))
        inputs x
        _1 = i0e x
        _3 = i1e x
        _4 = div _3 x
        _5 = abs x
        _7 = lt _5 1/1000000000
        _8 = where _7 1/2 _4
        _9 = sub _1 _8
        outputs _9
    """
    return rewritten(program, _half_sum)


def _half_sum(place: Place) -> Value | None:
    if place.step.op != "mul" or place.constant(0) != Fraction(1, 2):
        return None
    both = place.operand(1)
    sides = [place.program.instruction(a) for a in both.args] if both else []
    if both is None or len(sides) != 2 or None in sides:
        return None
    low, high = sorted((s for s in sides if s), key=lambda s: len(s.args))
    zeroth, first = _LOWER.get((both.op, high.op), ("", ""))
    if low.op != zeroth or place.program.constant(high.args[0]) != 2 or high.args[1] != low.args[0]:
        return None
    if both.op == "sub" and sides[0] is not low:
        return None
    b, x = place.builder, place.places[low.args[0]]
    value = b.emit(zeroth, x)
    given = b.emit(first, x)
    quotient = b.emit("div", given, x)
    if first == "i1":  # which overflows with I_0: infinity, not infinity less infinity
        quotient = b.emit("where", b.emit("isinf", given), b.const(0), quotient)
    small = b.emit("lt", b.emit("abs", x), b.const(_SMALL))
    quotient = b.emit("where", small, b.const(Fraction(1, 2)), quotient)
    return b.emit("sub", value, quotient)
