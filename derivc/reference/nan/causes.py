"""Why a step has no finite result, and what to do about it, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from derivc.ops import registry

Rule = Callable[..., str]


def cause(op: str, operands: Sequence[Any], result: float) -> str:
    """The reason in a clause.

    Example:
        >>> cause("div", [0.0, 0.0], float("nan"))
        '0/0'
        >>> cause("exp", [800.0], float("inf"))
        'overflow: exp(x) is larger than the largest double, 1.8e308, from x = 709.78 on'
    """
    if any(v != v for v in operands):
        return "an operand is NaN already"
    told = _RULES[op](*operands) if op in _RULES else ""
    return told or _general(op, operands, result)


def _general(op: str, operands: Sequence[Any], result: float) -> str:
    if not _inside(op, operands):
        return f"outside the domain of {op}: {_domain(op)} does not hold"
    if math.isinf(result) and all(_finite(v) for v in operands):
        return "overflow: the result is larger than the largest double, 1.8e308"
    infinite = [v for v in operands if not _finite(v)]
    return "an operand is infinite" if infinite else f"{op} has no finite value there"


def _finite(value: Any) -> bool:
    return isinstance(value, bool) or math.isfinite(value)


def _inside(op: str, operands: Sequence[Any]) -> bool:
    """Whether the operands lie in the op's declared domain (an edge counts as outside)."""
    domain = registry.get(op).domain
    if domain is None or not all(_finite(v) for v in operands):
        return True
    return bool(domain(*(sp.Float(v, 30) for v in operands)) != False)  # noqa: E712  SymPy's


def _domain(op: str) -> str:
    found = registry.get(op)
    assert found.domain is not None
    return str(found.domain(*(sp.Symbol(name, real=True) for name in found.params)))


def _quotient(a: float, b: float) -> str:
    if b == 0:
        return "0/0" if a == 0 else "a division by zero"
    if math.isinf(a) and math.isinf(b):
        return "inf/inf"
    return _overflow("the quotient") if math.isfinite(a) and math.isfinite(b) else ""


def _sum(a: float, b: float) -> str:
    if math.isinf(a) and math.isinf(b):
        return "inf - inf"
    return _overflow("the sum") if math.isfinite(a) and math.isfinite(b) else ""


def _product(a: float, b: float) -> str:
    if 0 in (a, b):
        return "0*inf"
    return _overflow("the product") if math.isfinite(a) and math.isfinite(b) else ""


def _overflow(what: str) -> str:
    return f"overflow: {what} is larger than the largest double, 1.8e308"


def _power(base: float, exponent: float) -> str:
    if base < 0 and not float(exponent).is_integer():
        return "a negative number to a power that is no integer"
    if base == 0 and exponent < 0:
        return "zero to a negative power: a division by zero"
    finite = math.isfinite(base) and math.isfinite(exponent)
    return _overflow("the power") if finite else "a power of infinities has no value"


def _logarithm(edge: float, name: str) -> Rule:
    def rule(x: float) -> str:
        at = f"at {edge:g}" if edge else "of zero"
        below = f"of a number below {edge:g}" if edge else "of a negative number"
        return f"{name} {at}: -inf" if x == edge else f"{name} {below}" if x < edge else ""

    return rule


def _growth(name: str, last: float) -> Rule:
    def rule(x: float) -> str:
        told = f"{name}(x) is larger than the largest double, 1.8e308, from x = {last:g} on"
        return f"overflow: {told}" if math.isfinite(x) and x > 0 else ""

    return rule


def _wave(x: float) -> str:
    return "an infinity has no sine or cosine" if math.isinf(x) else ""


_RULES: dict[str, Rule] = {
    "div": _quotient,
    "add": _sum,
    "sub": lambda a, b: _sum(a, -b),
    "mul": _product,
    "pow": _power,
    "square": lambda x: _overflow("the square") if math.isfinite(x) else "",
    "sqrt": lambda x: "square root of a negative number" if x < 0 else "",
    "rsqrt": lambda x: "a division by zero" if x == 0 else "root of a negative number",
    "reciprocal": lambda x: "a division by zero" if x == 0 else "",
    "log": _logarithm(0, "logarithm"),
    "log2": _logarithm(0, "logarithm"),
    "log10": _logarithm(0, "logarithm"),
    "log1p": _logarithm(-1, "log1p"),
    "exp": _growth("exp", 709.78),
    "expm1": _growth("expm1", 709.78),
    "exp2": _growth("exp2", 1024),
    "cosh": _growth("cosh", 710.48),
    "sinh": _growth("sinh", 710.48),
    "sin": _wave,
    "cos": _wave,
    "tan": _wave,
}

_ADVICE = {
    "0/0": "give the limit with where(condition, limit, formula), or use an op that has it: sinc,"
    " expm1, log1p, xlogy, ...",
    "division by zero": "keep the denominator away from zero, or choose with where(...)",
    "root": "keep the argument at zero or above: clamp it, or add a small constant under the root",
    "logarithm": "keep the argument above zero; for x*log(x) use xlogy(x, x), for log(sigmoid(x))"
    " log_sigmoid(x)",
    "log1p": "keep the argument above -1",
    "overflow": "rewrite so that the large number never arises: logaddexp, softplus, sigmoid,"
    " log1p, hypot, a common factor; or scale the input",
    "inf/inf": "divide both by the term that grows, or take logarithms",
    "inf - inf": "combine the two terms before they grow: logaddexp, expm1, a common factor",
    "0*inf": "use xlogy, or choose with where(...) so that the infinite factor is not computed",
    "power": "for negative numbers use cbrt, sign(x)*abs(x)**p, or an integer power",
    "outside the domain": "keep the argument inside the domain: clamp it",
    "already": "look at where the input comes from",
}
"""What to do, by a word of the cause."""


def advice(why: str) -> str:
    """What to do about a cause; empty where nothing general can be said.

    Example:
        >>> advice("square root of a negative number")
        'keep the argument at zero or above: clamp it, or add a small constant under the root'
    """
    return next((told for word, told in _ADVICE.items() if word in why), "")
