"""Stable forms of cancelling expressions, before differentiation, so that partials are stable too.

    exp(x) - 1 = expm1(x), 1 - exp(x) = -expm1(x)
    m exp(x) - m = m expm1(x), both of them terms of a sum
    log(1 + x) = log1p(x), log(1 - x) = log1p(-x)
    log(1 + exp(x)) = log1p(exp(x)) = softplus(x), log(sigmoid(x)) = -softplus(-x), log(exp(x)) = x,
    log(exp(x) + exp(y)) = logaddexp(x, y)
    logaddexp(x, y) - x = softplus(y - x)
    1 - cos(x) = 2 sin(x/2)^2
    1 - erf(x) = erfc(x), 1 - ndtr(x) = ndtr(-x), and the like: `passes.complements`
    powers with a variable exponent, of what is next to 1 or to another one: `passes.powers`
    ((1 + u)^n - 1)/u, and the like: `passes.growth`
    exp(x)/(1 + exp(x)) = sigmoid(x), a/(1 + exp(x)) = a sigmoid(-x), 1 - sigmoid(x) = sigmoid(-x)
    exp(x)/(exp(x) - 1) = -1/(exp(-x) - 1), (exp(x) - 1)/(exp(x) + 1) = tanh(x/2)
    sin(u + v)/(sin(u) sin(v)) = 1/tan(u) + 1/tan(v), and the like: `passes.addition`
    powers of 1 + exp(x) and of sigmoid(x): `passes.logistic`
    log(1 - exp(x)), log(erfc(x)): `passes.logarithms`
    cos(atan(x)) = 1/sqrt(1 + x^2), and the other functions of inverse functions
    divided differences, (exp(x) - exp(y))/(x - y) and the like: `passes.divided`
    p/(p + q) for a power p with a variable exponent: `passes.saturation`
    orthogonal polynomials of small degree: `passes.recurrences`
    exp(x^2) erfc(x) = erfcx(x), and quotients of gamma functions: `passes.scaled`
    lgamma(x + 1) - lgamma(x) = log|x|, digamma(x) - log(x): `passes.gammas`

All hold for every real x for which the left side is defined. Left of them: 1 + x rounds x away when
it is small, and exp(x) overflows when it is large; right of them neither happens.
"""

from __future__ import annotations

from collections.abc import Callable

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Instruction, Program, Value
from derivc.lowering.fragment import HALF
from derivc.passes import addition, divided, gammas, growth, logistic, powers, saturation, scaled
from derivc.passes.complements import complement
from derivc.passes.dce import dce
from derivc.passes.inverses import of_inverse, of_logarithm, of_one
from derivc.passes.less_one import less_one
from derivc.passes.logarithms import logarithm
from derivc.passes.recurrences import FAMILIES, polynomial


def stabilise(program: Program) -> Program:
    """The same function in a form that loses fewer digits.

    Args:
        program: op level.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x"])
        >>> print(stabilise(b.finish([b.emit("sub", b.emit("exp", 0), b.const(1))])))
        inputs x
        _1 = expm1 x
        outputs _1
    """
    builder = SmartBuilder(program.inputs)
    places = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        places[index] = _stable(builder, builder.copy(step, places))
    return dce(builder.finish(places[out] for out in program.outputs))


def _stable(b: SmartBuilder, value: Value) -> Value:
    """The value itself, or its stable form."""
    step = b.at(value)
    rule = _RULES.get(step.op)
    found = rule(b, step) if rule else _composed(b, step)
    return value if found is None else found


def _composed(b: SmartBuilder, step: Instruction) -> Value | None:
    """cos(atan(u)) and the like."""
    if len(step.args) != 1:
        return None
    inner = b.at(step.args[0])
    return of_inverse(b, step.op, inner.op, inner.args[0]) if len(inner.args) == 1 else None


