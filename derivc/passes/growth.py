"""Growth by a small rate, (1 + u)^n - 1, in quotients with u and with (1 + u)^n: annuities.

With z = n log1p(u), f(z) = expm1(z)/z and g(u) = log1p(u)/u:
    (1 + u)^n/((1 + u)^n - 1) = 1/(1 - (1 + u)^-n), and 1 - (1 + u)^-n = -expm1(-z) for |z| < 1
    ((1 + u)^n - 1)/u         = n f(z) g(u)              for |z| < 1
    u/((1 + u)^n - 1)         = 1/(n f(z) g(u))          for |z| < 1
    u/(1 - (1 + u)^-n)        = 1/(n f(-z) g(u))         for |z| < 1

The first holds wherever its left side is defined, the others too. On the left a partial by u is a
difference of terms in 1/u; f and g are smooth, and become series around 0 in `passes.cancel`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.complements import apart
from derivc.passes.powers import as_power, beside_one, factors, product


@final
@dataclass(frozen=True)
class _Growth:
    """What stands for (1 + u)^n - 1, or with the sign -1 for 1 - (1 + u)^-n."""

    u: Value
    exponent: Value
    size: Value
    near: Value
    far: Value
    power: Value
    sign: int = 1


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """A quotient with growth on one side of its line and the rate on the other.

    Example:
        >>> from derivc.passes.powers import less_one
        >>> b = SmartBuilder(["r", "n"])
        >>> grown = less_one(b, b.emit("pow", b.emit("add", 0, b.const(1)), 1))
        >>> b.at(quotient(b, grown, 0)).op
        'where'
    """
    above, below = factors(b, over), factors(b, under)
    for value in below:
        grown = _growth(b, value)
        if grown is not None:
            below.remove(value)
            return _discounted(b, above, below, value, grown)
    for value in above:
        grown = _growth(b, value)
        rate = None if grown is None else _multiple(b, below, grown.u)
        if grown is not None and rate is not None:
            above.remove(value)
            below.remove(rate[0])
            below.append(b.const(rate[1]))
            found = b.emit("where", grown.near, _slope(b, grown), b.emit("div", grown.far, grown.u))
            return b.emit("div", product(b, [found, *above]), product(b, below))
    return None


def _discounted(
    b: SmartBuilder, above: list[Value], below: list[Value], value: Value, grown: _Growth
) -> Value | None:
    """The quotient with growth below its line; None where neither u nor a power is above it."""
    if grown.power in above:
        above.remove(grown.power)
        grown = _mirrored(b, grown)
        form = b.emit("neg", b.emit("expm1", b.emit("neg", grown.size)))
        value = b.emit("where", grown.near, form, grown.far)
    elif _multiple(b, above, grown.u) is None:
        return None
    rate = _multiple(b, above, grown.u)
    if rate is None:
        return b.emit("div", product(b, above), product(b, [value, *below]))
    above.remove(rate[0])
    above.append(b.const(rate[1]))
    inverse = b.emit("div", b.const(1), _slope(b, grown))
    found = b.emit("where", grown.near, inverse, b.emit("div", grown.u, grown.far))
    return b.emit("div", product(b, [found, *above]), product(b, below))


def _multiple(b: SmartBuilder, values: list[Value], u: Value) -> tuple[Value, Fraction] | None:
    """The first value that is a multiple of u, such as r of r/12, and how many times u it is."""
    size, inner = apart(b, u)
    for value in values:
        scale, own = apart(b, value)
        if own == inner:
            return value, scale / size
    return None


def _growth(b: SmartBuilder, value: Value) -> _Growth | None:
    """(1 + u)^n - 1, as `powers.less_one` writes it."""
    step = b.at(value)
    if step.op != "where":
        return None
    form, plain = b.at(step.args[1]), b.at(step.args[2])
    if form.op != "expm1" or plain.op != "sub" or not b.is_const(plain.args[1], 1):
        return None
    found = as_power(b, plain.args[0])
    u = None if found is None else beside_one(b, found[0])
    if found is None or u is None:
        return None
    return _Growth(u, found[1], form.args[0], step.args[0], step.args[2], plain.args[0])


def _mirrored(b: SmartBuilder, grown: _Growth) -> _Growth:
    """1 - (1 + u)^-n."""
    less = b.emit("div", b.const(1), grown.power)
    far = b.emit("sub", b.const(1), less)
    return _Growth(grown.u, grown.exponent, grown.size, grown.near, far, grown.power, -1)


def _slope(b: SmartBuilder, grown: _Growth) -> Value:
    """n f(z) g(u), or n f(-z) g(u); z and u chosen, so that partials stay in parts by z and u."""
    size, u = (b.emit("where", grown.near, v, b.const(HALF)) for v in (grown.size, grown.u))
    z = size if grown.sign > 0 else b.emit("neg", size)
    f = b.emit("div", b.emit("expm1", z), z)
    g = b.emit("div", b.emit("log1p", u), u)
    return b.emit("mul", grown.exponent, b.emit("mul", f, g))
