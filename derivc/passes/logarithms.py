"""Logarithms of what is next to 1, or too small to be a number.

    log(1 - exp(v)) = log1p(-exp(v))               for v < -0.7
    log(erfc(u))    = log1p(-erf(u))               for |u| < 1/2
    log(erfc(u)/2)  = log1p(-erfc(-u)/2)           for u < 0
    log(c erfc(u))  = log(c/sqrt(pi)) - u^2 - log(u) + log1p(s(u)),  where
        s(u) = -1/(2 u^2) + 3/(2 u^2)^2 - 15/(2 u^2)^3 + ..., https://dlmf.nist.gov/7.12.E1;
        taken for u > 8, where the series below is exact to rounding

All hold for every real number; the conditions are those under which the right side keeps digits.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.complements import apart

_FAR, _TERMS = 8, 17
_NEAR = Fraction(-7, 10)


def logarithm(b: SmartBuilder, value: Value) -> Value | None:
    """The logarithm of 1 - exp(v), or of a multiple of erfc(u); None for any other.

    Args:
        value: what the logarithm is taken of, in its stable form.

    Example:
        >>> b = SmartBuilder(["u"])
        >>> b.at(logarithm(b, b.emit("erfc", 0))).op
        'where'
        >>> logarithm(b, b.emit("exp", 0)) is None
        True
    """
    size, inner = apart(b, value)
    step = b.at(inner)
    if step.op == "expm1" and size == -1:
        return _beside_exponential(b, value, *step.args)
    return _of_tail(b, value, size, *step.args) if step.op == "erfc" and size > 0 else None


def _beside_exponential(b: SmartBuilder, value: Value, v: Value) -> Value:
    small = b.emit("log1p", b.emit("neg", b.emit("exp", v)))
    return b.emit("where", b.emit("lt", v, b.const(_NEAR)), small, b.emit("log", value))


def _of_tail(b: SmartBuilder, value: Value, size: Fraction, u: Value) -> Value:
    near = _near(b, b.emit("log", value), size, u)
    return b.emit("where", b.emit("gt", u, b.const(_FAR)), _far(b, size, u), near)


def _near(b: SmartBuilder, plain: Value, size: Fraction, u: Value) -> Value:
    if size == 1:
        little = b.emit("lt", b.emit("abs", u), b.const(HALF))
        return b.emit("where", little, b.emit("log1p", b.emit("neg", b.emit("erf", u))), plain)
    if size != HALF:
        return plain
    rest = b.emit("mul", b.const(-HALF), b.emit("erfc", b.emit("neg", u)))
    return b.emit("where", b.emit("lt", u, b.const(0)), b.emit("log1p", rest), plain)


def _far(b: SmartBuilder, size: Fraction, u: Value) -> Value:
    square = b.emit("mul", u, u)
    part = b.emit("div", b.const(-HALF), square)
    series = b.const(0)
    for k in range(_TERMS, 0, -1):  # each term is (2 k - 1) part times the one before it
        series = b.emit("mul", b.emit("mul", b.const(2 * k - 1), part),
                        b.emit("add", b.const(1), series))  # fmt: skip
    scale = b.const(sp.log(sp.Rational(size) / sp.sqrt(sp.pi)))
    head = b.emit("sub", b.emit("sub", scale, square), b.emit("log", u))
    return b.emit("add", head, b.emit("log1p", series))
