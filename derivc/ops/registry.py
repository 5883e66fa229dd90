"""The one table of ops: what is declared, found by name, alias, dotted name or SymPy class."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from derivc.errors import DeclarationError, UnknownOpError
from derivc.ops.declaration import Op

_ops: dict[str, Op] = {}
_by_alias: dict[str, Op] = {}
_by_symbol: dict[Any, Op] = {}
_families: dict[str, Callable[[int], Op]] = {}

_MODULES = {"np": "numpy", "math": "", "F": "torch.nn.functional", "jnp": "jax.numpy"}


def register(op: Op) -> Op:
    """Put an op into the table.

    Raises:
        DeclarationError: the name or an alias is already taken by another op.
    """
    for name in (op.name, *op.aliases):
        if name in _by_alias:
            raise DeclarationError(f"the name {name!r} is already declared by {_by_alias[name]}")
    _ops[op.name] = op
    _by_alias.update(dict.fromkeys((op.name, *op.aliases), op))
    for dotted in op.also.every():
        _by_alias.setdefault(dotted, op)
    _by_symbol.setdefault(op.symbol, op)
    return op


def family(name: str, member: Callable[[int], Op]) -> None:
    """Declare the ops `name_1`, `name_2`, ... without end: each is made when first asked for."""
    _families[name] = member


def _member(name: str) -> Op | None:
    """The member of a family that has this name, made now if it is new."""
    stem, _, number = name.rpartition("_")
    return _families[stem](int(number)) if stem in _families and number.isdecimal() else None


def get(name: str) -> Op:
    """The op of that name.

    Raises:
        UnknownOpError: no op of that name is declared; names the nearest one.
    """
    op = _ops.get(name) or _by_alias.get(name) or _member(name)
    if op is None:
        near = nearest(name)
        hint = f"; did you mean {near!r}?" if near else ""
        raise UnknownOpError(f"no op is called {name!r}{hint} (declare your own with dc.declare)")
    return op


def all_ops() -> tuple[Op, ...]:
    """Every declared op, in the order of declaration."""
    return tuple(_ops.values())


def of_symbol(symbol: Any) -> Op | None:
    """The op whose trees are made of this SymPy class, or None."""
    return _by_symbol.get(symbol)


def resolve(name: str) -> Op | None:
    """The op that a user's name means: a name, an alias, or a dotted name of a known library."""
    if name in _by_alias:
        return _by_alias[name]
    module, _, rest = name.rpartition(".")
    full = _MODULES.get(module.split(".")[0])
    if full is not None and f"{full}.{rest}" in _by_alias:
        return _by_alias[f"{full}.{rest}"]
    return _by_alias.get(rest) if module.split(".")[0] in _LIBRARIES else None


_LIBRARIES = {"np", "numpy", "math", "torch", "F", "jax", "jnp", "scipy", "special", "nn", "sympy"}


def nearest(name: str) -> str | None:
    """The declared name most like this one, or None when nothing is near."""
    found = difflib.get_close_matches(name, list(_by_alias), n=1, cutoff=0.7)
    return found[0] if found else None
