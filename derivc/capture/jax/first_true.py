"""Which of several conditions decides: what `jnp.select` and `jnp.piecewise` choose by."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, final

from derivc.capture.elements import choose
from derivc.capture.unknown import Unknown
from derivc.symbolic.tracing.condition import Condition


class Decisive(ABC):
    """The place of the condition that decides among several.

    Args:
        conditions: truth values, traced or constant.
    """

    def __init__(self, conditions: Sequence[Any]):
        self.conditions = tuple(conditions)

    @abstractmethod
    def pick(self, cases: Sequence[Any]) -> Any:
        """The case at that place."""


@final
class FirstTrue(Decisive):
    """The first of several conditions that holds, 0 when none does."""

    def pick(self, cases: Sequence[Any]) -> Any:
        """The case at that place."""
        found = cases[0]
        for condition, case in reversed(list(zip(self.conditions, cases, strict=True))):
            found = choose(condition, case, found)
        return found


@final
class LastTrue(Decisive):
    """The last of several conditions that holds, counted from 1; 0 when none does.

    It equals every number: JAX asks that to hand a branch its operands only where it is taken, and
    elsewhere what it computes counts for nothing anyway.
    """

    __hash__ = None  # type: ignore[assignment]

    def pick(self, cases: Sequence[Any]) -> Any:
        """The case at that place."""
        found, *others = cases
        for condition, case in zip(self.conditions, others, strict=True):
            found = choose(condition, case, found)
        return found

    def __eq__(self, other: object) -> bool:
        return True


def first_true(items: Sequence[Any]) -> Any:
    """The place of the largest of truth values; of numbers it is not known."""
    conditions = all(isinstance(item, bool | Condition) for item in items)
    return FirstTrue(items) if conditions else Unknown()
