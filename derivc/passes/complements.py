"""A function next to the number that it tends to: c f(u) - c and the like, which lose all digits.

    c erf(u) + c = c erfc(-u)             c tanh(u) + c  = 2 c sigmoid(2 u)
    c erf(u) - c = -c erfc(u)             c tanh(u)^2 - c = -c sech(u)^2
    2 c - c erfc(u) = c erfc(-u)          c gammainc(a, x) - c = -c gammaincc(a, x), and back

With a factor of -1 in front of c they serve differences too. All hold for every real number.
"""

from __future__ import annotations

from fractions import Fraction

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Value
from derivc.passes.less_one import less_one

_COMPLEMENTS = {"gammainc": "gammaincc", "gammaincc": "gammainc"}


def complement(b: SmartBuilder, step: Instruction) -> Value | None:
    """A sum or difference of a constant and a function, by the first identity that fits.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> half, scaled = b.const(Fraction(1, 2)), b.emit("div", b.emit("erf", 0), b.const(2))
        >>> found = b.at(complement(b, Instruction("sub", (half, scaled))))
        >>> b.constant(found.args[0]), b.at(found.args[1]).op
        (Fraction(1, 2), 'erfc')
    """
    left, right = step.args
    sign = 1 if step.op == "add" else -1
    if (constant := _plain(b, left)) is not None:
        return _scaled(b, constant, right, sign)
    if (constant := _plain(b, right)) is not None:
        return _scaled(b, sign * constant, left, 1)
    return None


def _scaled(b: SmartBuilder, constant: Fraction, value: Value, sign: int) -> Value | None:
    """constant + sign value, where value = size f: size (f + constant/size)."""
    size, inner = apart(b, value)
    size *= sign
    form = _shifted(b, b.at(inner), constant / size)
    if form is None:
        return None
    size, form = (-size, b.at(form).args[0]) if b.at(form).op == "neg" else (size, form)
    return b.emit("mul", b.const(size), form)


def _plain(b: SmartBuilder, value: Value) -> Fraction | None:
    constant = b.constant(value)
    return Fraction(constant) if exact.is_plain(constant) and constant else None


def apart(b: SmartBuilder, value: Value) -> tuple[Fraction, Value]:
    """A constant factor and what it multiplies.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> apart(b, b.emit("div", 0, b.const(12)))
        (Fraction(1, 12), 0)
    """
    step = b.at(value)
    if step.op == "neg":
        return Fraction(-1), step.args[0]
    if step.op == "mul" and (size := _plain(b, step.args[0])) is not None:
        return size, step.args[1]
    if step.op in ("mul", "div") and (size := _plain(b, step.args[1])) is not None:
        return (size if step.op == "mul" else 1 / size), step.args[0]
    return Fraction(1), value


def _shifted(b: SmartBuilder, step: Instruction, shift: Fraction) -> Value | None:
    """f + shift."""
    if shift == -1:
        return _less_one(b, step)
    if shift == 1 and step.op == "erf":
        return b.emit("erfc", b.emit("neg", *step.args))
    if shift == 1 and step.op == "tanh":
        return b.emit("mul", b.const(2), b.emit("sigmoid", b.emit("mul", b.const(2), *step.args)))
    if shift == -2 and step.op == "erfc":
        return b.emit("neg", b.emit("erfc", b.emit("neg", *step.args)))
    return None


def _less_one(b: SmartBuilder, step: Instruction) -> Value | None:
    if step.op in _COMPLEMENTS:
        return b.emit("neg", b.emit(_COMPLEMENTS[step.op], *step.args))
    if step.op in ("pow", "mul") and (u := _squared_tanh(b, step)) is not None:
        root = b.emit("sech", u)
        return b.emit("neg", b.emit("mul", root, root))
    return less_one(b, step.op, *step.args) if len(step.args) == 1 else None


def _squared_tanh(b: SmartBuilder, step: Instruction) -> Value | None:
    """u, where the step is tanh(u)^2."""
    base, other = step.args
    twice = b.is_const(other, 2) if step.op == "pow" else base == other
    return b.at(base).args[0] if twice and b.at(base).op == "tanh" else None
