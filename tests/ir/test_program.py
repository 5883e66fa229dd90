"""Builder, verifier, interpreter and printer of programs."""

from __future__ import annotations

import math
import operator
from typing import Any

import pytest

from derivc.errors import ProgramError
from derivc.ir.algebra import SmartBuilder
from derivc.ir.builder import Builder
from derivc.ir.interpret import interpret
from derivc.ir.pretty import to_dot, to_text
from derivc.ir.program import Instruction, Program
from derivc.ir.verify import verify

TABLE: dict[str, Any] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": operator.pow,
}


def run(program: Program, *arguments: float) -> list[float]:
    return interpret(program, arguments, TABLE.__getitem__, float)


def test_equal_instructions_are_shared_also_when_commuted() -> None:
    b = Builder(["x", "y"])
    assert b.emit("mul", 0, 1) == b.emit("mul", 1, 0)
    assert b.emit("sub", 0, 1) != b.emit("sub", 1, 0)
    assert b.const(2) == b.const(2.0) != b.const(True)


@pytest.mark.parametrize(
    "step", [Instruction("add", (0, 5)), Instruction("add", (0,)), Instruction("const")]
)
def test_verify_refuses_broken_programs(step: Instruction) -> None:
    with pytest.raises(ProgramError):
        verify(Program(("x",), (step,), (1,)))


def test_verify_refuses_unbound_outputs_and_twin_inputs() -> None:
    with pytest.raises(ProgramError):
        verify(Program(("x",), (), (1,)))
    with pytest.raises(ProgramError):
        verify(Program(("x", "x"), (), (0,)))


def test_interpret_follows_the_instructions() -> None:
    b = Builder(["x"])
    square = b.emit("mul", 0, 0)
    assert run(b.finish([b.emit("add", square, b.const(1)), square]), 3.0) == [10.0, 9.0]


def _identities() -> list[tuple[str, Any, float]]:
    """Each identity of the smart builder: what is emitted, and its value at x = 3, y = 5."""
    return [
        ("0 + x", lambda b: b.emit("add", b.const(0), 0), 3),
        ("x + (-y)", lambda b: b.emit("add", 0, b.emit("neg", 1)), -2),
        ("(-x) + y", lambda b: b.emit("add", b.emit("neg", 0), 1), 2),
        ("x - (-y)", lambda b: b.emit("sub", 0, b.emit("neg", 1)), 8),
        ("x - x", lambda b: b.emit("sub", 0, 0), 0),
        ("0 - x", lambda b: b.emit("sub", b.const(0), 0), -3),
        ("-(x - y)", lambda b: b.emit("neg", b.emit("sub", 0, 1)), 2),
        ("1 x", lambda b: b.emit("mul", 0, b.const(1)), 3),
        ("(-x) y", lambda b: b.emit("mul", b.emit("neg", 0), 1), -15),
        ("x (1/y)", lambda b: b.emit("mul", 0, b.emit("div", b.const(1), 1)), 0.6),
        ("2 (3 x)", lambda b: b.emit("mul", b.const(2), b.emit("mul", b.const(3), 0)), 18),
        ("x / 4", lambda b: b.emit("div", 0, b.const(4)), 0.75),
        ("(-x) / y", lambda b: b.emit("div", b.emit("neg", 0), 1), -0.6),
        ("x ** 1", lambda b: b.emit("pow", 0, b.const(1)), 3),
        ("x ** 0", lambda b: b.emit("pow", 0, b.const(0)), 1),
    ]


@pytest.mark.parametrize(("name", "emit", "value"), _identities(), ids=lambda v: str(v)[:20])
def test_identities_keep_the_value_and_cost_at_most_one_step(
    name: str, emit: Any, value: float
) -> None:
    b = SmartBuilder(["x", "y"])
    result = emit(b)
    assert run(b.finish([result]), 3.0, 5.0) == pytest.approx([value], rel=1e-15)
    steps = [s for s in b.instructions if s.op not in ("const", "neg")]
    assert len(steps) <= 3


def test_pretty_text_and_dot_name_everything() -> None:
    b = Builder(["x"])
    program = b.finish([b.emit("mul", 0, b.const(3))])
    assert to_text(program).splitlines()[1] == "_2 = mul x 3"
    dot = to_dot(program)
    assert dot.count("->") == 2 and "peripheries=2" in dot
    assert math.isclose(run(program, 2.0)[0], 6.0)