def _difference(b: SmartBuilder, step: Instruction) -> Value | None:
    """f(x) - 1 and 1 - f(x), where f(x) - 1 has a form of its own."""
    left, right = step.args
    if b.is_const(right, 1):
        return _less_one(b, left) or complement(b, step)
    if b.is_const(left, 1):
        found = _less_one(b, right)
        return complement(b, step) if found is None else b.emit("neg", found)
    ways = (powers.difference, gammas.difference)
    found = next((f for way in ways if (f := way(b, left, right)) is not None), None)
    return _sum(b, step) if found is None else found


def _sum(b: SmartBuilder, step: Instruction) -> Value | None:
    """m exp(x) - m, between other terms."""
    known = complement(b, step) or _beside_inverse(b, step)
    if known is not None:
        return known
    terms = _terms(b, step)
    if (found := _remainder(b, terms)) is not None:
        return found
    for position, (sign, value) in enumerate(terms):
        for factor, exponential in _exponentials(b, value):
            other = (-sign, factor)
            if other in terms:
                small = b.emit("mul", factor, b.emit("expm1", *b.at(exponential).args))
                terms[position] = (sign, small)
                terms.remove(other)
                return _total(b, terms)
    return None


def _beside_inverse(b: SmartBuilder, step: Instruction) -> Value | None:
    """1 + (-1/f), as the builder writes 1 - 1/f."""
    one, other = step.args
    inverse = b.at(other)
    found = step.op == "add" and b.is_const(one, 1) and inverse.op == "div"
    if not found or not b.is_const(inverse.args[0], -1):
        return None
    less = _less_one(b, b.emit("div", b.const(1), inverse.args[1]))
    return None if less is None else b.emit("neg", less)


def _remainder(b: SmartBuilder, terms: list[tuple[int, Value]]) -> Value | None:
    """logaddexp(x, y) - x, between other terms."""
    for position, (sign, value) in enumerate(terms):
        if b.at(value).op != "logaddexp":
            continue
        for x, y in (b.at(value).args, b.at(value).args[::-1]):
            if (-sign, x) in terms:
                left = b.emit("logaddexp", b.const(0), b.emit("sub", y, x))
                terms[position] = (sign, left)
                terms.remove((-sign, x))
                return _total(b, terms)
    return None


def _terms(b: SmartBuilder, step: Instruction) -> list[tuple[int, Value]]:
    """The terms of a sum with their signs, those beyond the first few left together."""
    found = [(1, step.args[0]), (1 if step.op == "add" else -1, step.args[1])]
    for _ in range(_MOST_TERMS):
        inner = next((t for t in found if b.at(t[1]).op in ("add", "sub")), None)
        if inner is None:
            break
        place, (sign, value) = found.index(inner), inner
        one, other = b.at(value).args
        opposite = sign if b.at(value).op == "add" else -sign
        found[place : place + 1] = [(sign, one), (opposite, other)]
    return found


def _exponentials(b: SmartBuilder, value: Value) -> list[tuple[Value, Value]]:
    """m and exp(x), where the value is their product."""
    if b.at(value).op != "mul":
        return []
    one, other = b.at(value).args
    return [(m, e) for m, e in ((one, other), (other, one)) if b.at(e).op == "exp"]


def _total(b: SmartBuilder, terms: list[tuple[int, Value]]) -> Value:
    found = b.const(0)
    for sign, value in terms:
        found = b.emit("add" if sign > 0 else "sub", found, value)
    return found


def _less_one(b: SmartBuilder, value: Value) -> Value | None:
    step = b.at(value)
    if step.op in ("pow", "where", "div"):
        return powers.less_one(b, value)
    return less_one(b, step.op, step.args[0]) if len(step.args) == 1 else None


