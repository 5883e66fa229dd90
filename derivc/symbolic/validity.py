"""Where a function and its derivative are valid, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import sympy as sp
from sympy.core.relational import Relational

from derivc.errors import LimitError
from derivc.symbolic import domain
from derivc.symbolic.canonical import canonical, plain
from derivc.symbolic.text import text_of
from derivc.symbolic.walk import postorder


@final
@dataclass(frozen=True)
class Validity:
    """What has to hold, and the places without a slope.

    Args:
        conditions: all must hold; empty when the derivative exists for all real numbers, "False"
            when the function has no real value anywhere.
        kinks: sentences on the places where the slope is chosen by convention.
        note: why nothing is listed, when that is so.
    """

    conditions: tuple[str, ...]
    kinks: tuple[str, ...]
    note: str = ""

    def sentence(self, names: tuple[str, ...]) -> str:
        """Where the derivative is valid, in one line."""
        everything = ", ".join(names) or "number"
        if self.note:
            return self.note
        if "False" in self.conditions:
            return f"valid for no real {everything}"
        if self.conditions:
            return "valid where " + " and ".join(self.conditions)
        return f"valid for every real {everything}"


def validity(tree: Any) -> Validity:
    """The conditions and kinks of a tree as written.

    Example:
        >>> x = sp.Symbol("x", real=True)
        >>> validity(sp.log(2 * x - 1)).conditions
        ('x > 1/2',)
    """
    try:
        found = domain.validity(tree)
        kinks = [_corner(corner) for corner in domain.corners(tree)]
        kinks += dict.fromkeys(_switches(tree))
    except LimitError as problem:
        return Validity((), (), f"where it is valid is not listed: {problem}")
    return Validity(tuple(_shown(part) for part in _parts(found)), tuple(kinks))


def _parts(condition: Any) -> list[Any]:
    """The conditions that must all hold, in a fixed order, boundaries left out."""
    if condition == True:  # noqa: E712  SymPy's true
        return []
    parts = condition.args if isinstance(condition, sp.And) else (condition,)
    inside = sp.And(*(_inside(part) for part in parts))
    return sorted(inside.args if isinstance(inside, sp.And) else (inside,), key=_shown)


def _inside(condition: Any) -> Any:
    """Without the boundary, where a slope is one-sided or infinite."""
    strict = {sp.Ge: sp.Gt, sp.Le: sp.Lt}.get(type(condition))
    return condition if strict is None else strict(*condition.args)


def _corner(corner: domain.Corner) -> str:
    return f"{corner.op} has no slope at {_shown(corner.where)} ({corner.because})"


def _switches(tree: Any) -> Iterator[str]:
    """The places where `where` goes over from one branch to another."""
    for node in postorder(tree):
        if isinstance(node, sp.Piecewise):
            for _, condition in node.args:
                for part in sorted(canonical(condition).atoms(Relational), key=str):
                    place = _shown(sp.Eq(part.lhs, part.rhs, evaluate=False))
                    yield f"where changes at {place}: the slope there is that of the branch taken"


def _shown(condition: Any) -> str:
    return text_of(plain(condition))
