"""One name, several meanings: `dc.sigmoid` of a number, an array, or a symbol."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Parameter, Signature
from typing import Any

import sympy as sp

from derivc.codegen.function import Argument
from derivc.definition import Definition
from derivc.kernel import Kernel
from derivc.ops import registry
from derivc.ops.declaration import Op


@cache
def function_of(name: str) -> Callable[..., Any]:
    """The public function of an op: numbers and arrays are computed, SymPy arguments build a tree.

    Objects with a `__derivc_op__(op, args)` method (graph nodes) are handed the call.

    Raises:
        UnknownOpError: no op is called that.

    Example:
        >>> from derivc.functions import function_of
        >>> function_of("exp")(0.0)
        1.0
    """
    op = registry.get(name)

    def call(*args: Any, **named: Any) -> Any:
        for arg in (*args, *named.values()) if named else args:
            if hasattr(arg, "__derivc_op__"):
                return arg.__derivc_op__(op, args, named)
        if any(isinstance(arg, sp.Basic) for arg in (*args, *named.values())):
            return _tree(op, args, named)
        return kernel_of(op)(*_numbers(op, args, named))

    takes = "numbers, arrays or tensors, which broadcast, or SymPy expressions."
    returns = "Of the same kind; a tensor is recorded where an argument asks for it."
    return named_after(op, call, _signature(op), takes, returns)


def named_after(
    op: Any, function: Callable[..., Any], signature: Signature, takes: str, returns: str
) -> Callable[..., Any]:
    """A public function with the name, the signature and the description of its op.

    Args:
        op: its declaration. function: what users call. signature: as they call it.
        takes: what its arguments may be. returns: what it gives.
    """
    source = f"\nSource: {op.source}\n" if op.source else ""
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = (
        f"{op.summary}\n\nArgs:\n    {', '.join(signature.parameters) or 'none'}: {takes}\n\n"
        f"Returns:\n    {returns}\n{source}\n"
        f"Formulas, derivatives, kinks and measured errors: `derivc op {op.name}`.\n"
    )
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


def _signature(op: Op) -> Signature:
    """The arguments by name, with the defaults of those that may be left out."""
    kind = Parameter.POSITIONAL_OR_KEYWORD
    defaults = {name: float(sp.sympify(value)) for name, value in op.defaults.items()}
    return Signature([Parameter(p, kind, default=defaults.get(p, Parameter.empty))
                      for p in op.params])  # fmt: skip


def _tree(op: Op, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """An evaluated SymPy node, as SymPy users expect."""
    return op.symbol(*op.bind(args, named))


def _numbers(op: Op, args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    """All arguments in order; defaults become floats."""
    given = dict(zip(op.params, args, strict=False)) | named
    if len(given) < op.arity or len(args) > op.arity:
        bound = op.bind(tuple(0 for _ in args), dict.fromkeys(named, 0))
        given = {p: given.get(p, float(b)) for p, b in zip(op.params, bound, strict=True)}
    return [given[p] for p in op.params]


@cache
def kernel_of(op: Op) -> Kernel:
    """The compiled kernel of one op."""
    symbols = [sp.Symbol(p, real=True) for p in op.params]
    arguments = tuple(Argument(p, (p,)) for p in op.params)
    return Kernel(Definition(arguments, (op.build(*symbols),), None, op.name))
