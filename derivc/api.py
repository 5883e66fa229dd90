"""Closed forms for people: text, SymPy or a function in, SymPy out, over the user's own symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from operator import index
from typing import Any

import sympy as sp

from derivc.definition import Definition, read
from derivc.errors import InputTypeError
from derivc.symbolic import differentiate, sensitivity
from derivc.symbolic.canonical import canonical, plain
from derivc.symbolic.matrices import refuse_matrices
from derivc.symbolic.simplify import simplify as shortest


def _also_at_tensors(symbolic: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the call to the runtime graph where the derivative is asked for at tensors."""

    @wraps(symbolic)
    def derivative(source: Any, *args: Any, **named: Any) -> Any:
        for value in (*args, *named.values()):
            for part in value if isinstance(value, tuple | list) else (value,):
                if hasattr(part, "__derivc_functional__"):
                    at_tensors = part.__derivc_functional__(symbolic.__name__)
                    return at_tensors(source, *args, **named)
        return symbolic(source, *args, **named)

    return derivative


def parse(text: str) -> Any:
    """The SymPy expression that a text stands for.

    Args:
        text: in Python's notation or in that of paper: `2x`, `x^2`, `√x`, `π`.

    Raises:
        ParseError: the text is not an expression; shows where.

    Example:
        >>> import derivc as dc
        >>> dc.parse("2x^2 + sin(beta)")
        2*x**2 + sin(beta)
    """
    return plain(canonical(read(text, relaxed=True).trees[0]))


def parse_latex(text: str) -> Any:
    r"""The SymPy expression that a LaTeX formula stands for.

    Args:
        text: the formula, with or without dollar signs.

    Raises:
        ParseError: the formula uses a command that is not known, or is ambiguous.

    Example:
        >>> import derivc as dc
        >>> dc.parse_latex(r"\frac{x}{2} + e^{-x}")
        x/2 + exp(-x)
    """
    from derivc.symbolic.latex import parse_latex as parse_formula

    return plain(canonical(parse_formula(text)))


def simplify(source: Any) -> Any:
    """The shortest of a budgeted set of equal forms; always ends.

    Args:
        source: text, SymPy, or a Python function of scalars.

    Returns:
        A SymPy expression.

    Example:
        >>> import derivc as dc
        >>> dc.simplify("sin(x)**2 + cos(x)**2")
        1
    """
    return _shown(source, _scalar(read(source, relaxed=True)))


def diff(source: Any, *wrt: Any, order: int = 1) -> Any:
    """The closed-form derivative, simplified.

    Args:
        source: text, SymPy, or a Python function of scalars.
        wrt: variables, one derivative each, in order; `("x", "x", "y")` is mixed. Default: the
            only variable.
        order: how often to differentiate by all of `wrt`.

    Returns:
        A SymPy expression.

    Raises:
        NotDifferentiableError: the derivative does not exist or is not known.
        InputTypeError: there are several variables and none is named, or the order is none.

    Example:
        >>> import derivc as dc
        >>> dc.diff("x**2*sin(x)", "x")
        x*(x*cos(x) + 2*sin(x))
        >>> dc.diff("x**3", order=2)
        6*x
    """
    definition = read(source, relaxed=True, wrt=wrt)
    names = _names(definition, wrt) * _order(order)
    tree = _scalar(definition)
    return _shown(source, differentiate.diff(tree, *names) if names else tree)


def gradient(source: Any, wrt: Sequence[Any] | None = None) -> Any:
    """All partials as a SymPy column.

    Args:
        source: text, SymPy, or a Python function of scalars.
        wrt: the variables, in order; default: all, sorted.

    Returns:
        A SymPy matrix of shape (n, 1).

    Raises:
        InputTypeError: the source has several values: use `jacobian`.
        NotDifferentiableError: a derivative does not exist or is not known.

    Example:
        >>> import derivc as dc
        >>> dc.gradient("u**3 + v**2 + 4*u*v")
        Matrix([
        [3*u**2 + 4*v],
        [  4*u + 2*v]])
    """
    definition = read(source, relaxed=True, wrt=wrt or ())
    tree = _scalar(definition)
    names = _all(definition, wrt)
    return sp.ImmutableMatrix([_shown(source, differentiate.diff(tree, n)) for n in names])


@_also_at_tensors
def jacobian(source: Any, wrt: Sequence[Any] | None = None) -> Any:
    """The matrix of partials of several expressions: one row each, one column a variable.

    Of a Python function and tensors: its Jacobian there (`derivc.functional.jacobian`).

    Args:
        source: a list of texts or SymPy expressions, a SymPy matrix, or a Python function.
        wrt: the variables, in order; default: all, sorted.

    Returns:
        A SymPy matrix of shape (m, n).

    Raises:
        NotDifferentiableError: a derivative does not exist or is not known.

    Example:
        >>> import derivc as dc
        >>> dc.jacobian(["x*y", "x + y"])
        Matrix([
        [y, x],
        [1, 1]])
    """
    definition = read(source, relaxed=True, wrt=wrt or ())
    names = _all(definition, wrt)
    rows = [[_shown(source, differentiate.diff(t, n)) for n in names] for t in definition.trees]
    return sp.ImmutableMatrix(rows)


