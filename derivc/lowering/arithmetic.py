"""Sums, products and powers: SymPy's n-ary nodes become add, sub, mul, div, neg, sqrt and pow.

The order and nesting of the tree are kept: what the user wrote is what is computed.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value


def lower_sum(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
    """Terms left to right; a negated term is subtracted (the builder merges the sign)."""
    total = parts[0]
    for part in parts[1:]:
        total = builder.emit("add", total, part)
    return total


def lower_product(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
    """Factors left to right; a power with a negative constant exponent divides."""
    over: Value | None = None
    under: Value | None = None
    for factor, value in zip(node.args, parts, strict=True):
        divisor = _divisor(builder, factor, value)
        if divisor is None:
            over = _times(builder, over, value)
        else:
            under = _times(builder, under, divisor)
    if under is None:
        return over if over is not None else builder.const(1)
    return _quotient(builder, over, under)


def _times(builder: SmartBuilder, left: Value | None, right: Value) -> Value:
    return right if left is None else builder.emit("mul", left, right)


def _quotient(builder: SmartBuilder, over: Value | None, under: Value) -> Value:
    return builder.emit("div", builder.const(1) if over is None else over, under)


def _divisor(builder: SmartBuilder, factor: Any, value: Value) -> Value | None:
    """What a factor divides by, when it is 1/d, b**-n or a fraction 1/q; else None."""
    if factor.is_Pow and factor.exp.is_Rational and factor.exp.is_negative:
        return _denominator(builder, value)
    constant = builder.constant(value)
    if isinstance(constant, Fraction) and constant.numerator == 1 and factor.is_Rational:
        return builder.const(constant.denominator)
    return None


def _denominator(builder: SmartBuilder, value: Value) -> Value | None:
    """The divisor of a value bound to 1/d, or of b**-n as b**n."""
    step = builder.at(value)
    if step.op == "div" and builder.is_const(step.args[0], 1):
        return step.args[1]
    if step.op == "pow" and exact.is_plain(exponent := builder.constant(step.args[1])):
        return builder.emit("pow", step.args[0], builder.const(-exponent))
    return None


def lower_power(builder: SmartBuilder, node: Any, parts: list[Value]) -> Value:
    """Square roots and reciprocals by their own ops, E**x as exp, the rest as pow."""
    base, exponent = parts
    if node.base is sp.E:
        return builder.emit("exp", exponent)
    half = Fraction(1, 2)
    constant = builder.constant(exponent)
    if constant == half:
        return builder.emit("sqrt", base)
    if constant == -1:
        return builder.emit("div", builder.const(1), base)
    if constant == -half:
        return builder.emit("div", builder.const(1), builder.emit("sqrt", base))
    return builder.emit("pow", base, exponent)
