"""The rules of differentiation: sum, product, power, choice, chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from derivc.errors import UnsupportedError
from derivc.ops import registry
from derivc.symbolic.builder import Builder
from derivc.symbolic.slopes import partial

Rule = Callable[[Builder, Any, list[Any]], Any]
_ZERO, _ONE, _HALF = sp.S.Zero, sp.S.One, sp.S.Half


def derivative(build: Builder, node: Any, parts: list[Any]) -> Any:
    """The derivative of a node, given the derivatives of its arguments.

    Args:
        build: how the result is built.
        node: a node with arguments.
        parts: the derivative of each argument.

    Raises:
        NotDifferentiableError: the function has no known derivative by an argument that moves.
        UnsupportedError: the node is no function of real numbers.
    """
    still = all(part is _ZERO for part in parts) and not isinstance(node, AppliedUndef)
    if still or isinstance(node, Boolean):
        return _ZERO
    return rule_of(node)(build, node, parts)


def rule_of(node: Any) -> Rule:
    """The rule by which a node is differentiated."""
    return _RULES.get(type(node), chain)


def sums(build: Builder, node: Any, parts: list[Any]) -> Any:
    """(a + b)' = a' + b'."""
    return build.add([part for part in parts if part is not _ZERO])


def product(build: Builder, node: Any, parts: list[Any]) -> Any:
    """(a b)' = a' b + a b'."""
    args = node.args
    moving = [i for i, part in enumerate(parts) if part is not _ZERO]
    return build.add([build.mul([*args[:i], parts[i], *args[i + 1 :]]) for i in moving])


def powers(build: Builder, node: Any, parts: list[Any]) -> Any:
    """(b^e)' = e b^(e-1) b' + b^e log(b) e'."""
    (base, exponent), (slope, growth) = node.args, parts
    terms = []
    if growth is not _ZERO:
        rate = _ONE if base is sp.E else build.make(sp.log(sp.Dummy()), [base])
        terms.append(build.mul([node, rate, growth]))
    if slope is not _ZERO:
        lower = build.pow(base, build.add([exponent, sp.S.NegativeOne]))
        if exponent.is_Number:
            lower = build.pow(base, exponent - 1)
        terms.append(build.mul([exponent, lower, slope]))
    return build.add(terms)


def choices(build: Builder, node: Any, parts: list[Any]) -> Any:
    """where(c, a, b)' = where(c, a', b'): the jump itself has no slope."""
    conditions = [pair.cond for pair in node.args]
    return build.choose(list(zip(parts, conditions, strict=True)))


def extreme(build: Builder, node: Any, parts: list[Any]) -> Any:
    """The slope of the largest (smallest) argument; at a tie the two slopes are shared evenly."""
    wins = sp.StrictGreaterThan if is_max(node) else sp.StrictLessThan
    (best, *others), (slope, *slopes) = _numbers_last(node, parts)
    for arg, part in zip(others, slopes, strict=True):
        tie = build.make(sp.Eq(sp.Dummy(), 0), [best, arg])
        ahead = build.make(wins(sp.Dummy(), 0), [best, arg])
        shared = build.mul([_HALF, build.add([slope, part])])
        slope = build.choose([(shared, tie), (slope, ahead), (part, sp.true)])
        best = build.make(node, [best, arg])
    return slope


def _numbers_last(node: Any, parts: list[Any]) -> tuple[list[Any], list[Any]]:
    """The arguments and their derivatives, so that conditions read `x > 0`, not `0 < x`."""
    places = sorted(range(len(parts)), key=lambda i: bool(node.args[i].is_Number))
    return [node.args[i] for i in places], [parts[i] for i in places]


def chain(build: Builder, node: Any, parts: list[Any]) -> Any:
    """f(a, b)' = f_a a' + f_b b', with the declared partials f_a and f_b."""
    _refuse(node)
    terms = []
    for index, part in enumerate(parts):
        if part is not _ZERO:
            places, formula = partial(node.func, len(node.args), index)
            values = dict(zip(places, node.args, strict=True))
            terms.append(build.mul([build.put(formula, values), part]))
    return build.add(terms)


def is_max(node: Any) -> bool:
    """Whether the node is a maximum, not a minimum."""
    return isinstance(node, sp.Max | registry.get("maximum").symbol)


def _pair(build: Builder, node: Any, parts: list[Any]) -> Any:
    return parts[0]


def _refuse(node: Any) -> None:
    name = str(getattr(node.func, "__name__", node.func))
    if isinstance(node, AppliedUndef):
        raise UnsupportedError(
            f"{name} is an undefined function; declare it as an op with dc.declare"
        )
    if isinstance(node, sp.MatrixExpr | sp.MatrixBase) or node.is_commutative is False:
        raise UnsupportedError(
            f"matrix expressions are not differentiated ({name}); write them out"
        )


_RULES: dict[Any, Rule] = {
    sp.Add: sums,
    sp.Mul: product,
    sp.Pow: powers,
    sp.Piecewise: choices,
    ExprCondPair: _pair,
    sp.Max: extreme,
    sp.Min: extreme,
    registry.get("maximum").symbol: extreme,
    registry.get("minimum").symbol: extreme,
}
