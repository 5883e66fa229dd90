"""Saturation, p/(p + q) for a power p with a variable exponent: Hill's function and the like.

    p/(p + q)         = 1/(1 + q/p)          for p != 0; taken for p > |q|
    a^n/(a^n + c^n)   = 1/(1 + (c/a)^n)      for a != 0; taken for |(c/a)^n| < 1
                      = t/(1 + t), t = (a/c)^n,    elsewhere

Partials of the left side are multiples of 1 - p/(p + q), which loses its digits where p is much
the larger one; those of the right side are multiples of q/p. Where p is the smaller one, the left
side is the better one: it has no quotient of what may be zero. Two powers are joined in one, for
their partials by n are multiples of log(a) and of log(c), which cancel.
"""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.passes.powers import factors, product


def quotient(b: SmartBuilder, over: Value, under: Value) -> Value | None:
    """A quotient with a power above its line, and below it a sum in which that is a term.

    Example:
        >>> b = SmartBuilder(["x", "k", "n"])
        >>> p, q = b.emit("pow", 0, 2), b.emit("pow", 1, 2)
        >>> b.at(quotient(b, p, b.emit("add", p, q))).op
        'where'
    """
    above, below = factors(b, over), factors(b, under)
    for p in (v for v in above if _is_variable(b, v)):
        for total in below:
            q = _rest(b, total, p)
            if q is not None:
                above.remove(p)
                below.remove(total)
                share = _share(b, p, q, total)
                return b.emit("div", product(b, [share, *above]), product(b, below))
    return None


def _share(b: SmartBuilder, p: Value, q: Value, total: Value) -> Value:
    """p/(p + q), by the side where nothing cancels."""
    one = b.const(1)
    u, step = b.at(p), b.at(q)
    joined = step.op == "pow" and step.args[1] == u.args[1]
    if joined:
        exponent, bases = u.args[1], (u.args[0], step.args[0])
        small = b.emit("pow", b.emit("div", *bases[::-1]), exponent)
        large = b.emit("pow", b.emit("div", *bases), exponent)
        more = b.emit("gt", one, b.emit("abs", small))
        other = b.emit("div", large, b.emit("add", one, large))
    else:
        small, other = b.emit("div", q, p), b.emit("div", p, total)
        more = b.emit("gt", p, b.emit("abs", q))
    form = b.emit("div", one, b.emit("add", one, small))
    return b.emit("where", more, form, other)


def _is_variable(b: SmartBuilder, value: Value) -> bool:
    step = b.at(value)
    return step.op == "pow" and b.constant(step.args[1]) is None


def _rest(b: SmartBuilder, total: Value, p: Value) -> Value | None:
    """q of p + q; None for any other sum."""
    step = b.at(total)
    if step.op == "sub" and step.args[0] == p:
        return b.emit("neg", step.args[1])
    if step.op != "add" or p not in step.args:
        return None
    return step.args[1] if step.args[0] == p else step.args[0]
