"""What the user wrote, read into one record: arguments, trees and the shape of the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import sympy as sp

from derivc.codegen.function import Argument
from derivc.errors import InputTypeError, TraceError, UnsupportedError
from derivc.ir.program import Program
from derivc.lowering.lower import lower
from derivc.services import service
from derivc.symbolic.functions import CONSTANTS

Shapes = Mapping[str, tuple[int, ...]]


@final
@dataclass(frozen=True)
class Definition:
    """A function in readable form.

    Args:
        arguments: in the order of the compiled function's signature.
        trees: SymPy expressions over real symbols, the outputs in C order.
        shape: the shape of the result; None for a scalar-valued function.
        name: the user's name for the function, or "".
        text: what the user wrote, when it was text.
        given: the lowered program, when it is already known (a kernel that was pickled).
    """

    arguments: tuple[Argument, ...]
    trees: tuple[Any, ...]
    shape: tuple[int, ...] | None = None
    name: str = ""
    text: str = ""
    given: Program | None = None

    @cached_property
    def program(self) -> Program:
        """The trees as an op-level program, in the user's order and nesting."""
        if self.given is not None:  # a program without instructions is false
            return self.given
        return lower(self.trees, self.elements)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the arguments, in order."""
        return tuple(argument.name for argument in self.arguments)

    @property
    def elements(self) -> tuple[str, ...]:
        """The names of the program's inputs: every element of every argument, in order."""
        return tuple(name for argument in self.arguments for name in argument.elements)


def read(
    source: Any,
    inputs: Sequence[str] | None = None,
    shapes: Shapes | None = None,
    relaxed: bool = False,
    wrt: Sequence[Any] = (),
) -> Definition:
    """Read text, several texts, SymPy, or a Python function.

    Args:
        source: a text, a SymPy expression or matrix, a sequence of these, or a function.
        inputs: the names of the variables in the order wanted; default: sorted by name for text
            and SymPy, the signature's for a function.
        shapes: for a function, the shape of every array argument.
        relaxed: read text in paper notation too: `2x`, `x^2`, `π`, `√x`.
        wrt: what will be differentiated by: a name among these is a variable of a text, and no
            constant. The eccentricity `e` is one that way.

    Raises:
        ParseError: the text is not an expression. TraceError: the function cannot be traced.
        InputTypeError: the object is none of these.
    """
    if isinstance(source, Definition):
        return source
    if callable(source) and not isinstance(source, sp.Basic):
        return _from_any_function(source, shapes)
    names = _named(inputs)
    if names is None and (constants := {str(w) for w in wrt} & set(CONSTANTS)):
        found = read(source, shapes=shapes, relaxed=relaxed)
        names = tuple(sorted({*found.inputs, *constants}))
        used = variables(read(source, names, shapes, relaxed).trees)
        names = tuple(name for name in names if name in used)
    if isinstance(source, sp.MatrixBase | list | tuple):
        shape = source.shape if isinstance(source, sp.MatrixBase) else (len(source),)
        return _from_trees([_tree(e, names, relaxed) for e in source], shape, names)
    text = source if isinstance(source, str) else ""
    return _from_trees([_tree(source, names, relaxed)], None, names, text)


def _named(inputs: Sequence[str] | str | None) -> tuple[str, ...] | None:
    """The names of the inputs as asked for.

    Raises:
        BadNameError: one of them cannot be an argument name.
    """
    from derivc.symbolic.matrices import refuse_matrices
    from derivc.symbolic.names import check_name

    if inputs is None:
        return None
    given = (inputs,) if isinstance(inputs, str) else tuple(inputs)
    for one in given:
        refuse_matrices(one)
    names = tuple(map(str, given))
    for name in names:
        check_name(name)
    return names


