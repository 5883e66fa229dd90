"""Strength reduction: the same values by fewer and cheaper instructions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf, workdps

import derivc as dc
from derivc.ir import exact
from derivc.ir.builder import Builder
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.ir.verify import verify
from derivc.ops import registry
from derivc.passes.schedule import schedule
from derivc.passes.strength import LONGEST, plan, strength


def run(program: Program, *values: float) -> list[float]:
    import math

    table = {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b, "neg": lambda a: -a, "pow": math.pow, "sqrt": math.sqrt,
        "square": lambda a: a * a, "exp2": lambda a: 2.0**a, "exp": math.exp,
    }  # fmt: skip
    return interpret(program, list(values), table.__getitem__, exact.to_float)


def powers(*exponents: Fraction | int) -> Program:
    b = Builder(["x"])
    return b.finish([b.emit("pow", 0, b.const(e)) for e in exponents])


@given(st.lists(st.integers(-2 * LONGEST, 2 * LONGEST), min_size=1, max_size=5), st.floats(0.5, 2))
def test_powers_keep_their_values(halves: list[int], x: float) -> None:
    program = powers(*[Fraction(h, 2) for h in halves])
    reduced = verify(strength(program))
    assert not any(step.op == "pow" for step in reduced.instructions)
    for one, other in zip(run(reduced, x), run(program, x), strict=True):
        assert one == pytest.approx(other, rel=1e-14)


def test_chains_are_shared() -> None:
    products = [s for s in strength(powers(24, 25)).instructions if s.op == "mul"]
    assert len(products) == 6
    assert plan({5, 6}) == {2: (1, 1), 4: (2, 2), 5: (4, 1), 6: (5, 1)}


def test_other_exponents_stay() -> None:
    for exponent in (Fraction(1, 5), LONGEST + 1, Fraction(5, 4)):
        assert [s.op for s in strength(powers(exponent)).instructions] == ["const", "pow"]


def test_thirds_go_through_the_cube_root() -> None:
    for exponent in (Fraction(1, 3), Fraction(-2, 3), Fraction(8, 3)):
        program = strength(powers(exponent))
        assert "pow" not in [s.op for s in program.instructions]
        kernel = dc.compile(f"x**({exponent})")
        with workdps(50):
            true = float(mpf(1e-90) ** (mpf(exponent.numerator) / 3))
        found, beyond = kernel(1e-90), kernel(-8.0)
        assert found == pytest.approx(true, rel=3e-15)
        assert beyond != beyond  # a power of a negative number stays undefined


def test_signs_and_constants_merge() -> None:
    b = Builder(["x", "y"])
    half, two = b.const(Fraction(1, 2)), b.const(2)
    product = b.emit("mul", b.emit("mul", half, 0), b.emit("mul", two, 1))
    negative = b.emit("neg", b.emit("mul", b.const(3), product))
    reduced = strength(b.finish([negative]))
    assert [s.op for s in reduced.instructions if s.op != "const"] == ["mul", "mul"]
    assert run(reduced, 2.0, 5.0) == [-30.0]


def test_functions_of_constants_are_folded() -> None:
    b = Builder(["x"])
    reduced = strength(b.finish([b.emit("mul", b.emit("sqrt", b.const(2)), 0)]))
    assert [s.op for s in reduced.instructions] == ["const", "mul"]
    assert run(reduced, 1.0) == [2**0.5]


OPS = ["add", "mul", "sub", "neg", "exp2", "square"]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    b = Builder(["x", "y"])
    values = [0, 1, b.const(draw(st.integers(-3, 3))), b.const(Fraction(1, 3))]
    for _ in range(draw(st.integers(1, 12))):
        op = draw(st.sampled_from(OPS))
        args = [draw(st.sampled_from(values)) for _ in range(registry.get(op).arity)]
        if op != "exp2" or args[0] < 2:
            values.append(b.emit(op, *args))
    return b.finish(draw(st.lists(st.sampled_from(values), min_size=1, max_size=4)))


@given(programs(), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_any_program_keeps_its_values(program: Program, x: float, y: float) -> None:
    try:
        wanted = run(program, x, y)
    except OverflowError:
        return
    if max(map(abs, wanted)) > 1e100:
        return
    for change in (strength, schedule):
        found = run(verify(change(program)), x, y)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("text", ["x + sqrt(1 - 3)*y", "x*y/(y - y)", "x + (x - x)**-1 + y"])
def test_constants_that_are_no_real_numbers_are_left_to_the_program(text: str) -> None:
    value, partials = dc.compile(text).value_and_grad(1.0, 2.0)
    assert value != value or abs(value) == float("inf")
    assert len(partials) == 2
