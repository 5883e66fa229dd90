"""The partial derivatives of functions, in the form that people read.

The declarations state partials in the form that computes well; where that differs from what a
textbook prints, the textbook's form stands here. Both are checked against 50-digit arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy import Abs, exp, gamma, log, pi, sign, sqrt

from derivc.errors import NotDifferentiableError, UnsupportedError
from derivc.ops import registry
from derivc.ops.declaration import Op

Formula = Callable[..., list[Any]]


def _gammainc(a: Any, x: Any) -> Any:
    return x ** (a - 1) * exp(-x) / gamma(a)


def _density(x: Any) -> Any:
    return exp(-(x**2) / 2) / sqrt(2 * pi)


def _named(name: str, *args: Any) -> Any:
    return registry.get(name).symbol(*args)


_READABLE: dict[str, Formula] = {
    "asin": lambda x, y: [1 / sqrt(1 - x**2)],
    "acos": lambda x, y: [-1 / sqrt(1 - x**2)],
    "asec": lambda x, y: [1 / (Abs(x) * sqrt(x**2 - 1))],
    "acsc": lambda x, y: [-1 / (Abs(x) * sqrt(x**2 - 1))],
    "acosh": lambda x, y: [1 / sqrt(x**2 - 1)],
    "asinh": lambda x, y: [1 / sqrt(x**2 + 1)],
    "atanh": lambda x, y: [1 / (1 - x**2)],
    "acoth": lambda x, y: [1 / (1 - x**2)],
    "tanh": lambda x, y: [1 - y**2],
    "atan2": lambda a, b, y: [b / (a**2 + b**2), -a / (a**2 + b**2)],
    "hypot": lambda a, b, y: [a / y, b / y],
    "sinc": lambda x, y: [pi * _named("sincu_1", pi * x)],
    "xlogy": lambda x, z, y: [log(z), x / z],
    "xlog1py": lambda x, z, y: [log(1 + z), x / (1 + z)],
    "erfcx": lambda x, y: [2 * x * y - 2 / sqrt(pi)],
    "log_ndtr": lambda x, y: [_density(x) / _named("ndtr", x)],
    "i0e": lambda x, y: [_named("i1e", x) - sign(x) * y],
    "k0e": lambda x, y: [y - _named("k1e", x)],
    "k1e": lambda x, y: [y - _named("k0e", x) - y / x],
    "gammainc": lambda a, x, y: [None, _gammainc(a, x)],
    "gammaincc": lambda a, x, y: [None, -_gammainc(a, x)],
    "lowergamma": lambda a, x, y: [None, x ** (a - 1) * exp(-x)],
    "uppergamma": lambda a, x, y: [None, -(x ** (a - 1)) * exp(-x)],
    "betainc": lambda a, b, x, y: [
        None, None, x ** (a - 1) * (1 - x) ** (b - 1) / sp.beta(a, b)
    ],
    "elliptic_k": lambda m, y: [(sp.elliptic_e(m) - (1 - m) * y) / (2 * m * (1 - m))],
    "elliptic_e": lambda m, y: [(y - sp.elliptic_k(m)) / (2 * m)],
    "elliptic_einc": lambda z, m, y: [
        sqrt(1 - m * sp.sin(z) ** 2), (y - sp.elliptic_f(z, m)) / (2 * m)
    ],
}  # fmt: skip


@lru_cache(maxsize=2_000)
def partial(kind: Any, count: int, index: int) -> tuple[tuple[Any, ...], Any]:
    """The partial derivative of a function with respect to one argument.

    Args:
        kind: the function's SymPy class.
        count: how many arguments it is given.
        index: which of them, from 0.

    Returns:
        The symbols that stand for the arguments, and the partial as an expression of them.

    Raises:
        NotDifferentiableError: no derivative is known.
        UnsupportedError: the function is not one over real numbers.

    Example:
        >>> partial(sp.sin, 1, 0)
        ((_0,), cos(_0))
    """
    places = tuple(sp.Dummy(f"{i}", real=True) for i in range(count))
    op = registry.of_symbol(kind)
    if op is not None and count <= op.arity and op.partials is not None:
        return places, _declared(op, places, index)
    return places, _by_sympy(kind, places, index)


def _declared(op: Op, places: tuple[Any, ...], index: int) -> Any:
    args = op.bind(places, {})
    output = op.symbol(*args[: max(len(places), 1)]) if len(places) < op.arity else op.symbol(*args)
    formula = _READABLE.get(op.name, op.partials)
    assert formula is not None
    found = formula(*args, output)[index]
    if found is None:
        raise unknown(op.name, f" with respect to {op.params[index]!r}")
    return sp.sympify(found)


def _by_sympy(kind: Any, places: tuple[Any, ...], index: int) -> Any:
    """The derivative that SymPy states for a function that derivc does not declare."""
    name = getattr(kind, "__name__", str(kind))
    if not (isinstance(kind, type) and issubclass(kind, sp.Function)):
        raise UnsupportedError(f"{name} is no function of real numbers that can be differentiated")
    try:
        found = kind(*places).fdiff(index + 1)
    except (sp.core.function.ArgumentIndexError, AttributeError, TypeError, ValueError):
        raise unknown(name) from None
    if found.has(sp.Derivative, sp.Subs, sp.DiracDelta, sp.Integral, sp.Sum, sp.I):
        raise unknown(name)
    return found


def unknown(name: str, detail: str = "") -> NotDifferentiableError:
    """The error for a derivative without a known closed form."""
    return NotDifferentiableError(
        f"the derivative of {name}{detail} is not known in closed form;"
        " keep that argument constant, or declare an op with partials (dc.declare)"
    )
