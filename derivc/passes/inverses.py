"""Functions of inverse functions, as algebra: cos(atan(u)) = 1/sqrt(1 + u^2), and the like.

Only those that are defined where the composition is, and nowhere else. What is algebra can cancel
against its surroundings; a sine of an angle that is itself rounded cannot.
"""

from __future__ import annotations

from collections.abc import Callable

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value


def of_inverse(b: SmartBuilder, outer: str, inner: str, u: Value) -> Value | None:
    """outer(inner(u)) without either function; None where that has no such form.

    Example:
        >>> b = SmartBuilder(["x"])
        >>> b.at(of_inverse(b, "cos", "atan", 0)).op
        'div'
    """
    rule = _RULES.get((outer, inner))
    return None if rule is None else rule(b, u)


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
