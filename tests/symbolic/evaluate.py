"""Traced trees in 50-digit arithmetic, and derivatives of them found without any rule of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
import sympy as sp

from derivc.ops import registry


def evaluate(trees: Any, values: Mapping[str, Any]) -> list[Any]:
    """The value of each tree at a point, in the precision in force; walks with a stack."""
    done: dict[int, Any] = {}
    stack = list(trees)
    while stack:
        node = stack[-1]
        missing = [part for part in node.args if id(part) not in done]
        if missing:
            stack.extend(missing)
            continue
        if id(node) not in done:
            done[id(node)] = _value(node, [done[id(part)] for part in node.args], values)
        stack.pop()
    return [done[id(tree)] for tree in trees]


def _value(node: Any, args: list[Any], values: Mapping[str, Any]) -> Any:
    if node.is_Symbol:
        return values[node.name]
    rule = _RULES.get(type(node))
    if rule:
        return rule(*args)
    if not args:
        return bool(node) if node in (sp.true, sp.false) else _number(node)
    truth = registry.of_symbol(type(node)).truth
    if truth is None:
        return _number(registry.of_symbol(type(node)).meaning(*map(sp.sympify, args)))
    return (getattr(mpmath, truth) if isinstance(truth, str) else truth)(*args)


def _number(node: Any) -> Any:
    node = sp.sympify(node)
    if node.is_infinite:
        return mpmath.mpf("inf" if node.is_positive else "-inf")
    return mpmath.mpf(sp.Float(sp.N(node, mpmath.mp.dps + 5), mpmath.mp.dps + 5)._mpf_)


def _first(*pairs: Any) -> Any:
    return next(value for value, condition in pairs if condition)


def _power(base: Any, exponent: Any) -> Any:
    if exponent == int(exponent):
        return base ** int(exponent)
    if base < 0:
        raise ValueError("a negative number to a broken power")
    return mpmath.power(base, exponent)


_RULES = {
    sp.Add: lambda *a: mpmath.fsum(a), sp.Mul: lambda *a: mpmath.fprod(a), sp.Pow: _power,
    sp.Piecewise: _first, type(sp.Tuple()): lambda *a: a, sp.And: lambda *a: all(a),
    sp.Or: lambda *a: any(a), sp.Not: lambda a: not a, sp.StrictLessThan: lambda a, b: a < b,
    sp.LessThan: lambda a, b: a <= b, sp.StrictGreaterThan: lambda a, b: a > b,
    sp.GreaterThan: lambda a, b: a >= b, sp.Equality: lambda a, b: a == b,
    sp.Unequality: lambda a, b: a != b,
    sp.functions.elementary.piecewise.ExprCondPair: lambda *a: a,
}  # fmt: skip


def gradient(tree: Any, values: Mapping[str, float], digits: int = 50) -> list[Any]:
    """Partials by central differences at three times the digits: good to `digits` of them."""
    with mpmath.workdps(3 * digits):
        step = mpmath.mpf(10) ** -digits
        exact = {name: mpmath.mpf(value) for name, value in values.items()}
        partials = []
        for name in values:
            ends = [{**exact, name: exact[name] + sign * step} for sign in (1, -1)]
            above, below = (evaluate([tree], end)[0] for end in ends)
            partials.append((above - below) / (2 * step))
        return partials
