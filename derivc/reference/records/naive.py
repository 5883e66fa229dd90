"""The naive form: a definition computed in float64 exactly as it is written.

This is what a textbook formula gives when it is typed in: no rewriting, no rearranged sums, each
operation NumPy's or SciPy's own. The derivative is SymPy's of the same formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from derivc.ir.interpret import interpret
from derivc.lowering.lower import lower
from derivc.ops import registry
from derivc.ops.declaration import Op
from derivc.reference.records.places import View

Function = Callable[..., Any]


def value(seen: View) -> Function | None:
    """The definition as a function of arrays; None for an op that is its own definition."""
    return None if seen.op.meaning is None else compiled(definition(seen), seen.names)


def partial(seen: View, name: str) -> Function | None:
    """The derivative of the definition as a function of arrays; None where SymPy has none."""
    tree = slope(seen, name)
    return None if tree is None else compiled(tree, seen.names)


def definition(seen: View) -> Any:
    """The definition as a tree over the moving arguments; None for a primitive without one."""
    meaning = seen.op.meaning
    return None if meaning is None else sp.sympify(meaning(*seen.arguments))


def slope(seen: View, name: str) -> Any:
    """SymPy's derivative of the definition as a tree; None where it has none in numbers."""
    tree = definition(seen)
    if tree is None:
        return None
    found = sp.diff(tree, seen.symbols[name])
    return None if found.has(sp.DiracDelta, sp.Derivative, sp.Subs, sp.Heaviside) else found


def compiled(tree: Any, names: Sequence[str]) -> Function:
    """A tree as a function of float64 arrays, one NumPy call per operation."""
    program = lower([tree], names)

    def computed(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return interpret(program, list(arguments), function, _constant)[0]

    return computed


@lru_cache(maxsize=512)
def function(name: str) -> Function:
    """An op over arrays: as NumPy or SciPy spell it, else by its own definition."""
    op = registry.get(name)
    if op.spelling is not None:
        return _spelled(op)
    inner = lower([sp.sympify(_meaning(op))], op.params)
    return lambda *args: interpret(inner, list(args), function, _constant)[0]


def _meaning(op: Op) -> Any:
    symbols = [sp.Symbol(name, real=True) for name in op.params]
    form = op.meaning or op.stable
    assert form is not None, op.name
    return form(*symbols)


def _spelled(op: Op) -> Function:
    from scipy import special

    assert op.spelling is not None
    text = op.spelling.numpy
    names = [f"a{i}" for i in range(op.arity)]
    body = text.format(*names) if "{0}" in text else f"{text}({', '.join(names)})"
    scope = {"np": np, "special": special}
    made: Function = eval(f"lambda {', '.join(names)}: {body}", scope)  # noqa: S307  our own text
    return made


def _constant(number: Any) -> Any:
    return bool(number) if isinstance(number, bool) else float(number)
