"""Functions of a sum over those of its parts: finite, and their partials keep their digits."""

from __future__ import annotations

import math

import pytest

import derivc as dc
from derivc.ir.algebra import SmartBuilder
from derivc.passes import addition
from derivc.verify import oracle
from derivc.verify.ulp import ulps

EXPONENTIALS = "t*(exp((a + b)*t) - 1)/((exp(a*t) - 1)*(exp(b*t) - 1))"
CASES = [
    ("sin(x + y)/(sin(x)*sin(y))", {"x": 1e-9, "y": 1.2}),
    ("sinh(x + y)/(sinh(x)*sinh(y))", {"x": 2e-7, "y": 3.0}),
    ("z*sinh(x - y)/(3*sinh(x)*sinh(-y))", {"x": 800.0, "y": 2e-3, "z": 2.0}),
    (EXPONENTIALS, {"a": -4e-42, "b": 2e31, "t": -1.5e-295}),
    (EXPONENTIALS, {"a": 4e-3, "b": 2e-5, "t": 0.7}),
]


@pytest.mark.parametrize(("text", "point"), CASES)
def test_value_and_partials_keep_their_digits(text: str, point: dict[str, float]) -> None:
    kernel = dc.compile(text)
    given = [point[name] for name in kernel.inputs]
    value, partials = kernel.value_and_grad(*given)
    program = kernel.definition.program
    truths = [*oracle.evaluate(program, given), *oracle.gradient(program, given)]
    found = [
        ulps(v, oracle.truth_float(t)) for v, t in zip((value, *partials), truths, strict=True)
    ]
    assert max(found) <= 16, (found, value, partials)


def test_exponentials_that_overflow_leave_a_number() -> None:
    value, partials = dc.compile(EXPONENTIALS).value_and_grad(900.0, 800.0, 1.25)
    assert (value, *partials) == (1.25, 0.0, 0.0, 1.0)


def test_it_is_infinite_where_it_was() -> None:
    assert dc.compile("sin(x + y)/(sin(x)*sin(y))")(0.0, 1.0) == math.inf


def test_arguments_that_do_not_add_up_stay() -> None:
    b = SmartBuilder(["x", "y"])
    one, other = b.emit("sin", 0), b.emit("sin", 1)
    below = b.emit("mul", one, other)
    assert addition.quotient(b, b.emit("sin", b.emit("sub", 0, 1)), below) is None
    assert addition.quotient(b, b.emit("cos", b.emit("add", 0, 1)), below) is None
    assert addition.quotient(b, b.emit("sin", b.emit("add", 0, 1)), one) is None
    found = addition.quotient(b, b.emit("sin", b.emit("add", 0, 1)), below)
    assert b.at(found).op == "add"
