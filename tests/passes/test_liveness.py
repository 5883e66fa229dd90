"""Liveness: the last reader of every value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from derivc.ir.builder import Builder
from derivc.ir.program import Program
from derivc.passes.liveness import last_uses


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
def test_last_uses_are_last(program: Program) -> None:
    last = last_uses(program)
    for index, step in enumerate(program.instructions, len(program.inputs)):
        assert all(last[a] >= index for a in step.args)
    assert all(last[out] == len(last) for out in program.outputs)
