"""The entropy of a two-level system, whose terms cancel for large u on one side.

    log(1 + exp(u)) - u s(u) = log(1 + exp(-|u|)) + |u| s(-|u|),  s the logistic function

Both sides are even in u, for s(-u) = 1 - s(u). It is what the derivative of T log(1 + exp(E/T)) by
the temperature leaves. The derivative of log(1 + exp(b x))/b by b leaves a multiple of

    s(u)/u - log(1 + exp(u))/u^2 = -(log(1 + exp(u)) - u s(u))/u^2,

and -u may stand for u.
"""

from __future__ import annotations

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Program, Value
from derivc.passes.dce import dce


def entropies(program: Program) -> Program:
    """The program with such differences as sums.

    Example:
        >>> b = SmartBuilder(["u"])
        >>> level = b.emit("logaddexp", b.const(0), 0)
        >>> whole = b.emit("sub", level, b.emit("mul", 0, b.emit("sigmoid", 0)))
        >>> entropies(b.finish([whole])).instructions[-1].op
        'add'
    """
    if not any(step.op in ("logaddexp", "softplus") for step in program.instructions):
        return program
    b = SmartBuilder(program.inputs)
    places: dict[Value, Value] = dict(enumerate(range(len(program.inputs))))
    for index, step in enumerate(program.instructions, len(program.inputs)):
        place = b.copy(step, places)
        found = _entropy(b, place)
        places[index] = place if found is None else found
    return dce(b.finish(places[out] for out in program.outputs))


def _entropy(b: SmartBuilder, value: Value) -> Value | None:
    terms = _terms(b, value)
    for (sign, level), (other, used) in (terms, terms[::-1]) if len(terms) == 2 else ():
        found = _whole(b, level, used) or _divided(b, level, used)
        if found is not None and sign * other * found[1] < 0:
            return found[0] if sign > 0 else b.emit("neg", found[0])
    return None


def _terms(b: SmartBuilder, value: Value) -> list[tuple[int, Value]]:
    """The two terms of a sum with their signs."""
    step = b.at(value)
    if step.op not in ("add", "sub"):
        return []
    found = []
    for sign, term in zip((1, 1 if step.op == "add" else -1), step.args, strict=True):
        inner = b.at(term)
        found.append((-sign, inner.args[0]) if inner.op == "neg" else (sign, term))
    return found


Found = tuple[Value, int]
"""The entropy, and the sign of v in what is taken from it, where u is v or -v."""


def _whole(b: SmartBuilder, level: Value, used: Value) -> Found | None:
    """log(1 + exp(u)) and v s(u)."""
    u = _argument(b, level)
    if u is None or b.at(used).op != "mul":
        return None
    share, (one, other) = b.emit("sigmoid", u), b.at(used).args
    sign = _sign(b, other if one == share else one, u) if share in (one, other) else 0
    if not sign:
        return None
    size = b.emit("abs", u)
    away = b.emit("neg", size)
    rest = b.emit("mul", size, b.emit("sigmoid", away))
    return b.emit("add", b.emit("logaddexp", b.const(0), away), rest), sign


def _sign(b: SmartBuilder, v: Value, u: Value) -> int:
    """1 where v is u, -1 where it is -u, else 0."""
    if v == u:
        return 1
    return -1 if v == b.emit("neg", u) or u == b.emit("neg", v) else 0


def _divided(b: SmartBuilder, level: Value, used: Value) -> Found | None:
    """log(1 + exp(u))/v^2 and s(u)/v."""
    if b.at(used).op != "div":
        return None
    share, v = b.at(used).args
    whole = _over_square(b, level, v)
    found = None if whole is None else _whole(b, whole, b.emit("mul", v, share))
    return None if found is None else (b.emit("div", b.emit("div", found[0], v), v), found[1])


def _over_square(b: SmartBuilder, quotient: Value, u: Value) -> Value | None:
    """The p of p/u^2, divided by u once or twice."""
    step = b.at(quotient)
    if step.op != "div":
        return None
    above, below = step.args
    inner = b.at(above)
    if below == u:
        return inner.args[0] if inner.op == "div" and inner.args[1] == u else None
    squares = (b.emit("pow", u, b.const(2)), b.emit("square", u), b.emit("mul", u, u))
    return above if below in squares else None


def _argument(b: SmartBuilder, level: Value) -> Value | None:
    """The u of log(1 + exp(u))."""
    step = b.at(level)
    if step.op == "softplus" and b.is_const(step.args[1], 1):
        return step.args[0]
    return step.args[1] if step.op == "logaddexp" and b.is_const(step.args[0], 0) else None
