"""Scheduling: the same instructions, never more values alive at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from derivc.ir.builder import Builder
from derivc.ir.program import Program
from derivc.ir.verify import verify
from derivc.passes.dce import dce
from derivc.passes.schedule import pressure, schedule


@st.composite
def programs(draw: st.DrawFn) -> Program:
    b = Builder(["x", "y"])
    values = [0, 1]
    for _ in range(draw(st.integers(1, 30))):
        op = draw(st.sampled_from(["add", "mul", "exp"]))
        count = 1 if op == "exp" else 2
        values.append(b.emit(op, *[draw(st.sampled_from(values)) for _ in range(count)]))
    return b.finish(draw(st.lists(st.sampled_from(values), min_size=1, max_size=4)))


@given(programs())
def test_a_schedule_never_needs_more_buffers(program: Program) -> None:
    found = verify(schedule(program))
    assert pressure(found) <= pressure(program)
    assert found == schedule(program)


@given(programs())
def test_the_instructions_stay_the_same(program: Program) -> None:
    live = dce(program)
    found = sorted(step.op for step in schedule(live).instructions)
    assert found == sorted(step.op for step in live.instructions)


def test_values_are_computed_where_they_are_needed() -> None:
    b = Builder(["x"])
    early = [b.emit("exp", 0)]
    for _ in range(4):
        early.append(b.emit("exp", early[-1]))
    program = b.finish([b.emit("neg", e) for e in early])
    assert pressure(schedule(program)) < pressure(program)
