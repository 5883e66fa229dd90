"""Values that are the same function are computed once."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ir.algebra import SmartBuilder
from derivc.passes.cancel.alike import unified
from tests.option import OPTION, price


def exponentials(program) -> int:
    return sum(step.op == "exp" for step in program.instructions)


def two(first, second):
    """A program of x and y with two exponentials as outputs, of what the functions build."""
    b = SmartBuilder(["x", "y"])
    return b.finish([b.emit("exp", first(b)), b.emit("exp", second(b))])


@pytest.mark.parametrize("point", [
    (100.0, 105.0, 0.7, 0.03, 0.2), (250.0, 40.0, 1.0, 0.05, 0.3), (100.0, 50.0, 0.5, 0.02, 0.25),
])  # fmt: skip
def test_sensitivities_of_an_option(point) -> None:
    k = dc.compile(OPTION, inputs=["K", "S", "T", "r", "s"])
    with mp.workdps(120):
        truth = [
            float(mp.diff(price, point, tuple(int(i == j) for j in range(5)))) for i in range(5)
        ]
    np.testing.assert_allclose(k.grad(*point), truth, rtol=1e-14)


def test_its_partials_need_one_density_and_no_difference() -> None:
    k = dc.compile(OPTION, inputs=["K", "S", "T", "r", "s"])
    assert exponentials(k.specs.build("grad").program) == 2
    by_spot = dc.compile(OPTION, inputs=["K", "S", "T", "r", "s"], wrt=["S"]).specs.build("grad")
    assert exponentials(by_spot.program) == 0


def test_up_to_the_sign() -> None:
    b = SmartBuilder(["x", "y"])
    whole = b.emit("exp", b.emit("add", 0, b.emit("log", b.emit("mul", 1, 1))))
    parted = b.emit("mul", b.emit("exp", 0), b.emit("mul", 1, 1))
    found = unified(b.finish([parted, b.emit("neg", whole)]))
    assert [step.op for step in found.instructions] == ["mul", "exp", "mul", "neg"]


DIFFERENT = {
    "the size of x": (lambda b: 0, lambda b: b.emit("sqrt", b.emit("mul", 0, 0))),
    "a kink": (lambda b: 0, lambda b: b.emit("abs", 0)),
    "a kink far away": (lambda b: 0, lambda b: b.emit("maximum", 0, b.const(-(10**30)))),
    "a choice far away": (
        lambda b: 0, lambda b: b.emit("where", b.emit("lt", 0, b.const(10**30)), 0, 1)
    ),
    "a small number": (lambda b: 0, lambda b: b.emit("add", 0, b.const(Fraction(1, 10**40)))),
    "a hole": (lambda b: 1, lambda b: b.emit("div", b.emit("mul", 0, 1), 0)),
    "a hole between equals": (
        lambda b: b.emit("add", 0, 1),
        lambda b: b.emit(
            "div", b.emit("sub", b.emit("square", 0), b.emit("square", 1)), b.emit("sub", 0, 1)
        ),
    ),
    "whole exponents": (
        lambda b: b.emit("log", b.emit("pow", 0, 1)),
        lambda b: b.emit("mul", 1, b.emit("log", 0)),
    ),
    "a domain": (
        lambda b: b.emit("log", b.emit("mul", 0, 1)),
        lambda b: b.emit("add", b.emit("log", 0), b.emit("log", 1)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_differs_somewhere_stays(what: str) -> None:
    program = two(*DIFFERENT[what])
    assert unified(program) == program


def test_nothing_is_done_for_one_exponential() -> None:
    b = SmartBuilder(["x"])
    program = b.finish([b.emit("exp", 0), b.emit("sqrt", b.emit("mul", 0, 0))])
    assert unified(program) is program


def test_a_matrix_of_second_partials_is_shorter_and_right() -> None:
    k = dc.compile(OPTION, inputs=["K", "S", "T", "r", "s"])
    assert len(k.specs.build("hessian").program) < 250  # 360 without
    point = (100.0, 105.0, 0.7, 0.03, 0.2)
    found = k.hessian(*point)
    with mp.workdps(120):
        for i in range(5):
            for j in range(5):
                order = tuple((n == i) + (n == j) for n in range(5))
                truth = float(mp.diff(price, tuple(map(mp.mpf, point)), order))
                assert found[i][j] == pytest.approx(truth, rel=1e-13)
