"""The smart builder: exact folding and the identities of arithmetic, as instructions go in.

Each rule names its identity. All hold for finite real numbers; none changes the rounding except to
drop an operation whose result is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, final

from derivc.ir import exact
from derivc.ir.builder import Builder
from derivc.ir.program import Value


@final
class SmartBuilder(Builder):
    """A builder that folds constants and applies identities before it binds an instruction.

    `convention` names what derivatives emitted into it return at kinks.
    """

    convention = "torch"

    def emit(self, op: str, *args: Value) -> Value:
        """The value of an op over values, in its simplest equal form."""
        constants = [self.constant(a) for a in args]
        if constants and None not in constants:
            folded = exact.fold(op, constants)
            if folded is not None:
                return self.const(folded)
        rule = _RULES.get(op)
        found = rule(self, *args) if rule else None
        return super().emit(op, *args) if found is None else found

    def is_const(self, value: Value, number: Any) -> bool:
        """True when a value is this exact constant."""
        constant = self.constant(value)
        return exact.is_plain(constant) and constant == number

    def negated(self, value: Value) -> Value | None:
        """What the value is the negative of, when it is a `neg` or a negative number."""
        constant = self.constant(value)
        if exact.is_plain(constant) and constant < 0:
            return self.const(-constant)
        step = self.at(value)
        return step.args[0] if step.op == "neg" else None


def _add(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if b.is_const(x, 0):  # 0 + y = y
        return y
    if b.is_const(y, 0):  # x + 0 = x
        return x
    if (plus := b.negated(y)) is not None:  # x + (-p) = x - p
        return b.emit("sub", x, plus)
    if (plus := b.negated(x)) is not None:  # (-p) + y = y - p
        return b.emit("sub", y, plus)
    return None


def _sub(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if x == y:  # x - x = 0
        return b.const(0)
    if b.is_const(y, 0):  # x - 0 = x
        return x
    if b.is_const(x, 0):  # 0 - y = -y
        return b.emit("neg", y)
    if (plus := b.negated(y)) is not None:  # x - (-p) = x + p
        return b.emit("add", x, plus)
    return None


def _neg(b: SmartBuilder, x: Value) -> Value | None:
    step = b.at(x)
    if step.op == "neg":  # -(-x) = x
        return step.args[0]
    if step.op == "sub":  # -(x - y) = y - x
        return b.emit("sub", step.args[1], step.args[0])
    return None


def _mul(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if b.constant(y) is not None and b.constant(x) is None:  # constants stand first
        return b.emit("mul", y, x)
    if b.is_const(x, 0):  # 0 y = 0
        return x
    if b.is_const(x, 1):  # 1 y = y
        return y
    if b.is_const(x, -1):  # (-1) y = -y
        return b.emit("neg", y)
    return _mul_sign(b, x, y) or _mul_quotient(b, x, y) or _mul_constants(b, x, y)


def _mul_sign(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    """(-p) y = -(p y), so that signs travel outwards and merge with sums."""
    for one, other in ((x, y), (y, x)):
        if b.constant(one) is None and (plus := b.negated(one)) is not None:
            return b.emit("neg", b.emit("mul", plus, other))
    return None


def _mul_quotient(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    """x (1/q) = x/q: one rounding instead of two."""
    for one, other in ((x, y), (y, x)):
        step = b.at(one)
        if step.op == "div" and b.is_const(step.args[0], 1):
            return b.emit("div", other, step.args[1])
    return None


def _mul_constants(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    """c (d z) = (c d) z for plain constants."""
    step = b.at(y)
    if b.constant(x) is None or step.op != "mul" or b.constant(step.args[0]) is None:
        return None
    product = exact.fold("mul", [b.constant(x), b.constant(step.args[0])])
    return None if product is None else b.emit("mul", b.const(product), step.args[1])


def _div(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if b.is_const(x, 0) or b.is_const(y, 1):  # 0/y = 0, x/1 = x
        return x
    if b.is_const(y, -1):  # x/(-1) = -x
        return b.emit("neg", x)
    if (reciprocal := _exact_reciprocal(b.constant(y))) is not None:
        return b.emit("mul", b.const(reciprocal), x)
    for position, value in enumerate((x, y)):  # (-p)/y = -(p/y), x/(-q) = -(x/q)
        if b.constant(value) is None and (plus := b.negated(value)) is not None:
            rest = (plus, y) if position == 0 else (x, plus)
            return b.emit("neg", b.emit("div", *rest))
    return None


def _exact_reciprocal(value: Any) -> Any:
    """1/value when it is a power of two, so that multiplying rounds nothing."""
    if not exact.is_plain(value) or value == 0:
        return None
    whole = abs(value.numerator), value.denominator
    return exact.normalise(1 / Fraction(value)) if all(_power_of_two(w) for w in whole) else None


def _power_of_two(value: int) -> bool:
    return value > 0 and value & (value - 1) == 0 and value.bit_length() < 500


def _pow(b: SmartBuilder, x: Value, e: Value) -> Value | None:
    if b.is_const(e, 0):  # x^0 = 1
        return b.const(1)
    if b.is_const(e, 1):  # x^1 = x
        return x
    if b.is_const(x, 1):  # 1^e = 1
        return x
    return None


def _where(b: SmartBuilder, c: Value, x: Value, y: Value) -> Value | None:
    if x == y:
        return x
    condition = b.constant(c)
    return None if condition is None else (x if condition else y)


def _and(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if x == y or b.constant(y) is True or b.constant(x) is False:
        return x
    return y if b.constant(x) is True or b.constant(y) is False else None


def _or(b: SmartBuilder, x: Value, y: Value) -> Value | None:
    if x == y or b.constant(y) is False or b.constant(x) is True:
        return x
    return y if b.constant(x) is False or b.constant(y) is True else None


def _not(b: SmartBuilder, x: Value) -> Value | None:
    constant = b.constant(x)
    return None if constant is None else b.const(not constant)


_RULES: dict[str, Callable[..., Value | None]] = {
    "add": _add,
    "sub": _sub,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "where": _where,
    "logical_and": _and,
    "logical_or": _or,
    "logical_not": _not,
}
