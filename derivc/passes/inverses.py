"""Functions of inverse functions, as algebra: cos(atan(u)) = 1/sqrt(1 + u^2), and the like.

And algebra as an inverse function, where it loses digits:
    log(u + sqrt(u^2 + 1)) = asinh(u), for every u
    log(u + sqrt(u^2 - 1)) = acosh(u), for u >= 1; elsewhere both are NaN

And inverse functions next to 1, where 1 + u is rounded and the slope has no bound:
    acosh(1 + u) = 2 asinh(sqrt(u/2)), for u >= 0; elsewhere both are NaN
    acos(1 - u)  = 2 asin(sqrt(u/2)), for 0 <= u <= 2; taken below 1, elsewhere 1 - u is exact

The first are only those that are defined where the composition is, and nowhere else. What is
algebra can cancel against its surroundings; a sine of an angle that is itself rounded cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value
from derivc.lowering.fragment import HALF
from derivc.passes.cancel.forms import Forms, times


def of_inverse(b: SmartBuilder, outer: str, inner: str, u: Value) -> Value | None:
    """outer(inner(u)) without either function; None where that has no such form.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> b.at(of_inverse(b, "cos", "atan", 0)).op
        'div'
    """
    rule = _RULES.get((outer, inner))
    return None if rule is None else rule(b, u)


def of_logarithm(b: SmartBuilder, inner: Value) -> Value | None:
    """log(inner) as an inverse function; None where it is none.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> root = b.emit("sqrt", b.emit("add", b.emit("mul", 0, 0), b.const(1)))
        >>> b.at(of_logarithm(b, b.emit("add", 0, root))).op
        'asinh'
    """
    step = b.at(inner)
    if step.op != "add":
        return None
    for u, root in (step.args, step.args[::-1]):
        op = _leg_of(b, u, *b.at(root).args) if b.at(root).op == "sqrt" else None
        if op is not None:
            return b.emit(op, u)
    return None


def of_one(b: SmartBuilder, op: str, argument: Value) -> Value | None:
    """acosh(1 + u) or acos(1 - u) by u; None for any other argument.

    Example:
        >>> b = SmartBuilder(["u"])
        >>> b.at(b.at(of_one(b, "acosh", b.emit("add", 0, b.const(1)))).args[1]).op
        'asinh'
    """
    step = b.at(argument)
    if op == "acosh":
        ones = [i for i in (0, 1) if step.op == "add" and b.is_const(step.args[i], 1)]
        return _twice(b, "asinh", step.args[1 - ones[0]]) if ones else None
    if step.op != "sub" or not b.is_const(step.args[0], 1):
        return None
    u = step.args[1]
    near = b.emit("lt", u, b.const(1))
    return b.emit("where", near, _twice(b, "asin", u), b.emit(op, argument))


def _twice(b: SmartBuilder, op: str, u: Value) -> Value:
    """2 op(sqrt(u/2))."""
    half = b.emit("sqrt", b.emit("mul", b.const(HALF), u))
    return b.emit("mul", b.const(2), b.emit(op, half))


def _leg_of(b: SmartBuilder, u: Value, hypotenuse: Value) -> str | None:
    """The inverse of the hyperbolic function whose squares are u^2 and the hypotenuse."""
    step = b.at(hypotenuse)
    if step.op == "sub" and b.is_const(step.args[1], 1):
        return "acosh" if _is_square(b, step.args[0], u) else None
    sides = (step.args, step.args[::-1]) if step.op == "add" else ()
    found = any(b.is_const(one, 1) and _is_square(b, other, u) for one, other in sides)
    return "asinh" if found else None


def _is_square(b: SmartBuilder, value: Value, u: Value) -> bool:
    """True for u^2, and for w^2 where u = |w|."""
    forms = Forms(b.finish(()))
    roots = (u, *b.at(u).args) if b.at(u).op == "abs" else (u,)
    squares = ((c * c, times((), m, Fraction(2))) for c, m in (forms.products[v] for v in roots))
    return forms.products[value] in squares


def _argument(b: SmartBuilder, u: Value) -> Value:
    return u


def _secant(b: SmartBuilder, u: Value) -> Value:
    """sqrt(1 + u^2)."""
    return b.emit("sqrt", b.emit("add", b.const(1), b.emit("mul", u, u)))


def _leg(b: SmartBuilder, u: Value) -> Value:
    """sqrt(1 - u^2), which loses no digits where u is almost 1."""
    below, above = b.emit("sub", b.const(1), u), b.emit("add", b.const(1), u)
    return b.emit("sqrt", b.emit("mul", below, above))


def _over(side: Callable[[SmartBuilder, Value], Value], top: bool) -> Callable[..., Value]:
    """u/side(u), or 1/side(u)."""
    return lambda b, u: b.emit("div", u if top else b.const(1), side(b, u))


_RULES: dict[tuple[str, str], Callable[[SmartBuilder, Value], Value]] = {
    ("tan", "atan"): _argument,
    ("sinh", "asinh"): _argument,
    ("cos", "atan"): _over(_secant, top=False),
    ("sin", "atan"): _over(_secant, top=True),
    ("cosh", "asinh"): _secant,
    ("tanh", "asinh"): _over(_secant, top=True),
    ("cos", "asin"): _leg,
    ("sin", "acos"): _leg,
    ("tan", "asin"): _over(_leg, top=True),
    ("cosh", "atanh"): _over(_leg, top=False),
    ("sinh", "atanh"): _over(_leg, top=True),
}
