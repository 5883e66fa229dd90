"""Expressions over SymPy's matrices: told apart, and refused with what to do instead.

SymPy differentiates some of them to a silent zero, `log(Determinant(A))` by A for one. Derivatives
in matrix form are known of the ops of the graph; matrices of plain symbols are compiled.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.tensor.array import NDimArray

from derivc.errors import UnsupportedError
from derivc.symbolic.walk import postorder

_ADVICE = (
    "put a matrix of plain symbols in its place, as in"
    " expr.subs({name}, Matrix({rows}, {columns}, symbols('a:{count}'))).doit(), or compute with"
    " tensors: dc.linalg.det(t), dc.trace(t), t @ t ... know their derivatives (.backward())"
)


def is_matrix(value: Any) -> bool:
    """Whether a SymPy object is a matrix, an array, an entry of one, or a number made of one.

    Example:
        >>> is_matrix(sp.MatrixSymbol("A", 2, 2)[0, 1]), is_matrix(sp.Symbol("x"))
        (True, False)
    """
    return isinstance(value, _KINDS) or type(value).__name__.startswith(_NAMES)


_KINDS = (
    sp.MatrixExpr, sp.MatrixBase, NDimArray, sp.Indexed, sp.IndexedBase, sp.Determinant, sp.Trace,
)  # fmt: skip
_NAMES = ("Array", "MatrixElement", "Permanent", "DotProduct", "CodegenArray")
"""Classes of SymPy that have moved between its versions, by how their names begin."""


def refuse_matrices(tree: Any) -> None:
    """Complain about a tree that has a matrix anywhere in it.

    Raises:
        UnsupportedError: says what the matrix is, and what to do.

    Example:
        >>> refuse_matrices(sp.Symbol("x") ** 2)
    """
    if not hasattr(tree, "args"):
        return
    for node in reversed(postorder(tree)):
        if is_matrix(node):
            raise UnsupportedError(why_not(node, tree))


def why_not(part: Any, whole: Any) -> str:
    """The message: what was given, and what to do.

    Args:
        part: the matrix, or the entry of one. whole: the expression that it stands in.
    """
    shown = " ".join(str(whole).split())
    shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
    return f"matrix expressions are not compiled ({shown}); {_advice(part)}"


def _advice(part: Any) -> str:
    """What to do: plain symbols for symbols of matrices, `.doit()` for those written out."""
    if isinstance(part, sp.Indexed | sp.IndexedBase):
        return (
            f"put a plain symbol in the place of each entry, as in expr.subs({part}, Symbol('q'))"
        )
    found = (s for s in getattr(part, "free_symbols", ()) if isinstance(s, sp.MatrixSymbol))
    matrix = min(found, key=str, default=None)
    if matrix is None:
        return "call .doit() on it, or give its entries, each over plain symbols"
    rows, columns = (n if getattr(n, "is_Integer", False) else 3 for n in matrix.shape)
    return _ADVICE.format(name=matrix, rows=rows, columns=columns, count=rows * columns)
