"""What people would use instead: SymPy's diff + lambdify, and float64 forward differentiation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from benchmarks.collections import Expression
from derivc.ir.interpret import interpret
from derivc.ir.program import Program

Results = list[Any]
_SYMPY = {
    "ln": sp.log,
    "log1p": lambda x: sp.log(1 + x),
    "expm1": lambda x: sp.exp(x) - 1,
    "cbrt": lambda x: sp.sign(x) * sp.Abs(x) ** sp.Rational(1, 3),
    "hypot": lambda a, b: sp.sqrt(a * a + b * b),
    "fma": lambda a, b, c: a * b + c,
    "where": lambda c, a, b: sp.Piecewise((a, c), (b, True)),
    "abs": sp.Abs,
    "max": sp.Max,
    "min": sp.Min,
    "pi": sp.pi,
    "e": sp.E,
}


def sympy_gradient(expression: Expression) -> Callable[..., Results] | None:
    """Value and partials by SymPy; None where SymPy cannot write or differentiate it."""
    symbols = {name: sp.Symbol(name, real=True) for name in expression.variables}
    try:
        tree = sp.sympify(expression.text, locals={**_SYMPY, **symbols})
        outputs = [tree, *(sp.diff(tree, s) for s in symbols.values())]
        raw = sp.lambdify(list(symbols.values()), outputs, ["scipy", "numpy"], cse=True)
    except Exception:  # noqa: BLE001  whatever goes wrong there: no peer to compare with
        return None
    return _quiet(raw)


def forward_gradient(program: Program) -> Callable[..., Results] | None:
    """Value and partials by dual numbers over the user's own operations; None for other ops."""
    if any(s.op not in _SLOPES and s.op != "const" for s in program.instructions):
        return None

    def gradient(*arguments: Any) -> Results:
        duals = [_seed(arguments, i) for i in range(len(arguments))]
        value, slopes = interpret(program, duals, _dual, _constant)[0]
        return [value, *slopes]

    return _quiet(gradient)


def _quiet(function: Callable[..., Any]) -> Callable[..., Results]:
    def call(*arguments: Any) -> Results:
        with np.errstate(all="ignore"):
            outputs = _tried(function, arguments)
        return [np.broadcast_to(np.asarray(o, float), np.shape(arguments[0])) for o in outputs]

    return call


def _tried(function: Callable[..., Any], arguments: Any) -> list[Any]:
    """The outputs; NaN for all of them when the call fails."""
    try:
        return list(function(*arguments))
    except Exception:  # noqa: BLE001  a peer's failure is its result
        return [np.nan] * (len(arguments) + 1)


def _seed(arguments: Any, index: int) -> tuple[Any, list[Any]]:
    return arguments[index], [float(i == index) for i in range(len(arguments))]


def _constant(value: Any) -> tuple[Any, None]:
    return (value if isinstance(value, bool) else float(value)), None


def _dual(op: str) -> Callable[..., Any]:
    value_of, slopes_of = _SLOPES[op]

    def call(*duals: Any) -> tuple[Any, Any]:
        values = [v for v, _ in duals]
        value = value_of(*values)
        moving = [(i, t) for i, (_, t) in enumerate(duals) if t is not None]
        if slopes_of is None or not moving:
            return value, None
        slopes = slopes_of(value, *values)
        count = len(moving[0][1])
        return value, [sum(slopes[i] * t[k] for i, t in moving) for k in range(count)]

    return call


def _where(c: Any, a: Any, b: Any) -> Any:
    return np.where(c, a, b)


_SLOPES: dict[str, tuple[Callable[..., Any], Callable[..., Any] | None]] = {
    "add": (np.add, lambda y, a, b: (1, 1)),
    "sub": (np.subtract, lambda y, a, b: (1, -1)),
    "mul": (np.multiply, lambda y, a, b: (b, a)),
    "div": (np.divide, lambda y, a, b: (1 / b, -a / (b * b))),
    "neg": (np.negative, lambda y, a: (-1,)),
    "pow": (np.power, lambda y, a, b: (b * a ** (b - 1), y * np.log(a))),
    "sqrt": (np.sqrt, lambda y, a: (1 / (2 * y),)),
    "cbrt": (np.cbrt, lambda y, a: (1 / (3 * y * y),)),
    "abs": (np.abs, lambda y, a: (np.sign(a),)),
    "exp": (np.exp, lambda y, a: (y,)),
    "expm1": (np.expm1, lambda y, a: (np.exp(a),)),
    "log": (np.log, lambda y, a: (1 / a,)),
    "log1p": (np.log1p, lambda y, a: (1 / (1 + a),)),
    "sin": (np.sin, lambda y, a: (np.cos(a),)),
    "cos": (np.cos, lambda y, a: (-np.sin(a),)),
    "tan": (np.tan, lambda y, a: (1 + y * y,)),
    "asin": (np.arcsin, lambda y, a: (1 / np.sqrt(1 - a * a),)),
    "acos": (np.arccos, lambda y, a: (-1 / np.sqrt(1 - a * a),)),
    "atan": (np.arctan, lambda y, a: (1 / (1 + a * a),)),
    "atan2": (np.arctan2, lambda y, a, b: (b / (a * a + b * b), -a / (a * a + b * b))),
    "sinh": (np.sinh, lambda y, a: (np.cosh(a),)),
    "cosh": (np.cosh, lambda y, a: (np.sinh(a),)),
    "tanh": (np.tanh, lambda y, a: (1 - y * y,)),
    "hypot": (np.hypot, lambda y, a, b: (a / y, b / y)),
    "maximum": (np.maximum, lambda y, a, b: (a > b, a <= b)),
    "minimum": (np.minimum, lambda y, a, b: (a < b, a >= b)),
    "where": (_where, lambda y, c, a, b: (0, np.where(c, 1, 0), np.where(c, 0, 1))),
    **{
        name: (function, None)
        for name, function in {
            "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
            "eq": np.equal, "ne": np.not_equal, "logical_or": np.logical_or,
            "logical_and": np.logical_and, "floor": np.floor,
        }.items()
    },
}  # fmt: skip
