"""What the steps of one differentiation are made from: its records, and parts that rules need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import sympy as sp

from derivc.symbolic.canonical import fits
from derivc.symbolic.rules import derivative
from derivc.symbolic.steps.forms import General, Letters
from derivc.symbolic.steps.written import pending
from derivc.symbolic.trail import Turn
from derivc.symbolic.walk import postorder, symbols

_ZERO, _ONE = sp.S.Zero, sp.S.One
_ORDERED = 50


@final
@dataclass(frozen=True, eq=False)
class Draft:
    """A step before it has a number: see `Step`; `wanted` are the parts to be explained.

    Args:
        whole, slope: expression and result over the formula's variables.
        outer: derivatives by letters, each a single fact.
        display: another way to write the expression.
    """

    rule: str
    title: str
    variable: str
    expression: Any
    result: Any
    whole: Any
    slope: Any
    general: General | None = None
    let: tuple[tuple[str, Any], ...] = ()
    applied: Any = None
    outer: tuple[Draft, ...] = ()
    wanted: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()
    display: Any = None


@final
class Job:
    """One turn of differentiation, asked for the derivatives of parts.

    Args:
        turn: what `differentiate` recorded.
        below: expressions that the reader wrote as denominators, as they stand in the tree.
    """

    def __init__(self, turn: Turn, below: frozenset[Any] = frozenset()):
        self.turn, self.below = turn, below
        self.variable, self.build = turn.variable, turn.build
        self.letters = Letters([s.name for s in symbols(turn.tree)] + [turn.variable])
        self.fits = fits(turn.tree)
        self._made: dict[int, tuple[Any, Any]] = {}
        self._products: dict[tuple[int, ...], Any] = {}
        self._depends = _dependent(turn.tree, turn.variable)

    def slope(self, node: Any) -> Any:
        """The derivative as it was recorded; of a part that rules need, by the same rules."""
        if id(node) in self.turn.slopes:
            return self.turn.slopes[id(node)]
        if id(node) not in self._made:
            self._made[id(node)] = (node, self._derived(node))
        return self._made[id(node)][1]

    def _derived(self, node: Any) -> Any:
        if not node.args:
            return _ONE if node.is_Symbol and node.name == self.variable else _ZERO
        return derivative(self.build, node, [self.slope(arg) for arg in node.args])

    def still(self, node: Any) -> bool:
        """Whether the derivative is zero everywhere."""
        return self.slope(node) is _ZERO

    def is_variable(self, node: Any) -> bool:
        """Whether the node is the variable itself."""
        return bool(node.is_Symbol and node.name == self.variable)

    def flat(self, node: Any) -> bool:
        """Whether the derivative is zero although the variable is in it, as in floor(x)."""
        return self.still(node) and self._depends.get(id(node), False)

    def pending(self, node: Any) -> Any:
        """d/dx of a part, still to be taken."""
        return pending(node, self.variable)

    def product(self, factors: Sequence[Any]) -> Any:
        """The factors as one expression, the same object for the same factors."""
        if len(factors) == 1:
            return factors[0]
        key = tuple(id(factor) for factor in factors)
        if key not in self._products:
            self._products[key] = sp.Mul(*factors, evaluate=False) if factors else _ONE
        return self._products[key]

    def ordered(self, node: Any) -> Sequence[Any]:
        """The terms or factors in the order in which they are printed."""
        if not self.fits or len(node.args) > _ORDERED:
            return tuple(node.args)
        found = node.as_ordered_terms() if node.is_Add else node.as_ordered_factors()
        return found if {id(f) for f in found} == {id(a) for a in node.args} else tuple(node.args)

    def draft(self, rule: str, title: str, node: Any, **more: Any) -> Draft:
        """The draft for a node, by the variable of the turn."""
        result = self.slope(node)
        return Draft(rule, title, self.variable, node, result, node, result, **more)

    def key(self, node: Any) -> Any:
        """What two occurrences of the same part have in common."""
        return node if self.fits else id(node)


def _dependent(tree: Any, variable: str) -> dict[int, bool]:
    """For every node whether the variable is in it."""
    found: dict[int, bool] = {}
    for node in postorder(tree):
        own = bool(node.is_Symbol and node.name == variable)
        found[id(node)] = own or any(found[id(arg)] for arg in node.args)
    return found
