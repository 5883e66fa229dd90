"""Powers of 1 + exp(u) and of the logistic function, none of whose parts leaves the range first.

    (1 + exp(u))^p = exp(p softplus(u)),      p constant and no whole number
    (1 + exp(u))^-n = sigmoid(-u)^n           n whole
    sigmoid(u)^p   = exp(-p softplus(-u))
    a/exp(u)       = a exp(-u)

All hold for every real u. Left of them exp(u) overflows where the power is moderate still, and its
slope is then an infinity times zero. A rounding of softplus(u) weighs no more than one of u does.
"""

from __future__ import annotations

from fractions import Fraction

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.powers import one_more


def root(b: SmartBuilder, base: Value) -> Value | None:
    """The square root of 1 + exp(u) or of sigmoid(u).

    Example:
        >>> b = SmartBuilder(["u"])
        >>> b.at(root(b, b.emit("sigmoid", 0))).op
        'exp'
    """
    return _power(b, base, HALF)


def power(b: SmartBuilder, base: Value, exponent: Value) -> Value | None:
    """Such a power with a constant exponent; None for any other power."""
    constant = b.constant(exponent)
    return _power(b, base, Fraction(constant)) if exact.is_plain(constant) else None


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """a/exp(u)."""
    if b.at(under).op != "exp":
        return None
    return b.emit("mul", over, b.emit("exp", b.emit("neg", *b.at(under).args)))


def _power(b: SmartBuilder, base: Value, exponent: Fraction) -> Value | None:
    u = _exponent(b, base)
    if u is None:
        return _of_sigmoid(b, base, exponent)
    if exponent.denominator != 1:
        return _exponential(b, exponent, u)
    if exponent >= 0:
        return None
    mirrored = b.emit("sigmoid", b.emit("neg", u))
    return mirrored if exponent == -1 else b.emit("pow", mirrored, b.const(-exponent))


def _of_sigmoid(b: SmartBuilder, base: Value, exponent: Fraction) -> Value | None:
    step = b.at(base)
    if step.op != "sigmoid" or exponent.denominator == 1:
        return None
    return _exponential(b, -exponent, b.emit("neg", *step.args))


def _exponent(b: SmartBuilder, value: Value) -> Value | None:
    """u, where the value is 1 + exp(u)."""
    grown = one_more(b, value)
    return b.at(grown).args[0] if grown is not None and b.at(grown).op == "exp" else None


def _exponential(b: SmartBuilder, exponent: Fraction, u: Value) -> Value:
    """exp(p softplus(u))."""
    return b.emit("exp", b.emit("mul", b.const(exponent), b.emit("logaddexp", b.const(0), u)))
