"""What stands unevaluated in a SymPy tree, written out: sums, derivatives, real parts."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.errors import LimitError, UnsupportedError
from derivc.symbolic.walk import postorder

_MOST = 1000
_PARTS = (sp.re, sp.im, sp.conjugate, sp.arg)
_BOUND = (sp.Integral, sp.Limit, sp.Order, sp.Subs)


def written_out(tree: Any) -> Any:
    """The tree with finite sums and products term by term, and derivatives taken.

    Real and imaginary parts are taken too, all symbols being real.

    Raises:
        UnsupportedError: a sum has no whole bounds, or the tree holds an integral or a limit.
        LimitError: a sum has more than 1000 terms.

    Example:
        >>> x, n = sp.symbols("x n")
        >>> written_out(sp.Sum(x**n, (n, 0, 2)))
        x**2 + x + 1
    """
    kinds = (*_BOUND, *_PARTS, sp.Derivative, sp.Sum, sp.Product)
    found = [node for node in postorder(tree) if isinstance(node, kinds)]
    if not found:
        return tree
    for node in (node for node in found if isinstance(node, _BOUND)):
        raise UnsupportedError(
            f"a SymPy {type(node).__name__} is not compiled ({str(node)[:80]});"
            " call .doit() on it, or give the closed form"
        )
    if any(isinstance(node, _PARTS) for node in found):
        tree = tree.xreplace({s: sp.Symbol(s.name, real=True) for s in tree.free_symbols})
    taken = {node: node.doit() for node in tree.atoms(sp.Derivative)}
    tree = tree.xreplace(taken) if taken else tree
    while loops := tree.atoms(sp.Sum, sp.Product):
        outer = max(loops, key=lambda node: node.count_ops())
        tree = tree.xreplace({outer: _terms(outer)})
    return tree


def _terms(node: Any) -> Any:
    """A sum or product, its outer limit (the last) written out."""
    *others, limit = node.limits
    index, first, last = _whole(limit)
    if last - first >= _MOST:
        raise LimitError(f"a sum has {last - first + 1} terms, above the limit of {_MOST}: {limit}")
    inside = node.func(node.function, *others) if others else node.function
    join = sp.Add if isinstance(node, sp.Sum) else sp.Mul
    return join(*(inside.subs(index, i) for i in range(first, last + 1)))


def _whole(limit: Any) -> tuple[Any, int, int]:
    if len(limit) == 3 and limit[1].is_Integer and limit[2].is_Integer:
        return limit[0], int(limit[1]), int(limit[2])
    raise UnsupportedError(
        f"a sum over {limit} is not compiled: its bounds must be whole numbers; give the closed"
        " form, or a finite sum"
    )
