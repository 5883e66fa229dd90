"""Flows: derivatives on their way through a program, with the condition under which they count.

A tangent or cotangent that is zero because of a branch must stay zero where it meets an infinite or
undefined partial: 0 * inf is NaN. So a branch does not multiply by zero. It hands on the derivative
unmasked together with a *guard*, the condition under which it counts, and the selection is made
once, where the flow leaves the region of that guard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from derivc.ir.algebra import SmartBuilder
from derivc.ir.program import Value


@final
@dataclass(frozen=True, slots=True)
class Flow:
    """A derivative that counts only where its guard holds (everywhere when it is None)."""

    value: Value
    guard: Value | None = None


def both(b: SmartBuilder, one: Value | None, two: Value | None) -> Value | None:
    """The guard that holds where both hold."""
    if one is None or two is None:
        return two if one is None else one
    return b.emit("logical_and", one, two)


def either(b: SmartBuilder, guards: Sequence[Value | None]) -> Value | None:
    """The guard that holds where at least one of them does."""
    total: Value | None = None
    for guard in guards:
        if guard is None:
            return None
        total = guard if total is None else b.emit("logical_or", total, guard)
    return total


def masked(b: SmartBuilder, flow: Flow) -> Value:
    """The flow's value where its guard holds, zero elsewhere."""
    if flow.guard is None:
        return flow.value
    return b.emit("where", flow.guard, flow.value, b.const(0))


def merge(b: SmartBuilder, flows: Sequence[Flow]) -> Flow:
    """The sum of flows: unmasked while they share a guard, else each masked by its own."""
    groups: dict[Value | None, Value] = {}
    for flow in flows:
        seen = groups.get(flow.guard)
        groups[flow.guard] = flow.value if seen is None else b.emit("add", seen, flow.value)
    if len(groups) == 1:
        return Flow(*next((value, guard) for guard, value in groups.items()))
    if len(groups) == 2 and (selected := _opposite(b, groups)) is not None:
        return Flow(selected)
    total: Value | None = None
    for guard, value in groups.items():
        term = masked(b, Flow(value, guard))
        total = term if total is None else b.emit("add", total, term)
    assert total is not None
    return Flow(total, either(b, list(groups)))


def _opposite(b: SmartBuilder, groups: dict[Value | None, Value]) -> Value | None:
    """One selection instead of two masks and a sum, when the guards are c and not c."""
    (one, first), (two, second) = groups.items()
    for c, n, x, y in ((one, two, first, second), (two, one, second, first)):
        if c is not None and n is not None and b.emit("logical_not", c) == n:
            return b.emit("where", c, x, y)
    return None


def choose(b: SmartBuilder, condition: Value, yes: Flow | None, no: Flow | None) -> Flow | None:
    """The flow of `where(condition, a, b)` from those of a and b; None stands for zero."""
    if yes is None or no is None:
        otherwise = condition if no is None else b.emit("logical_not", condition)
        flow = no if yes is None else yes
        return None if flow is None else Flow(flow.value, both(b, flow.guard, otherwise))
    value = b.emit("where", condition, yes.value, no.value)
    return Flow(value, _chosen_guard(b, condition, yes.guard, no.guard))


def _chosen_guard(
    b: SmartBuilder, condition: Value, yes: Value | None, no: Value | None
) -> Value | None:
    """(c and yes) or (not c and no), with a missing guard always holding."""
    if yes is None and no is None:
        return None
    if yes is None or no is None:
        # c or no: where c holds the first arm counts; (not c) or yes likewise
        return either(
            b, [condition, no] if yes is None else [b.emit("logical_not", condition), yes]
        )
    other = both(b, b.emit("logical_not", condition), no)
    return either(b, [both(b, condition, yes), other])


def split(b: SmartBuilder, partial: Value) -> Flow | None:
    """A partial with its zero branches taken out into a guard; None when it is zero everywhere."""
    if b.is_const(partial, 0):
        return None
    step = b.at(partial)
    if step.op != "where":
        return Flow(partial)
    condition, yes, no = step.args
    found = choose(b, condition, split(b, yes), split(b, no))
    return Flow(partial) if found is not None and found.guard is None else found
