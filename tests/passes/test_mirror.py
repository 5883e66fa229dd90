"""Logistic functions in pairs: fewer exponentials, the same numbers."""

from __future__ import annotations

from collections import Counter

import mpmath
import numpy as np
import pytest

import derivc as dc
from derivc.codegen.c.writer import Writer
from derivc.ir.builder import Builder
from derivc.ir.interpret import interpret
from derivc.passes.mirror import mirror
from derivc.passes.strength import strength


def program(text, name="value_and_grad"):
    return strength(dc.compile(text).specs.build(name).program)


def run(found, at):
    """The program by NumPy, one operation after the other."""
    table = {
        "add": np.add, "mul": np.multiply, "div": np.divide, "neg": np.negative, "exp": np.exp,
        "abs": np.abs, "lt": np.less, "where": np.where,
    }  # fmt: skip
    return [float(v) for v in interpret(found, [np.float64(at)], table.__getitem__, float)]


def counted(found):
    return Counter(step.op for step in found.instructions)


@pytest.mark.parametrize(
    "text", ["sigmoid(x)", "sigmoid(x)**2 + 3*x", "x*sigmoid(x)", "y*sigmoid(a*x + b)", "silu(x)"]
)
def test_one_exponential_serves_both(text):
    before, after = program(text), mirror(program(text))
    assert counted(before)["exp"] == 2
    assert counted(after)["exp"] == 1
    assert counted(after)["div"] == 1


@pytest.mark.parametrize(
    "text", ["exp(x) + exp(-x)", "1/(1 + exp(x))**2", "sin(x)", "x/(1 + exp(y))"]
)
def test_what_is_no_pair_stays(text):
    found = program(text, "value")
    assert mirror(found) is found


def test_a_denominator_that_is_read_otherwise_stays():
    b = Builder(["x"])
    up, down = (b.emit("add", b.const(1), b.emit("exp", u)) for u in (0, b.emit("neg", 0)))
    found = b.finish([b.emit("div", b.const(1), up), b.emit("div", b.const(1), down), up])
    assert mirror(found) is found


@pytest.mark.parametrize("at", [-800.0, -740.0, -40.0, -1.5, -0.0, 0.0, 1e-300, 2.0, 40.0, 740.0])
def test_against_50_digits(at):
    value, slope = run(mirror(program("sigmoid(x)")), at)
    with mpmath.workdps(50):
        up, down = (1 / (1 + mpmath.exp(s * mpmath.mpf(at))) for s in (-1, 1))
        expected = (float(up), float(up * down))
    np.testing.assert_array_max_ulp(np.array([value, slope]), np.array(expected), 4)


def test_what_is_not_finite():
    nan = run(mirror(program("sigmoid(x)")), np.nan)
    assert all(np.isnan(v) for v in nan)
    assert run(mirror(program("sigmoid(x)")), np.inf) == [1.0, 0.0]


def test_the_c_backend_uses_it():
    spec = dc.compile("sigmoid(x)").specs.build("value_and_grad")
    assert counted(Writer(spec, frozenset()).program)["exp"] == 1
