"""Differences of logarithms of gamma functions, of digamma functions, and of these with logarithms.

    lgamma(x + m) - lgamma(x)   = log|x| + ... + log|x + m - 1|            for m = 1, 2, ...
    digamma(x + m) - digamma(x) = 1/x + 1/(x + 1) + ... + 1/(x + m - 1)     for m = 1, 2, ...
    lgamma(a) - lgamma(c)       by Stirling's series (`passes.scaled`)      for a, c > 150
    digamma(x) - log(x)         = -1/(2 x) - sum of B(2 k)/(2 k x^(2 k))    for x > 7

The first two hold wherever their left sides are defined, https://dlmf.nist.gov/5.5.E1 and E2. The
terms of the last, https://dlmf.nist.gov/5.11.E2, fall to less than a rounding of the sum there,
those of its derivatives too; below 7 the difference has nearly all of its digits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce

from sympy import bernoulli

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.passes.cancel.forms import Forms
from derivc.passes.scaled import logarithms_far, shared

_FAR = 7
_TERMS = 16
_MOST_STEPS = 8


def difference(b: SmartBuilder, left: Value, right: Value) -> Value | None:
    """A difference of two such functions; None for any other.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> up = b.emit("lgamma", b.emit("add", 0, b.const(1)))
        >>> b.at(difference(b, up, b.emit("lgamma", 0))).op
        'log'
    """
    one, other = b.at(left), b.at(right)
    if one.op == other.op and one.op in _STEPS:
        return _stepped(b, one.op, one.args[0], other.args[0])
    if (one.op, other.op) == ("digamma", "log") and one.args == other.args:
        return _less_logarithm(b, *one.args)
    if (one.op, other.op) == ("log", "digamma") and one.args == other.args:
        return b.emit("neg", _less_logarithm(b, *one.args))
    return None


def _stepped(b: SmartBuilder, op: str, a: Value, c: Value) -> Value | None:
    """f(a) - f(c): a sum over the steps between them, where these are whole and few."""
    gap = _whole(b, a, c)
    if gap is None:
        far = logarithms_far(b, a, c) if op == "lgamma" else None
        return None if far is None else b.emit("where", *far, _plain(b, op, a, c))
    if gap < 0:
        return b.emit("neg", _steps(b, op, a, -gap))
    return _steps(b, op, c, gap)


def _steps(b: SmartBuilder, op: str, x: Value, count: int) -> Value:
    """f(x + count) - f(x)."""
    terms = (_STEPS[op](b, b.emit("add", x, b.const(i))) for i in range(count))
    return reduce(lambda one, other: b.emit("add", one, other), terms)


def _plain(b: SmartBuilder, op: str, a: Value, c: Value) -> Value:
    return b.emit("sub", b.emit(op, a), b.emit(op, c))


def _whole(b: SmartBuilder, a: Value, c: Value) -> int | None:
    """a - c, where it is a whole number from 1 to 8, or one of their opposites."""
    gap = shared(Forms(b.finish(())), a, c)
    if gap is None or len(gap.terms) != 1 or gap.terms[0][1]:
        return None
    size = gap.terms[0][0]
    few = size.denominator == 1 and 0 < abs(size) <= _MOST_STEPS
    return int(size) if few else None


def _less_logarithm(b: SmartBuilder, x: Value) -> Value:
    """digamma(x) - log(x)."""
    far = b.emit("gt", x, b.const(_FAR))
    u = b.emit("where", far, x, b.const(_FAR))  # chosen, so that powers of small x stay away
    square = b.emit("mul", u, u)
    total = b.const(0)
    for k in range(_TERMS, 0, -1):
        size = bernoulli(2 * k) / (2 * k)
        coefficient = b.const(Fraction(int(size.p), int(size.q)))
        total = b.emit("div", b.emit("add", coefficient, total), square)
    form = b.emit("neg", b.emit("add", b.emit("div", b.const(Fraction(1, 2)), u), total))
    return b.emit("where", far, form, b.emit("sub", b.emit("digamma", x), b.emit("log", x)))


_STEPS: dict[str, Callable[[SmartBuilder, Value], Value]] = {
    "lgamma": lambda b, x: b.emit("log", b.emit("abs", x)),
    "digamma": lambda b, x: b.emit("div", b.const(1), x),
}