@_also_at_tensors
def hessian(source: Any, wrt: Sequence[Any] | None = None) -> Any:
    """The symmetric matrix of second partials.

    Of a Python function and tensors: its Hessian there (`derivc.functional.hessian`).

    Args:
        source: text, SymPy, or a Python function of scalars.
        wrt: the variables, in order; default: all, sorted.

    Returns:
        A SymPy matrix of shape (n, n).

    Raises:
        InputTypeError: the source has several values.
        NotDifferentiableError: a derivative does not exist or is not known.

    Example:
        >>> import derivc as dc
        >>> dc.hessian("x**2*y")
        Matrix([
        [2*y, 2*x],
        [2*x,   0]])
    """
    definition = read(source, relaxed=True, wrt=wrt or ())
    names, tree = _all(definition, wrt), _scalar(definition)
    upper = {
        (a, b): _shown(source, differentiate.diff(tree, a, b))
        for i, a in enumerate(names)
        for b in names[i:]
    }
    return sp.ImmutableMatrix(
        [[upper.get((a, b), upper.get((b, a))) for b in names] for a in names]
    )


@_also_at_tensors
def jvp(source: Any, tangents: dict[str, Any]) -> Any:
    """The directional derivative along tangents given by variable name.

    Of a Python function, tensors and their tangents: value and product with the Jacobian there
    (`derivc.functional.jvp`).

    Args:
        source: text, SymPy, or a Python function of scalars.
        tangents: by the name of the variable: a number, text or SymPy expression.

    Returns:
        A SymPy expression.

    Example:
        >>> import derivc as dc
        >>> dc.jvp("x*y", {"x": 1, "y": 2})
        2*x + y
    """
    definition = read(source, relaxed=True)
    tree = _scalar(definition)
    terms = [
        read(t, relaxed=True).trees[0] * differentiate.diff(tree, _name(n))
        for n, t in tangents.items()
    ]
    return _shown(source, sp.Add(*terms))


@_also_at_tensors
def vjp(source: Any, cotangents: Sequence[Any], wrt: Sequence[Any] | None = None) -> Any:
    """The cotangents of the variables for cotangents of several expressions, as a column.

    Of a Python function, tensors and cotangents: value and product with the Jacobian there
    (`derivc.functional.vjp`).

    Args:
        source: a list of texts or SymPy expressions, a SymPy matrix, or a Python function.
        cotangents: one for every expression: a number, text or SymPy expression.
        wrt: the variables, in order; default: all, sorted.

    Returns:
        A SymPy matrix of shape (n, 1).

    Example:
        >>> import derivc as dc
        >>> dc.vjp(["x*y", "x + y"], ["a", "b"])
        Matrix([
        [a*y + b],
        [a*x + b]])
    """
    definition = read(source, relaxed=True)
    seeds = [read(c, relaxed=True).trees[0] for c in cotangents]
    columns = []
    for name in _all(definition, wrt):
        pairs = zip(seeds, definition.trees, strict=True)
        columns.append(_shown(source, sp.Add(*(s * differentiate.diff(t, name) for s, t in pairs))))
    return sp.ImmutableMatrix(columns)


def elasticity(source: Any, variable: Any = None) -> Any:
    """The relative sensitivity x/f * df/dx: percent of change per percent of change.

    Args:
        source: text, SymPy, or a Python function of scalars.
        variable: by which; default: the only one.

    Returns:
        A SymPy expression.

    Raises:
        InputTypeError: there are several variables and none is named.

    Example:
        >>> import derivc as dc
        >>> dc.elasticity("3*x**2")
        2
    """
    wanted = () if variable is None else (variable,)
    definition = read(source, relaxed=True, wrt=wanted)
    (name,) = _names(definition, wanted)
    return _shown(source, sensitivity.elasticity(_scalar(definition), name))


def _scalar(definition: Definition) -> Any:
    if definition.shape is not None:
        raise InputTypeError("expected one expression, got several; use jacobian for a vector")
    return definition.trees[0]


def _names(definition: Definition, wrt: Sequence[Any]) -> tuple[str, ...]:
    """The names to differentiate by; the only variable when none is given."""
    if wrt:
        return tuple(_name(w) for w in wrt)
    if len(definition.elements) > 1:
        raise InputTypeError(
            f"the function has several variables {definition.elements}; say by which to"
            f' differentiate, as in diff(..., "{definition.elements[0]}")'
        )
    return definition.elements or ("x",)


def _order(order: Any) -> int:
    """How often to differentiate, 0 or more.

    Raises:
        InputTypeError: it is no such number.
    """
    if not hasattr(order, "__index__") or index(order) < 0:
        raise InputTypeError(f"order must be a whole number, 0 or more; got {order!r}")
    return index(order)


def _all(definition: Definition, wrt: Sequence[Any] | None) -> tuple[str, ...]:
    return definition.elements if wrt is None else tuple(_name(w) for w in wrt)


def _name(variable: Any) -> str:
    if isinstance(variable, str | sp.Symbol):
        return str(variable)
    refuse_matrices(variable)
    raise InputTypeError(f"a variable is given by name or as a SymPy symbol, got {variable!r}")


def _shown(source: Any, tree: Any) -> Any:
    """The simplified tree over the user's own symbols: SymPy's as given, else plain ones."""
    found = plain(shortest(tree))
    own = getattr(source, "free_symbols", ())
    return found.xreplace({sp.Symbol(s.name): s for s in own})
