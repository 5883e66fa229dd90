"""Which framework a function is written in: by the names that its code uses."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

FRAMEWORKS = ("torch", "jax")
_DEPTH = 6


def framework_of(function: Any) -> str | None:
    """The one of torch and jax that a function, or a helper that it calls, uses; else None.

    Example:
        >>> framework_of(lambda x: x + 1) is None
        True
    """
    homes = [_home(base).removesuffix("lib") for base in type(function).__mro__]
    for name in FRAMEWORKS:
        if name in homes:
            return name
    return next(_uses(function, set(), _DEPTH), None)


def imported_by(function: Any) -> list[str]:
    """The frameworks that the function's module has imported under some name."""
    plain = _function(function)
    homes = [_home(v) for v in getattr(plain, "__globals__", {}).values()]
    return [name for name in FRAMEWORKS if name in homes]


def _home(value: Any) -> str:
    """The package that a module, class or function belongs to."""
    if inspect.ismodule(value):
        return str(value.__name__.partition(".")[0])
    return str(getattr(value, "__module__", None) or "").partition(".")[0]


def _function(value: Any) -> Any:
    """The plain function behind a method, a partial, a decorated or a callable object."""
    while True:
        if isinstance(value, functools.partial):
            value = value.func
        elif isinstance(value, MethodType):
            value = value.__func__
        elif isinstance(value, FunctionType):
            return inspect.unwrap(value)
        elif hasattr(value, "__wrapped__"):
            value = value.__wrapped__
        else:
            return value if isinstance(value, type) else vars(type(value)).get("__call__")


def _uses(value: Any, seen: set[int], depth: int) -> Iterator[str]:
    """The frameworks that code reaches, nearest first."""
    function = _function(value)
    if id(function) in seen or depth == 0:
        return
    seen.add(id(function))
    for member in _members(function):
        home = _home(member)
        if home in FRAMEWORKS:
            yield home
        elif isinstance(member, FunctionType | type | MethodType) and _is_users(member):
            yield from _uses(member, seen, depth - 1)


def _is_users(value: Any) -> bool:
    return _home(value) not in ("builtins", "numpy", "sympy", "scipy", "math", "derivc")


def _members(function: Any) -> Iterator[Any]:
    """What a function's code names, imports and encloses; a class's bases and methods."""
    if isinstance(function, type):
        for base in function.__mro__:
            yield base
            yield from (getattr(m, "__func__", m) for m in vars(base).values() if callable(m))
        return
    code = getattr(function, "__code__", None)
    if code is None:
        return
    names = _names(code)
    scope = function.__globals__
    yield from (scope[name] for name in names if name in scope)
    yield from (_Named(name) for name in names if name in FRAMEWORKS and name not in scope)
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # an empty cell
            continue


def _Named(name: str) -> Any:  # noqa: N802  stands for a module imported inside the function
    return type(name, (), {"__module__": name})


def _names(code: CodeType) -> list[str]:
    """The names in code and in the functions inside it, in order."""
    found = list(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found += _names(constant)
    return list(dict.fromkeys(found))