def _tree(source: Any, inputs: tuple[str, ...] | None, relaxed: bool) -> Any:
    """One expression as a tree over real symbols."""
    if isinstance(source, str):
        from derivc.symbolic.latex import read as read_text

        return read_text(source, variables=inputs, relaxed=relaxed)
    if isinstance(source, int | float) and not isinstance(source, bool):
        return sp.sympify(source)
    if isinstance(source, sp.Basic):
        return _from_sympy(source)
    raise InputTypeError(
        f"expected text, a SymPy expression or a function, got {type(source).__name__}: {source!r}"
    )


def _from_sympy(source: Any) -> Any:
    from derivc.symbolic.canonical import realize
    from derivc.symbolic.unevaluated import written_out

    _refuse(source)
    return realize(written_out(source))


def _refuse(source: Any) -> None:
    """Kinds of SymPy objects that are no real function of real variables."""
    from derivc.symbolic.matrices import refuse_matrices
    from derivc.symbolic.walk import postorder

    refuse_matrices(source)
    if not isinstance(source, sp.Expr):
        raise UnsupportedError(
            f"a SymPy {type(source).__name__} is not a real expression: {str(source)[:80]};"
            " give an expression over symbols (for an equation, give lhs - rhs)"
        )
    nodes = postorder(source)  # SymPy's own searches are recursive
    if any(isinstance(n, sp.Quaternion) or (n.is_Symbol and not n.is_commutative) for n in nodes):
        raise UnsupportedError("non-commutative symbols are not compiled")


def _from_trees(
    trees: list[Any], shape: tuple[int, ...] | None, inputs: tuple[str, ...] | None, text: str = ""
) -> Definition:
    found = variables(trees)
    names = _found(found, text) if inputs is None else _ordered(inputs, found)
    arguments = tuple(Argument(name, (name,)) for name in names)
    return Definition(arguments, tuple(trees), shape, "", text)


def _found(names: set[str], text: str) -> tuple[str, ...]:
    """The variables that were found, sorted; `lambda` in a text is the Greek letter."""
    greek = names & {"lambda"} if text else set()
    return tuple(sorted({*(_named(sorted(names - greek)) or ()), *greek}))


def _ordered(names: tuple[str, ...], found: set[str]) -> tuple[str, ...]:
    """The inputs as asked for.

    Raises:
        InputTypeError: a variable of the expression is not among them, or a name stands twice.
    """
    missing = sorted(found - set(names))
    if missing or len(set(names)) != len(names):
        raise InputTypeError(
            f"inputs={names} must name each variable once; missing: {missing or 'none'}"
        )
    return names


def variables(trees: Sequence[Any]) -> set[str]:
    """The names of the symbols in trees, without recursion."""
    seen: set[int] = set()
    names: set[str] = set()
    stack = list(trees)
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_Symbol:
            names.add(node.name)
        stack.extend(node.args)
    return names


def _from_any_function(function: Callable[..., Any], shapes: Shapes | None) -> Definition:
    """A Python function; one that uses PyTorch or JAX is captured by these where it has to be."""
    try:
        return traced(function, shapes)
    except TraceError:
        captured: Definition | None = service("capture")(function, shapes)
        if captured is None:
            raise
        return captured


def traced(function: Callable[..., Any], shapes: Shapes | None) -> Definition:
    """A Python function, run once over stand-ins for its arguments.

    Raises:
        TraceError: it cannot be traced.
    """
    from derivc.symbolic.trace import trace

    found = trace(function, shapes)
    arguments = _arguments(found.arguments, iter(found.inputs))
    shape = None if found.shape == () else tuple(found.shape)
    return Definition(arguments, tuple(found.outputs), shape, found.name)


def _arguments(given: Any, names: Any) -> tuple[Argument, ...]:
    made = []
    for argument in given:
        size = 1
        for extent in argument.shape or ():
            size *= extent
        scalar = argument.shape is None or argument.shape == ()
        elements = tuple(next(names) for _ in range(size))
        made.append(Argument(argument.name, elements, None if scalar else tuple(argument.shape)))
    return tuple(made)
