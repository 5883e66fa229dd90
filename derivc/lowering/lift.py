"""Program to tree: the way back, for pickles and for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from derivc.ir import exact
from derivc.ir.program import Program
from derivc.ops import registry
from derivc.ops.piecewise import where


def lift(program: Program) -> tuple[Any, ...]:
    """The outputs of a program as unevaluated trees that share what the program shares.

    Example:
        >>> from derivc.lowering.lower import lower
        >>> x = sp.Symbol("x", real=True)
        >>> lift(lower([sp.sin(x) / x], ["x"]))
        (sin(x)/x,)
    """
    nodes: list[Any] = [sp.Symbol(name, real=True) for name in program.inputs]
    for step in program.instructions:
        if step.op == "const":
            nodes.append(exact.to_sympy(step.value))
        else:
            nodes.append(node(step.op, [nodes[a] for a in step.args]))
    return tuple(nodes[out] for out in program.outputs)


def node(op: str, args: list[Any]) -> Any:
    """The tree of one op over trees, kept as written."""
    rule = _RULES.get(op)
    return rule(*args) if rule else registry.get(op).build(*args)


def _add(a: Any, b: Any) -> Any:
    return sp.Add(a, b, evaluate=False)


def _mul(a: Any, b: Any) -> Any:
    return sp.Mul(a, b, evaluate=False)


def _reciprocal(a: Any) -> Any:
    return sp.Pow(a, -1, evaluate=False)


_RULES: dict[str, Callable[..., Any]] = {
    "add": _add,
    "sub": lambda a, b: _add(a, _mul(sp.S.NegativeOne, b)),
    "mul": _mul,
    "div": lambda a, b: _reciprocal(b) if a == 1 else _mul(a, _reciprocal(b)),
    "neg": lambda a: _mul(sp.S.NegativeOne, a),
    "sqrt": lambda a: sp.Pow(a, sp.S.Half, evaluate=False),
    "square": lambda a: sp.Pow(a, 2, evaluate=False),
    "where": where,
}
