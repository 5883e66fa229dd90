"""f(u) - 1 where it has a form of its own, which keeps its digits as f(u) comes near 1."""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF


def less_one(b: SmartBuilder, op: str, u: Value) -> Value | None:
    """exp(u) - 1 = expm1(u), cos(u) - 1 = -2 sin(u/2)^2; None for any other op.

    erf(u) - 1 = -erfc(u) and back; ndtr(u) - 1 = -ndtr(-u), and so of the logistic function;
    tanh(u) - 1 = -2 sigmoid(-2 u).

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
    if op in _COMPLEMENTS:
        return b.emit("neg", b.emit(_COMPLEMENTS[op], u))
    if op in ("ndtr", "sigmoid"):
        return b.emit("neg", b.emit(op, b.emit("neg", u)))
    if op == "tanh":
        return b.emit("mul", b.const(-2), b.emit("sigmoid", b.emit("mul", b.const(-2), u)))
    return None


_COMPLEMENTS = {"erf": "erfc", "erfc": "erf"}
