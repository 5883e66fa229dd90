"""Arguments as they are written on a command line: `randn(4), 2.5, dim=1`."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from derivc.errors import InputTypeError, did_you_mean

_SOURCE = np.random.default_rng(0)


def _shape(sizes: tuple[Any, ...]) -> Any:
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], list | tuple) else sizes


_MAKERS: dict[str, Callable[..., Any]] = {
    "randn": lambda *n: _SOURCE.standard_normal(_shape(n)),
    "rand": lambda *n: _SOURCE.random(_shape(n)),
    "ones": lambda *n: np.ones(_shape(n)), "zeros": lambda *n: np.zeros(_shape(n)),
    "eye": np.eye, "arange": np.arange,
    "linspace": np.linspace, "full": np.full,
    "randint": _SOURCE.integers,
    "tensor": np.array, "array": np.array,
}  # fmt: skip
_NUMBERS = {"pi": math.pi, "inf": math.inf, "nan": math.nan, "e": math.e}


def spoken(text: str) -> Any:
    """The arguments, a tuple, or a dictionary where all have names.

    Raises:
        InputTypeError: the text holds something else than numbers, lists, and calls like randn(4).

    Example:
        >>> spoken("[1.0, 2.0], 3")
        ([1.0, 2.0], 3)
        >>> spoken("x=2.5, n=2")
        {'x': 2.5, 'n': 2}
    """
    try:
        call = ast.parse(f"f({text})", mode="eval").body
    except SyntaxError as problem:
        raise InputTypeError(f"inputs {text!r} cannot be read: {problem.msg}") from None
    assert isinstance(call, ast.Call)
    if call.keywords and call.args:
        raise InputTypeError(f"inputs {text!r}: give all arguments names, or none")
    if call.keywords:
        return {str(k.arg): _value(k.value, text) for k in call.keywords}
    return tuple(_value(a, text) for a in call.args)


def _value(node: ast.expr, text: str) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, text)
        case ast.List(elts=items):
            return [_value(item, text) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item, text) for item in items)
        case ast.Dict(keys=keys, values=values) if all(isinstance(k, ast.Constant) for k in keys):
            return {ast.literal_eval(k): _value(v, text)  # type: ignore[arg-type]
                    for k, v in zip(keys, values, strict=True)}  # fmt: skip
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _NUMBERS:
            return _NUMBERS[name]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
            return _made(name, [_value(a, text) for a in args], text)
    raise InputTypeError(
        f"inputs {text!r}: {ast.unparse(node)!r} is no number, list or call like randn(2, 3)"
    )


def _made(name: str, args: list[Any], text: str) -> Any:
    if name not in _MAKERS:
        hint = did_you_mean(name, _MAKERS) or f"; there are {', '.join(_MAKERS)}"
        raise InputTypeError(f"inputs {text!r}: unknown {name!r}{hint}")
    try:
        return _MAKERS[name](*args)
    except (TypeError, ValueError) as problem:
        raise InputTypeError(f"inputs {text!r}: {name}: {problem}") from None
