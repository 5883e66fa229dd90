"""How results are built: as SymPy evaluates them, or as written.

`EVALUATED` serves what people read. `WRITTEN` takes trees of any size and depth: it drops zeros and
ones, shares what it is given and never looks into it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, final

import sympy as sp

from derivc.symbolic.evaluated import choice, evaluated, kept, power, written_choice
from derivc.symbolic.walk import rebuild

_ZERO, _ONE = sp.S.Zero, sp.S.One


class Builder(ABC):
    """Makes sums, products, powers and choices, and puts arguments into formulas."""

    @abstractmethod
    def add(self, terms: Sequence[Any]) -> Any:
        """The sum."""

    @abstractmethod
    def mul(self, factors: Sequence[Any]) -> Any:
        """The product."""

    @abstractmethod
    def pow(self, base: Any, exponent: Any) -> Any:
        """The power."""

    @abstractmethod
    def choose(self, pairs: list[tuple[Any, Any]]) -> Any:
        """The first value whose condition holds."""

    @abstractmethod
    def make(self, node: Any, args: list[Any]) -> Any:
        """The node's function of other parts."""

    def put(self, formula: Any, values: Mapping[Any, Any]) -> Any:
        """The formula with values in the places of its symbols."""
        return rebuild(
            formula,
            lambda node, args: self.make(node, args) if args else values.get(node, node),
        )


@final
class _Evaluated(Builder):
    def add(self, terms: Sequence[Any]) -> Any:
        return sp.Add(*terms)

    def mul(self, factors: Sequence[Any]) -> Any:
        return sp.Mul(*factors)

    def pow(self, base: Any, exponent: Any) -> Any:
        return power(base, exponent)

    def choose(self, pairs: list[tuple[Any, Any]]) -> Any:
        return choice(pairs)

    def make(self, node: Any, args: list[Any]) -> Any:
        return evaluated(node, args)


@final
class _Written(Builder):
    def add(self, terms: Sequence[Any]) -> Any:
        left = [t for t in terms if t is not _ZERO]
        if len(left) < 2:
            return left[0] if left else _ZERO
        return sp.Add(*left, evaluate=False)

    def mul(self, factors: Sequence[Any]) -> Any:
        if any(f is _ZERO for f in factors):
            return _ZERO
        left = [f for f in factors if f is not _ONE]
        if len(left) < 2:
            return left[0] if left else _ONE
        return sp.Mul(*left, evaluate=False)

    def pow(self, base: Any, exponent: Any) -> Any:
        if exponent is _ONE or exponent is _ZERO:
            return base if exponent is _ONE else _ONE
        return sp.Pow(base, exponent, evaluate=False)

    def choose(self, pairs: list[tuple[Any, Any]]) -> Any:
        if all(value is pairs[0][0] for value, _ in pairs):
            return pairs[0][0]
        return written_choice(pairs)

    def make(self, node: Any, args: list[Any]) -> Any:
        if node.is_Add:
            return self.add(args)
        if node.is_Mul:
            return self.mul(args)
        return self.pow(*args) if node.is_Pow else kept(node, args)


EVALUATED: Builder = _Evaluated()
WRITTEN: Builder = _Written()
