"""Powers with a variable exponent, which makes much of a rounding of the base.

    (1 + u)^p       = exp(p log1p(u))           for |u| < 1/2
    x^p - 1         = expm1(p log(x))           for |p log(x)| < 1
    a^p - c^p       = c^p expm1(p log(a/c))     for a/c > 0; taken for |p log(a/c)| < 1
    a^p/c^p         = (1 + (a - c)/c)^p         for a, c > 0, where a - c is simpler
    s(a)^p/s(c)^p   = exp(p (log s(a) - log s(c))),  s the logistic function
    log s(a)        = -log(1 + exp(-a))

An exponent that is an input can be no better than its own rounding, which moves x^p by |p log x|
roundings; exp(p log x) loses no more than that. A rounding of x moves x^p by p roundings: where x
is next to 1 that is far more, and it is here that 1 + u is rounded.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivc.ir import exact
from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Value
from derivc.lowering.fragment import HALF
from derivc.passes.cancel import differences

_LARGEST = 32
"""Constant exponents up to this lose little."""

_MOST_FACTORS = 12


def beside_one(b: SmartBuilder, value: Value) -> Value | None:
    """u, where the value is 1 + u: as a sum, a difference, or a quotient of (c + d)/c.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> beside_one(b, b.emit("add", 0, b.const(1)))
        0
    """
    step = b.at(value)
    if step.op == "add":
        return one_more(b, value)
    if step.op == "sub" and b.is_const(step.args[0], 1):
        return b.emit("neg", step.args[1])
    if step.op != "div" or b.constant(step.args[0]) is not None:
        return None
    gap = _known_gap(b, *step.args)
    return None if gap is None else b.emit("div", gap, step.args[1])


def one_more(b: SmartBuilder, value: Value) -> Value | None:
    """u, where the value is 1 + u as it stands."""
    step = b.at(value)
    if step.op != "add" or not any(b.is_const(arg, 1) for arg in step.args):
        return None
    return step.args[1] if b.is_const(step.args[0], 1) else step.args[0]


def _known_gap(b: SmartBuilder, a: Value, c: Value) -> Value | None:
    """a - c without the terms that both have; None where they share none."""
    one, other = _terms(b, a), _terms(b, c)
    if not any(one.get(term) == size for term, size in other.items()):
        return None
    sizes = {t: one.get(t, Fraction(0)) - other.get(t, Fraction(0)) for t in {**one, **other}}
    found = b.const(0)
    for term, size in sizes.items():
        if size:
            found = b.emit("add", found, b.emit("mul", b.const(size), term))
    return found


def _terms(b: SmartBuilder, value: Value) -> dict[Value, Fraction]:
    """The terms of a sum of two with their signs; of anything else, itself."""
    step = b.at(value)
    if step.op not in ("add", "sub"):
        return {value: Fraction(1)}
    first, second = step.args
    return {first: Fraction(1), second: Fraction(1 if step.op == "add" else -1)}


def power(b: SmartBuilder, step: Instruction) -> Value | None:
    """(1 + u)^p, by the logarithm of 1 + u where u is small."""
    base, exponent = step.args
    if _is_small(b.constant(exponent)):
        return None
    u = beside_one(b, base)
    if u is None or b.constant(u) is not None:
        return None
    form = b.emit("exp", b.emit("mul", exponent, b.emit("log1p", u)))
    plain = b.emit("pow", base, exponent)
    return b.emit("where", b.emit("lt", b.emit("abs", u), b.const(HALF)), form, plain)


def as_power(b: SmartBuilder, value: Value) -> tuple[Value, Value] | None:
    """Base and exponent of a power, `power` and 1/a^p included; no small constant exponent."""
    step = b.at(value)
    if step.op == "div" and b.is_const(step.args[0], 1):
        found = as_power(b, step.args[1])
        return None if found is None else (found[0], b.emit("neg", found[1]))
    if step.op == "where" and b.at(step.args[1]).op == "exp":
        step = b.at(step.args[2])
    if step.op != "pow" or _is_small(b.constant(step.args[1])):
        return None
    return step.args[0], step.args[1]


def _is_small(exponent: Any) -> bool:
    """True for constant exponents that make little of a rounding."""
    return exact.is_plain(exponent) and abs(exponent) <= _LARGEST


def less_one(b: SmartBuilder, value: Value) -> Value | None:
    """(1 + u)^p - 1 = expm1(p log1p(u)) where that is small; whole powers multiply out better.

    Of any other base, x^p - 1 = expm1(p log(x)), as in the transformation of Box and Cox.
    """
    found = as_power(b, value)
    if found is None:
        return None
    u = beside_one(b, found[0])
    logarithm = b.emit("log", found[0]) if u is None else b.emit("log1p", u)
    size = b.emit("mul", found[1], logarithm)
    form, near = b.emit("expm1", size), b.emit("lt", b.emit("abs", size), b.const(1))
    return b.emit("where", near, form, b.emit("sub", value, b.const(1)))


def difference(b: SmartBuilder, left: Value, right: Value) -> Value | None:
    """a^p - c^p by the logarithm of a/c, where the powers are close to one another."""
    one, other = as_power(b, left), as_power(b, right)
    if one is None or other is None or one[1] != other[1]:
        return None
    (a, exponent), (c, _) = one, other
    gap = _known_gap(b, a, c)
    gap = b.emit("sub", a, c) if gap is None else gap
    size = b.emit("mul", exponent, differences.log(b, a, c, gap))
    form = b.emit("mul", b.emit("pow", c, exponent), b.emit("expm1", size))
    near = b.emit("lt", b.emit("abs", size), b.const(1))
    return b.emit("where", near, form, b.emit("sub", left, right))


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """a^p/c^p for close or logistic a and c, whatever else is in numerator and denominator."""
    below = factors(b, under)
    if not any(as_power(b, v) for v in below):
        return None
    above, ratios = factors(b, over), []
    for value in list(above):
        for other in below:
            ratio = _ratio(b, value, other)
            if ratio is not None:
                above.remove(value)
                below.remove(other)
                ratios.append(ratio)
                break
    if not ratios:
        return None
    return b.emit("div", product(b, [*ratios, *above]), product(b, below))


def factors(b: SmartBuilder, value: Value) -> list[Value]:
    """The factors of a product; those beyond the first dozen are left together."""
    found = [value]
    for _ in range(_MOST_FACTORS):
        product = next((v for v in found if b.at(v).op == "mul"), None)
        if product is None:
            break
        place = found.index(product)
        found[place : place + 1] = b.at(product).args
    return found


def product(b: SmartBuilder, values: list[Value]) -> Value:
    """The product of the values; 1 of none."""
    found = b.const(1)
    for value in values:
        found = b.emit("mul", found, value)
    return found


def _ratio(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """One power over another, where the logarithm of the quotient of their bases is known."""
    one, other = as_power(b, over), as_power(b, under)
    if one is None or other is None or one[1] != other[1]:
        return None
    (a, exponent), (c, _) = one, other
    if b.at(a).op == "sigmoid" == b.at(c).op:
        logs = (b.emit("logaddexp", b.const(0), b.emit("neg", *b.at(v).args)) for v in (c, a))
        return b.emit("exp", b.emit("mul", exponent, b.emit("sub", *logs)))
    near = power(b, Instruction("pow", (b.emit("div", a, c), exponent)))
    if near is None:
        return None
    positive = (b.emit("gt", v, b.const(0)) for v in (a, c))
    return b.emit("where", b.emit("logical_and", *positive), near, b.emit("div", over, under))
