"""What is found, as frozen records: one `Singularity` a place, a `Report` of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, final

from derivc.symbolic.singularities.probe import NONE, Behaviour, Side

KINDS = (
    "pole", "essential", "logarithmic", "jump", "removable", "branch point", "cusp",
    "vertical tangent", "end of the domain", "kink",
)  # fmt: skip
"""The kinds of places, the worst first."""


@final
@dataclass(frozen=True)
class Singularity:
    """One place, or one periodic set of places, where a function is not smooth.

    Args:
        kind: one of `KINDS`. of: "f", or "f'" where only the derivative fails.
        where: the place in words, "x = 0" or "x = pi*k + pi/2, k any integer".
        variable: the variable that approaches it.
        at: the place as SymPy; of a family an expression in `k`; None for several variables.
        value: f exactly there, as a float (NaN for none).
        left, right: the behaviour of f and its slopes from both sides.
        order: of a pole: the power of the distance by which f (or f') grows.
        because: the part of the formula that shows it.
        exact: whether the place is known in closed form.
        code: what the compiled code returns there, value and slope, when it was run.
        examples: some members of a family, as floats, the one that was measured first.
        also: a remark; of several variables the point at which it was measured.
    """

    kind: str
    of: str
    where: str
    variable: str
    at: Any
    value: float
    left: Side
    right: Side
    order: float = 0.0
    because: str = ""
    exact: bool = True
    code: tuple[float, float] | None = None
    examples: tuple[float, ...] = ()
    also: str = ""

    @property
    def limit(self) -> Any:
        """The common limit of f from both sides; None where there is none."""
        left, right = self.left.value, self.right.value
        sides = [s for s in (left, right) if s.kind != "none"]
        return sides[0].limit if sides and all(s.finite for s in sides) else None

    @property
    def is_family(self) -> bool:
        """Whether it is a periodic set of places."""
        return bool(self.examples)

    def with_code(self, value: float, slope: float) -> Singularity:
        """The same record with what the compiled code returned."""
        return replace(self, code=(value, slope))


def nothing() -> Side:
    """A side on which nothing is known."""
    unknown = Behaviour("none", NONE.limit)
    return Side(unknown, unknown, unknown)


@final
@dataclass(frozen=True)
class Findings:
    """All places of one function.

    Args:
        found: in order. regular: candidates at which nothing is wrong, as (place, candidate).
        notes: what was not examined, and why.
    """

    found: tuple[Singularity, ...]
    regular: tuple[Any, ...] = ()
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Singularity]:
        return iter(self.found)
