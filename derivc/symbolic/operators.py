"""Operators over operands of a text: each checks what it is given, then builds its node."""

from __future__ import annotations

from typing import final

from derivc.symbolic import grammar as g
from derivc.symbolic.grammar import BINARY, CONDITION, NUMBER, Operand
from derivc.symbolic.limits import Limits

_LOGICAL = ("and", "or", "&", "|")


@final
class Builder:
    """Builds the operators of one text, so that errors can point into it."""

    def __init__(self, text: str, limits: Limits):
        self.text, self.limits = text, limits

    def ternary(self, yes: Operand, condition: Operand, no: Operand) -> Operand:
        """`yes if condition else no`."""
        g.demand(condition, CONDITION, self.text, "between `if` and `else`")
        for operand in (yes, no):
            g.demand(operand, NUMBER, self.text, "as a value of `if`")
        return g.choose(condition, yes, no)

    def prefix(self, sign: str, operand: Operand, at: int) -> Operand:
        """A sign, a root or a negation."""
        wanted = CONDITION if sign in ("not", "~") else NUMBER
        g.demand(operand, wanted, self.text, f"under {sign!r}")
        if wanted == CONDITION:
            return g.negation(operand)
        if sign == "√":
            return g.power(operand, Operand(g.HALF, at, value=0.5), self.limits)
        return g.negate(operand) if sign == "-" else g.close(operand)

    def binary(self, sign: str, left: Operand, right: Operand) -> Operand:
        """An operator of two operands."""
        compares = BINARY[sign].level == g.COMPARE
        wanted = CONDITION if sign in _LOGICAL else NUMBER
        if not (compares and left.chain == "comparison"):
            g.demand(left, wanted, self.text, f"beside {sign!r}")
        g.demand(right, wanted, self.text, f"beside {sign!r}")
        if wanted == CONDITION:
            return g.logic(left, right, sign)
        return g.compare(left, right, sign) if compares else self.arithmetic(sign, left, right)

    def arithmetic(self, sign: str, left: Operand, right: Operand) -> Operand:
        """An operator of two numbers that makes a number."""
        if sign in "+-":
            return g.add(left, right, sign)
        if sign == "*":
            return g.multiply(left, right)
        if sign == "/":
            return g.divide(left, right)
        if sign == "**":
            return g.power(left, right, self.limits)
        return g.floored(left, right, remainder=sign == "%")
