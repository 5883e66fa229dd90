"""The evaluated SymPy form of a tree, and the passage between plain and real symbols."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.ops import registry


def canonical(tree: Any) -> Any:
    """The tree rebuilt with SymPy's evaluation; walks with an explicit stack.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> canonical(sp.Add(x, x, evaluate=False))
        2*x
    """
    done: dict[int, Any] = {}
    stack = [tree]
    while stack:
        node = stack[-1]
        missing = [arg for arg in node.args if id(arg) not in done]
        if missing:
            stack.extend(missing)
            continue
        if id(node) not in done:
            done[id(node)] = _rebuilt(node, [done[id(arg)] for arg in node.args])
        stack.pop()
    return done[id(tree)]


def _rebuilt(node: Any, args: list[Any]) -> Any:
    if not args:
        return node
    if node.is_Piecewise and any(part.cond.has(sp.Piecewise) for part in args):
        return sp.Basic.__new__(sp.Piecewise, *args)  # SymPy folds these, for minutes
    if isinstance(node, ExprCondPair):
        return sp.Tuple.__new__(ExprCondPair, *args)
    op = registry.of_symbol(type(node))
    if op is not None and "arithmetic" in op.tags and op.meaning is not None:
        return op.meaning(*args)
    return node.func(*args)


def realize(expr: Any) -> Any:
    """The expression over real symbols of the same names."""
    swaps = {s: sp.Symbol(s.name, real=True) for s in expr.free_symbols if s.is_Symbol}
    return expr.xreplace(swaps)


def plain(expr: Any) -> Any:
    """The expression over symbols without assumptions, as users type them."""
    return expr.xreplace({s: sp.Symbol(s.name) for s in expr.free_symbols})
