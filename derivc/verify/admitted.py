"""Whether the parameters of losses, activations and the like have values that these admit.

Formulas of such functions have values beyond too (a scale below zero), which mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering import multiprecision
from derivc.lowering.lower import lower
from derivc.ops import registry

_WITH_PARAMETERS = frozenset({"activation", "loss", "order", "gamma"})


def admitted(program: Program, point: Sequence[Any]) -> bool:
    """Whether every op of several arguments is given some inside its declared domain.

    Args:
        program: op level.
        point: one number per input.

    Example:
        >>> from derivc.ir.builder import Builder
        >>> b = Builder(["x", "a"])
        >>> celu = b.finish([b.emit("celu", 0, 1)])
        >>> admitted(celu, [1.0, 2.0]), admitted(celu, [1.0, 0.0])
        (True, False)
    """
    outside: list[str] = []

    def watched(name: str) -> Callable[..., Any]:
        plain, domain = multiprecision.function(name), _domain(name)

        def function(*args: Any) -> Any:
            if domain is not None and not multiprecision.run(domain, list(args))[0]:
                outside.append(name)
            return plain(*args)

        return function

    if any(_domain(step.op) for step in program.instructions):
        given = [multiprecision.to_exact(value) for value in point]
        interpret(program, given, watched, multiprecision.constant)
    return not outside


@lru_cache(maxsize=256)
def _domain(name: str) -> Program | None:
    """The declared domain as a program, for ops whose arguments bind one another."""
    op = None if name == "const" else registry.get(name)
    if op is None or op.domain is None or op.arity < 2 or not op.tags & _WITH_PARAMETERS:
        return None
    symbols = [sp.Symbol(param, real=True) for param in op.params]
    return lower([sp.sympify(op.domain(*symbols))], op.params)
