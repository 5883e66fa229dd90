"""The place of the first condition that holds: what `jnp.select` chooses by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from derivc.capture.unknown import Unknown
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.condition import Condition


@final
class FirstTrue:
    """The first of several conditions that holds, 0 when none does.

    Args:
        conditions: truth values, traced or constant.
    """

    def __init__(self, conditions: Sequence[Any]):
        self.conditions = tuple(conditions)

    def pick(self, cases: Sequence[Any]) -> Any:
        """The case at that place."""
        found = cases[0]
        for condition, case in reversed(list(zip(self.conditions, cases, strict=True))):
            found = elementwise.choose(condition, case, found)
        return found


def first_true(items: Sequence[Any]) -> Any:
    """The place of the largest of truth values; of numbers it is not known."""
    conditions = all(isinstance(item, bool | Condition) for item in items)
    return FirstTrue(items) if conditions else Unknown()
