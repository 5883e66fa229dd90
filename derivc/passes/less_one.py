"""f(u) - 1 where it has a form of its own, which keeps its digits as f(u) comes near 1."""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF


def less_one(b: SmartBuilder, op: str, u: Value) -> Value | None:
    """exp(u) - 1 = expm1(u), cos(u) - 1 = -2 sin(u/2)^2; None for any other op.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> b.at(less_one(b, "exp", 0)).op
        'expm1'
    """
    if op == "exp":
        return b.emit("expm1", u)
    if op == "cos":
        sine = b.emit("sin", b.emit("mul", b.const(HALF), u))
        return b.emit("mul", b.const(-2), b.emit("mul", sine, sine))
    return None
