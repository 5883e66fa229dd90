"""What is compared: an output, or one of its partials, or one of its second partials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any, final

MANY = 6
"""With more variables than this, second order is a product of the Hessian with one vector."""


@final
@dataclass(frozen=True)
class Quantity:
    """One number that is computed at every point.

    Args:
        output: which output of the function.
        by: the inputs by which it is differentiated, none for the value.
        along: differentiated once more along the vector of the check (a Hessian-vector product).
    """

    output: int
    by: tuple[int, ...] = ()
    along: bool = False

    @property
    def order(self) -> int:
        """How often it is differentiated."""
        return len(self.by) + self.along

    def label(self, names: Sequence[str], several: bool = False) -> str:
        """How it is called in tables.

        Example:
            >>> Quantity(0, (0, 1)).label(["x", "y"]), Quantity(0, (0, 0)).label(["x"])
            ('d²/dxdy', 'd²/dx²')
        """
        which = f"[{self.output}]" if several else ""
        if not self.order:
            return f"value{which}"
        if self.along:
            return f"(Hv){which}[{names[self.by[0]]}]"
        if len(self.by) == 1:
            return f"d{which}/d{names[self.by[0]]}"
        first, second = (names[i] for i in self.by)
        return f"d²{which}/d{first}²" if first == second else f"d²{which}/d{first}d{second}"


def quantities(outputs: int, moving: Sequence[int], order: int) -> tuple[Quantity, ...]:
    """Everything that is compared up to an order, values first.

    Args:
        outputs: how many outputs there are. moving: the inputs to differentiate by.
        order: 0, 1 or 2; second order is of a single output only.
    """
    values = [Quantity(o) for o in range(outputs)]
    firsts = [Quantity(o, (i,)) for o in range(outputs) for i in moving]
    seconds: list[Quantity] = []
    if order > 1 and outputs == 1:
        pairs = combinations_with_replacement(moving, 2)
        seconds = (
            [Quantity(0, (i,), along=True) for i in moving]
            if len(moving) > MANY
            else [Quantity(0, pair) for pair in pairs]
        )
    return (*values, *(firsts if order else ()), *seconds)


Columns = dict[Quantity, Any]
"""One array of numbers per quantity, one number per point."""
