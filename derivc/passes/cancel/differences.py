"""f(a) - f(b) in a form that is accurate when a and b are close, for an accurate d = a - b.

    log a - log b = log1p(d/b) for d > 0, -log1p(-d/a) otherwise
    atan a - atan b = atan2(d, 1 + a b)
    sin a - sin b = 2 cos((a + b)/2) sin(d/2)
    cos a - cos b = -2 sin((a + b)/2) sin(d/2)
    tan a - tan b = sin(d)/(cos(a) cos(b))
    exp a - exp b = exp(b) expm1(d);  2 sinh(a) for b = -a
    sinh a - sinh b = 2 cosh((a + b)/2) sinh(d/2)
    cosh a - cosh b = 2 sinh((a + b)/2) sinh(d/2)
    a^p - b^p = b^p expm1(p (log a - log b)) for positive a and b
    sqrt a - sqrt b = d/(sqrt a + sqrt b)

Each holds wherever its left side is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF

Rule = Callable[[SmartBuilder, Value, Value, Value], Value]
"""From a builder, a, b and d to the difference."""


def log(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    """log x - log y."""
    up = b.emit("log1p", b.emit("div", d, y))
    constant = b.constant(d)
    down = b.emit("neg", b.emit("log1p", b.emit("div", b.emit("neg", d), x)))
    if constant is not None:
        return up if constant > 0 else down
    return b.emit("where", b.emit("gt", b.emit("div", d, y), b.const(0)), up, down)


def _atan(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    return b.emit("atan2", d, b.emit("add", b.const(1), b.emit("mul", x, y)))


def _half(b: SmartBuilder, value: Value) -> Value:
    return b.emit("mul", b.const(HALF), value)


def _halves(outer: str, inner: str, factor: int) -> Rule:
    """factor * outer((a + b)/2) * inner(d/2)."""

    def rule(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
        product = b.emit(
            "mul", b.emit(outer, _half(b, b.emit("add", x, y))), b.emit(inner, _half(b, d))
        )
        return b.emit("mul", b.const(factor), product)

    return rule


def _tan(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    return b.emit("div", b.emit("sin", d), b.emit("mul", b.emit("cos", x), b.emit("cos", y)))


def _exp(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    if b.negated(y) == x or b.negated(x) == y:
        return b.emit("mul", b.const(2), b.emit("sinh", x))
    return b.emit("mul", b.emit("exp", y), b.emit("expm1", d))


def _sqrt(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    """The quotient, which is 0 where both roots are."""
    total = b.emit("add", b.emit("sqrt", x), b.emit("sqrt", y))
    found = b.emit("div", d, total)
    if b.constant(d) is not None:
        return found
    return b.emit("where", b.emit("eq", total, b.const(0)), b.const(0), found)


def power(b: SmartBuilder, x: Value, y: Value, d: Value, exponent: Value) -> Value:
    """x**p - y**p: by expm1 where x and y are close and positive, as it stands elsewhere."""
    lower = b.emit("pow", y, exponent)
    form = b.emit("mul", lower, b.emit("expm1", b.emit("mul", exponent, log(b, x, y, d))))
    plain = b.emit("sub", b.emit("pow", x, exponent), lower)
    close = b.emit("lt", b.emit("abs", d), b.emit("mul", b.const(Fraction(1, 2)), y))
    return b.emit("where", close, form, plain)


def _close(name: str, outer: str, inner: str) -> Rule:
    """By halves where x and y are close; elsewhere as it stands, for halves would lose digits."""

    def rule(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
        form = _halves(outer, inner, 2)(b, x, y, d)
        plain = b.emit("sub", b.emit(name, x), b.emit(name, y))
        return b.emit("where", b.emit("lt", b.emit("abs", d), b.const(1)), form, plain)

    return rule


RULES: dict[str, Rule] = {
    "log": log,
    "atan": _atan,
    "sin": _halves("cos", "sin", 2),
    "cos": _halves("sin", "sin", -2),
    "tan": _tan,
    "exp": _exp,
    "sinh": _close("sinh", "cosh", "sinh"),
    "cosh": _close("cosh", "sinh", "sinh"),
    "sqrt": _sqrt,
}