def _quotient(b: SmartBuilder, step: Instruction) -> Value | None:
    """exp(x)/(1 + exp(x)), a/(1 + exp(x)) and exp(x)/expm1(x), none of which overflows then."""
    over, under = b.at(step.args[0]), b.at(step.args[1])
    if over.op == "exp" and under == Instruction("expm1", over.args):
        inverse = b.emit("expm1", b.emit("neg", *over.args))
        return b.emit("neg", b.emit("div", b.const(1), inverse))
    grown = powers.one_more(b, step.args[1])
    if grown is None or b.at(grown).op != "exp":
        if under.op == "exp":
            return logistic.quotient(b, *step.args)
        ways = (
            growth.quotient, powers.quotient, addition.quotient, scaled.divided, divided.quotient,
            saturation.quotient,
        )  # fmt: skip
        return next((f for way in ways if (f := way(b, *step.args)) is not None), None)
    if step.args[0] == grown:
        return b.emit("sigmoid", *over.args)
    if (half := _half_tangent(b, step.args[0], grown)) is not None:
        return half
    return b.emit("mul", step.args[0], b.emit("sigmoid", b.emit("neg", *b.at(grown).args)))


def _half_tangent(b: SmartBuilder, over: Value, grown: Value) -> Value | None:
    """(exp(x) - 1)/(exp(x) + 1) = tanh(x/2), either sign."""
    inner = b.at(over)
    if inner.op == "neg":
        found = _half_tangent(b, inner.args[0], grown)
        return None if found is None else b.emit("neg", found)
    if inner.op != "expm1" or inner.args != b.at(grown).args:
        return None
    return b.emit("tanh", b.emit("mul", b.const(HALF), *inner.args))


def _multiplied(b: SmartBuilder, step: Instruction) -> Value | None:
    return scaled.multiplied(b, *step.args) or divided.multiplied(b, *step.args)


def _negated(b: SmartBuilder, step: Instruction) -> Value | None:
    """-(p/q) for (-p)/q, as the builder writes it: the quotient in its stable form."""
    inner = b.at(step.args[0])
    found = _RULES[inner.op](b, inner) if inner.op in ("mul", "div") else None
    return None if found is None else b.emit("neg", found)


def _power(b: SmartBuilder, step: Instruction) -> Value | None:
    return logistic.power(b, *step.args) or powers.power(b, step)


def _logarithm(b: SmartBuilder, step: Instruction) -> Value | None:
    """log(exp(x)) = x, and logarithms of 1 + exp(x), sigmoid(x), 1 + x and 1 - x."""
    inner = b.at(step.args[0])
    if inner.op == "exp":
        return inner.args[0]
    if inner.op == "sigmoid":
        return b.emit("neg", b.emit("logaddexp", b.const(0), b.emit("neg", *inner.args)))
    if inner.op == "sub" and b.is_const(inner.args[0], 1):
        return b.emit("log1p", b.emit("neg", inner.args[1]))
    if inner.op == "add" and all(b.at(arg).op == "exp" for arg in inner.args):
        return b.emit("logaddexp", *(b.at(arg).args[0] for arg in inner.args))
    small = powers.one_more(b, step.args[0])
    if small is None:
        return of_logarithm(b, step.args[0]) or logarithm(b, step.args[0])
    if b.at(small).op == "exp":
        return b.emit("logaddexp", b.const(0), *b.at(small).args)
    return b.emit("log1p", small)


_MOST_TERMS = 6
"""Sums within a sum that are looked into."""


def _logarithm_beside_one(b: SmartBuilder, step: Instruction) -> Value | None:
    """log1p(exp(x)) = softplus(x)."""
    inner = b.at(step.args[0])
    return b.emit("logaddexp", b.const(0), *inner.args) if inner.op == "exp" else None


_RULES: dict[str, Callable[[SmartBuilder, Instruction], Value | None]] = {
    "add": _sum,
    "sub": _difference,
    "div": _quotient,
    "log": _logarithm,
    "log1p": _logarithm_beside_one,
    "pow": _power,
    "neg": _negated,
    "mul": _multiplied,
    "acosh": lambda b, step: of_one(b, "acosh", *step.args),
    "acos": lambda b, step: of_one(b, "acos", *step.args),
    "sqrt": lambda b, step: logistic.root(b, *step.args),
    **dict.fromkeys(FAMILIES, polynomial),
}
