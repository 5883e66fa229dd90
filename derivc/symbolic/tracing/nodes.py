"""SymPy nodes as written, built without SymPy's constructors.

The constructors evaluate, query assumptions and look into caches; each recurses over deep trees.
Here a node is made bare, and its hash is computed at once: hashes are cached in the nodes, so each
is made of the finished hashes of its arguments, and no later one recurses.
"""

from __future__ import annotations

import math
from functools import lru_cache
from numbers import Rational
from typing import Any

import sympy as sp
from sympy.core.basic import Basic
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import LatticeOp

MINUS_ONE, ONE, HALF = sp.Integer(-1), sp.Integer(1), sp.Rational(1, 2)


def node(cls: Any, *args: Any) -> Any:
    """A node of that SymPy class over these arguments, kept as they are."""
    made = Basic.__new__(cls, *args)
    if cls in (sp.Add, sp.Mul, sp.Pow):
        made.is_commutative = True
    elif issubclass(cls, LatticeOp):
        made._argset = frozenset(args)
    elif issubclass(cls, sp.Function):
        made.nargs = sp.FiniteSet(len(args)) if cls.nargs is None else cls.nargs
    hash(made)
    return made


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """The tree that is `yes` where the condition holds, `no` elsewhere."""
    first = sp.Tuple.__new__(ExprCondPair, yes, condition)
    last = sp.Tuple.__new__(ExprCondPair, no, sp.true)
    hash(first), hash(last)
    return node(sp.Piecewise, first, last)


def only(condition: Any, yes: Any) -> Any:
    """The tree that is `yes` where the condition holds, and has no value elsewhere."""
    pair = sp.Tuple.__new__(ExprCondPair, yes, condition)
    hash(pair)
    return node(sp.Piecewise, pair)


def minus(tree: Any) -> Any:
    """The tree with its sign changed."""
    return -tree if tree.is_Number else node(sp.Mul, MINUS_ONE, tree)


def inverse(tree: Any) -> Any:
    """One over the tree."""
    return node(sp.Pow, tree, MINUS_ONE)


def power(base: Any, exponent: Any) -> Any:
    """The base to the exponent; powers of e are `exp`."""
    if base is sp.E:
        return node(sp.exp, exponent)
    return node(sp.Pow, base, exponent)


def _multiples() -> dict[float, Any]:
    """The doubles that stand for e, pi and simple multiples of pi.

    A function that writes `np.pi` means pi, and no other formula happens on its nearest double: a
    match in all 53 bits is taken for the constant, so that trees print pi and stay exact to 50
    digits. Compiled code rounds the constant back to the same double.
    """
    known: dict[float, Any] = {math.e: sp.E}
    for top in (1, 2, 3, 4, 5, 6, 8, 10, 16, 20):
        for below in (1, 2, 3, 4, 6, 8, 180):
            exact = sp.Rational(top, below) * sp.pi
            known.setdefault(math.pi * top / below, exact)
            known.setdefault(-math.pi * top / below, -exact)
    return known


_KNOWN = _multiples()


@lru_cache(maxsize=100_000)
def from_float(value: float) -> Any:
    """A double as an exact SymPy number where it is short, else as the `Float` of its 53 bits."""
    if value in _KNOWN:
        return _KNOWN[value]
    if math.isnan(value) or math.isinf(value):
        return sp.nan if math.isnan(value) else math.copysign(1, value) * sp.oo
    short = 1e-6 < abs(value) < 1e15 and value * 1024 == int(value * 1024)
    return sp.Rational(*value.as_integer_ratio()) if value == 0 or short else sp.Float(value)


def number(value: Any) -> Any:
    """A Python or NumPy number as a SymPy number.

    Raises:
        TypeError: it is no real number.
    """
    if isinstance(value, float):
        return from_float(float(value))
    if isinstance(value, int):
        return sp.Integer(int(value))
    if isinstance(value, Basic):
        return value
    if isinstance(value, Rational):
        return sp.Rational(int(value.numerator), int(value.denominator))
    return _numpy_number(value)


def _numpy_number(value: Any) -> Any:
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind in "biuf" and getattr(value, "size", 0) == 1:
        return number(value.item())
    raise TypeError(f"{type(value).__name__} is not a real number: {value!r}"[:200])


def both(cls: Any, a: Any, b: Any) -> Any:
    """Two conditions joined; one alone when they are the same."""
    return a if a is b else node(cls, a, b)
