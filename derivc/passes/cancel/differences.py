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
    cbrt a - cbrt b = d/(cbrt(a)^2 + cbrt(a) cbrt(b) + cbrt(b)^2)
    tanh a - tanh b = sinh(d)/(cosh(a) cosh(b)), for |d| < 1
    sech a - sech b = -2 sinh((a + b)/2) sinh(d/2)/(cosh(a) cosh(b)), for |d| < 1
    s(a) - s(b) = s(-a) s(b) expm1(d), s the logistic function, for |d| < 1
    log(1 + exp a) - log(1 + exp b) = log1p(s(b) expm1(d)), for |d| < 1

Each holds wherever its left side is defined, and is NaN where that is.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF

Rule = Callable[[SmartBuilder, Value, Value, Value], Value]
"""From a builder, a, b and d to the difference."""


def log(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    """log(x/y), for x and y of one sign."""
    up = b.emit("log1p", b.emit("div", d, y))
    constant = b.constant(d)
    down = b.emit("neg", b.emit("log1p", b.emit("div", b.emit("neg", d), x)))
    if constant is not None:
        return up if constant > 0 else down
    return b.emit("where", b.emit("gt", b.emit("div", d, y), b.const(0)), up, down)


def _logs(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    """log x - log y; as it stands where one of them may have no logarithm."""
    form = log(b, x, y, d)
    unknown = [b.emit("gt", v, b.const(0)) for v in (x, y) if not _is_positive(b, v)]
    if not unknown:
        return form
    both = unknown[0] if len(unknown) == 1 else b.emit("logical_and", *unknown)
    return b.emit("where", both, form, b.emit("sub", b.emit("log", x), b.emit("log", y)))


def _is_positive(b: SmartBuilder, value: Value) -> bool:
    """True for positive numbers, exponentials, and sums of such with squares."""
    constant = b.constant(value)
    if constant is not None:
        return exact.is_plain(constant) and bool(constant > 0)
    step = b.at(value)
    if step.op == "add":
        left, right = step.args
        sides = ((left, right), (right, left))
        return any(
            _is_positive(b, v) and (_is_square(b, w) or _is_positive(b, w)) for v, w in sides
        )
    return step.op in ("exp", "cosh")


def _is_square(b: SmartBuilder, value: Value) -> bool:
    step = b.at(value)
    if step.op == "pow":
        return b.is_const(step.args[1], 2)
    return step.op in ("square", "abs") or (step.op == "mul" and step.args[0] == step.args[1])


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
    return _near(b, "exp", x, y, d, b.emit("mul", b.emit("exp", y), b.emit("expm1", d)))


def _near(b: SmartBuilder, name: str, x: Value, y: Value, d: Value, form: Value) -> Value:
    """The form where x and y are close, the difference as it stands elsewhere."""
    if b.constant(d) is not None:
        return form
    plain = b.emit("sub", b.emit(name, x), b.emit(name, y))
    return b.emit("where", b.emit("lt", b.emit("abs", d), b.const(1)), form, plain)


def _sqrt(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    return _divided(b, d, b.emit("add", b.emit("sqrt", x), b.emit("sqrt", y)))


def _cbrt(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    one, other = b.emit("cbrt", x), b.emit("cbrt", y)
    squares = b.emit("add", b.emit("mul", one, one), b.emit("mul", other, other))
    return _divided(b, d, b.emit("add", squares, b.emit("mul", one, other)))


def _divided(b: SmartBuilder, d: Value, total: Value) -> Value:
    """The quotient, which is 0 where both roots are."""
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


def _close(name: str, outer: str, inner: str, factor: int) -> Rule:
    """By halves where x and y are close; elsewhere as it stands, for halves would lose digits."""
    halves = _halves(outer, inner, factor)
    return lambda b, x, y, d: _near(b, name, x, y, d, halves(b, x, y, d))


def _tanh(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    below = b.emit("mul", b.emit("cosh", x), b.emit("cosh", y))
    return _near(b, "tanh", x, y, d, b.emit("div", b.emit("sinh", d), below))


def _sech(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    below = b.emit("mul", b.emit("cosh", x), b.emit("cosh", y))
    above = _halves("sinh", "sinh", -2)(b, x, y, d)
    return _near(b, "sech", x, y, d, b.emit("div", above, below))


def _sigmoid(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    slope = b.emit("mul", b.emit("sigmoid", b.emit("neg", x)), b.emit("sigmoid", y))
    return _near(b, "sigmoid", x, y, d, b.emit("mul", slope, b.emit("expm1", d)))


def _softplus(b: SmartBuilder, x: Value, y: Value, d: Value) -> Value:
    """Where x and y are close; elsewhere as it stands, for expm1(d) would overflow."""
    form = b.emit("log1p", b.emit("mul", b.emit("sigmoid", y), b.emit("expm1", d)))
    plain = b.emit("sub", *(b.emit("logaddexp", b.const(0), v) for v in (x, y)))
    return b.emit("where", b.emit("lt", b.emit("abs", d), b.const(1)), form, plain)


RULES: dict[str, Rule] = {
    "log": _logs,
    "tanh": _tanh,
    "sech": _sech,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "atan": _atan,
    "sin": _close("sin", "cos", "sin", 2),
    "cos": _close("cos", "sin", "sin", -2),
    "tan": _tan,
    "exp": _exp,
    "sinh": _close("sinh", "cosh", "sinh", 2),
    "cosh": _close("cosh", "sinh", "sinh", 2),
    "sqrt": _sqrt,
    "cbrt": _cbrt,
}
