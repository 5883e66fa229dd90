"""Stages: every value is computed once, before it is read, and slots never collide."""

from __future__ import annotations

import pytest

import derivc as dc
from derivc.codegen.c import spelling
from derivc.codegen.c.dialect import BLOCK_DOUBLE
from derivc.codegen.c.stages import Stages, by_kind, by_length
from derivc.ir.program import Program

TEXTS = [
    "x*exp(-y)",
    "lgamma(x) + sin(lgamma(x*y))*erf(x)*fmod(x, y)",
    "where(x > 0, log(x), gamma(y)) + x",
    "x",
]


def program(text: str) -> Program:
    return dc.compile(text).program


def check(stages: Stages) -> None:
    p = stages.program
    values = [v for part in stages.parts for v in part]
    start = len(p.inputs)
    computed = [v for v, s in enumerate(p.instructions, start) if s.op != "const"]
    assert sorted(values) == computed
    held: dict[int, int] = {}
    done: set[int] = set(range(start))
    for k, part in enumerate(stages.parts):
        for value in stages.reads(k):
            if value >= start:
                assert held[stages.slots[value]] == value
        for value in part:
            for arg in p.instructions[value - start].args:
                assert arg in done or p.constant(arg) is not None
            done.add(value)
        for value in part:
            if value in stages.slots:
                held[stages.slots[value]] = value


@pytest.mark.parametrize("text", TEXTS)
def test_by_kind(text: str) -> None:
    stages = by_kind(program(text), BLOCK_DOUBLE, 250)
    check(stages)
    for part in stages.parts:
        kinds = {spelling.is_vector(stages.program.instruction(v).op, BLOCK_DOUBLE) for v in part}
        assert len(kinds) == 1


@pytest.mark.parametrize("longest", [1, 2, 5, 1000])
@pytest.mark.parametrize("text", TEXTS)
def test_by_length(text: str, longest: int) -> None:
    stages = by_length(program(text), longest)
    check(stages)
    assert all(len(part) <= longest for part in stages.parts)
