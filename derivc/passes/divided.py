"""Divided differences (f(x) - f(y))/(x - y), and their partials then, next to x = y.

With d = x - y and m = (x + y)/2:
    (exp x - exp y)/d   = exp(y) expm1(d)/d              for |d| < 1
    (sin x - sin y)/d   = cos(m) sin(d/2)/(d/2)          for |d| < 1
    (cos x - cos y)/d   = -sin(m) sin(d/2)/(d/2)         for |d| < 1
    (sinh x - sinh y)/d = cosh(m) sinh(d/2)/(d/2)        for |d| < 1
    (cosh x - cosh y)/d = sinh(m) sinh(d/2)/(d/2)        for |d| < 1
    (log x - log y)/d   = log1p(d/y)/(d/y)/y             for 2 |d| < y

Elsewhere nothing cancels, and they are computed as they stand. The quotient need not show d: of
(exp(-a t) - exp(-b t))/(b - a) it has a factor. What is a function of d alone becomes a series
around 0 in `passes.cancel`, before and after differentiation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.cancel.forms import Forms, Monomial, Term, collected, times
from derivc.passes.cancel.writer import Writer
from derivc.passes.powers import factors, product


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """A quotient with a difference above and a factor of d below its line; None for any other.

    Example:
        >>> b = SmartBuilder(["x", "y"])
        >>> top = b.emit("sub", b.emit("sin", 0), b.emit("sin", 1))
        >>> b.at(quotient(b, top, b.emit("sub", 0, 1))).op
        'where'
    """
    above = factors(b, over)
    for whole in above:
        pair = _difference(b, whole)
        if pair is None:
            continue
        below = factors(b, under)
        found = _factor(b, pair[1], pair[2], below)
        if found is None:
            continue
        cofactor, divisor = found
        below.remove(divisor)
        above.remove(whole)
        d = b.emit("mul", cofactor, divisor)
        form = _RULES[pair[0]](b, pair[1], pair[2], d, b.emit("div", whole, d))
        return b.emit("div", product(b, [form, cofactor, *above]), product(b, below))
    return None


def multiplied(b: SmartBuilder, one: Value, other: Value) -> Value | None:
    """a/c times a difference, as a quotient."""
    for fraction, difference in ((one, other), (other, one)):
        step = b.at(fraction)
        if step.op == "div" and any(_difference(b, v) for v in factors(b, difference)):
            return quotient(b, b.emit("mul", step.args[0], difference), step.args[1])
    return None


def _difference(b: SmartBuilder, value: Value) -> tuple[str, Value, Value] | None:
    """f, x and y of f(x) - f(y)."""
    step = b.at(value)
    if step.op != "sub":
        return None
    one, other = map(b.at, step.args)
    if one.op != other.op or one.op not in _RULES:
        return None
    return one.op, one.args[0], other.args[0]


def _factor(
    b: SmartBuilder, x: Value, y: Value, candidates: Sequence[Value]
) -> tuple[Value, Value] | None:
    """k and q, where x - y = k q for a monomial k and one of the candidates q."""
    forms = Forms(b.finish(()))
    gap = forms.expand((*forms.parts(x), *((-c, m) for c, m in forms.parts(y))))
    if gap is None or not gap.terms:
        return None
    writer = Writer(b, {v: v for v in range(len(b.inputs) + len(b.instructions))})
    for candidate in candidates:
        parts = forms.expand(forms.parts(candidate))
        ratio = _ratio(gap.terms, parts.terms) if parts is not None else None
        if ratio is not None and b.constant(candidate) is None:
            return writer.term(*ratio), candidate
    return None


def _ratio(gap: Sequence[Term], parts: Sequence[Term]) -> Term | None:
    """The term by which all of the parts are to be multiplied to give the gap."""
    if len(gap) != len(parts):
        return None
    wanted = {monomial: coefficient for coefficient, monomial in gap}
    coefficient, monomial = parts[0]
    for size, target in gap:
        factor: Monomial = times(target, monomial, Fraction(-1))
        scale = size / coefficient
        made = collected([(scale * c, times(m, factor)) for c, m in parts])
        if {m: c for c, m in made} == wanted:
            return scale, factor
    return None


def _close(b: SmartBuilder, d: Value, form: Value, plain: Value) -> Value:
    return b.emit("where", b.emit("lt", b.emit("abs", d), b.const(1)), form, plain)


def _exp(b: SmartBuilder, x: Value, y: Value, d: Value, plain: Value) -> Value:
    slope = b.emit("div", b.emit("expm1", d), d)
    return _close(b, d, b.emit("mul", b.emit("exp", y), slope), plain)


def _halves(outer: str, inner: str, sign: int) -> Callable[..., Value]:
    """sign outer(m) inner(d/2)/(d/2)."""

    def rule(b: SmartBuilder, x: Value, y: Value, d: Value, plain: Value) -> Value:
        half = b.emit("mul", b.const(HALF), d)
        middle = b.emit(outer, b.emit("mul", b.const(HALF), b.emit("add", x, y)))
        slope = b.emit("div", b.emit(inner, half), half)
        return _close(b, d, b.emit("mul", b.const(sign), b.emit("mul", middle, slope)), plain)

    return rule


def _log(b: SmartBuilder, x: Value, y: Value, d: Value, plain: Value) -> Value:
    near = b.emit("lt", b.emit("mul", b.const(2), b.emit("abs", d)), y)
    t = b.emit("where", near, b.emit("div", d, y), b.const(HALF))  # chosen, so that 1 + t stays so
    form = b.emit("div", b.emit("div", b.emit("log1p", t), t), y)
    return b.emit("where", near, form, plain)


_RULES: dict[str, Callable[..., Value]] = {
    "exp": _exp,
    "log": _log,
    "sin": _halves("cos", "sin", 1),
    "cos": _halves("sin", "sin", -1),
    "sinh": _halves("cosh", "sinh", 1),
    "cosh": _halves("sinh", "sinh", 1),
}
