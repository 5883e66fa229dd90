"""Branches, comparisons and logic."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.names import Names


def where(condition: Any, a: Any, b: Any) -> Any:
    """A tree that is `a` where the condition holds and `b` elsewhere, kept as written.

    Built below SymPy's constructors, which fold conditions that contain branches, for minutes.
    """
    if condition == True or condition == False:  # noqa: E712  SymPy's own constants too
        return a if condition == True else b  # noqa: E712
    arms = (_arm(a, condition), _arm(b, sp.true))
    return sp.Basic.__new__(sp.Piecewise, *arms)


def _arm(value: Any, condition: Any) -> Any:
    return sp.Tuple.__new__(ExprCondPair, sp.sympify(value), sp.sympify(condition))


select = declare(
    "where", "One of two numbers, chosen by a condition.", params=("c", "a", "b"),
    truth=lambda c, a, b: a if c else b,
    spelling=Spelling("np.where", infix="({1} if {0} else {2})"),
    symbol=sp.Piecewise, tags=["branch"], cost=2,
    vjp=lambda g, c, a, b, y: [None, where(c, g, 0), where(c, 0, g)],
    also=Names("torch.where", "jax.numpy.where", "numpy.where").plus("T.where"),
)  # fmt: skip


def _comparison(name: str, words: str, symbol: Any, sign: str, library: str) -> Any:
    return declare(
        name, f"Whether the first number is {words} the second.", params=("a", "b"),
        symbol=symbol, truth=lambda a, b: _compare(sign, a, b), tags=["comparison", "boolean"],
        spelling=Spelling(f"np.{library}", infix=f"{{0}} {sign} {{1}}"), aliases=[library],
        also=Names(f"torch.{name}", f"jax.numpy.{library}", f"numpy.{library}").plus(
            f"T.{name} T.{name}_" + (f" torch.{library} T.{library}" if name != "eq" else "")
        ),
    )  # fmt: skip


def _compare(sign: str, a: Any, b: Any) -> bool:
    results = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}
    return bool(results[sign])


lt = _comparison("lt", "less than", sp.StrictLessThan, "<", "less")
le = _comparison("le", "at most", sp.LessThan, "<=", "less_equal")
gt = _comparison("gt", "greater than", sp.StrictGreaterThan, ">", "greater")
ge = _comparison("ge", "at least", sp.GreaterThan, ">=", "greater_equal")
eq = _comparison("eq", "equal to", sp.Equality, "==", "equal")
ne = _comparison("ne", "different from", sp.Unequality, "!=", "not_equal")

logical_and = declare(
    "logical_and", "Whether both conditions hold.", params=("a", "b"), symbol=sp.And,
    truth=lambda a, b: bool(a and b), spelling=Spelling("np.logical_and", infix="({0} and {1})"),
    tags=["boolean"],
    also=Names("torch.logical_and", "jax.numpy.logical_and", "numpy.logical_and").plus(
        "T.logical_and T.logical_and_"
    ),
)  # fmt: skip
logical_or = declare(
    "logical_or", "Whether at least one condition holds.", params=("a", "b"), symbol=sp.Or,
    truth=lambda a, b: bool(a or b), spelling=Spelling("np.logical_or", infix="({0} or {1})"),
    tags=["boolean"],
    also=Names("torch.logical_or", "jax.numpy.logical_or", "numpy.logical_or").plus(
        "T.logical_or T.logical_or_"
    ),
)  # fmt: skip
logical_not = declare(
    "logical_not", "Whether the condition fails.", params=("a",), symbol=sp.Not,
    truth=lambda a: not a, spelling=Spelling("np.logical_not", infix="(not {0})"),
    tags=["boolean"],
    also=Names("torch.logical_not", "jax.numpy.logical_not", "numpy.logical_not").plus(
        "T.logical_not T.logical_not_"
    ),
)  # fmt: skip
