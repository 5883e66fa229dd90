"""Lowering what was lifted gives the same program."""

from __future__ import annotations

import pytest

import derivc as dc
from derivc.ir.pretty import to_text
from derivc.lowering.lift import lift
from derivc.lowering.lower import lower
from derivc.passes.dce import dce


@pytest.mark.parametrize(
    "text",
    ["a*b - c/d", "sqrt(a)**3 + 1/(b*c)", "where(a > 0 and b < 1, sigmoid(c), -d)", "2*pi*a/3"],
)
def test_lift_is_undone_by_lower(text: str) -> None:
    program = dce(dc.compile(text).definition.program)
    again = dce(lower(lift(program), program.inputs))
    assert sorted(to_text(again).split()) == sorted(to_text(program).split())
