"""Cheaper forms of the same values: rules over programs, and the numbers that they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.codegen.torch.cheaper import cheaper, reading_output
from derivc.codegen.torch.memory import kept_by_autograd
from derivc.codegen.torch.quicker import quicker
from derivc.ir import exact
from derivc.ir.interpret import interpret
from derivc.ir.program import Program
from derivc.lowering.fragment import expand
from derivc.lowering.lower import lower
from tests.symbolic.values import spelled

PLACES = [-3.0, -0.5, 0.25, 0.7, 4.0]


def program(text: str) -> Program:
    return lower([dc.parse(text)], ["x", "y"])


def value(given: Program, *at: float) -> float:
    """The number that a program gives, by NumPy."""
    with np.errstate(all="ignore"):
        numbers = [np.float64(v) for v in at]
        return float(interpret(expand(given), numbers, spelled, exact.to_float)[0])


def ops(given: Program) -> list[str]:
    return sorted(step.op for step in given.instructions if step.op != "const")


RULES = [
    ("sech(x)**2", ["mul"] * 4 + ["sigmoid"] * 2),
    ("sech(x)", ["abs", "add", "div", "exp", "mul", "mul", "neg"]),
    ("zeta(2, abs(x))", ["abs", "trigamma"]),
    ("zeta(3, abs(x))", ["abs", "zeta"]),
    ("y/sqrt(abs(x))", ["abs", "mul", "rsqrt"]),
    ("y/(sqrt(x + 5)*sqrt(abs(x)))", ["abs", "add", "mul", "mul", "rsqrt", "rsqrt"]),
    ("y/(sqrt(abs(x))*x)", ["abs", "div", "mul", "sqrt"]),
    ("7*y - 7*x", ["mul", "sub"]),
    ("7*y - 6*x", ["add", "mul", "mul"]),
]


@pytest.mark.parametrize(("text", "expected"), RULES, ids=[r[0] for r in RULES])
def test_rules(text: str, expected: list[str]) -> None:
    given = program(text)
    found = cheaper(given)
    assert ops(found) == sorted(expected)
    for x in PLACES:
        assert value(found, x, 1.5) == pytest.approx(value(given, x, 1.5), rel=1e-14)


@pytest.mark.parametrize(("text", "halved"), [
    ("sigmoid(x)*sigmoid(-x)", True), ("sigmoid(3*x)*sigmoid(-3*x)", True),
    ("sigmoid(x)*sigmoid(x)", False), ("sigmoid(3*x)*sigmoid(-2*x)", False),
    ("sigmoid(x)*sigmoid(-x) + sigmoid(x)", False),
])  # fmt: skip
def test_one_sigmoid_serves_for_both_sides(text: str, halved: bool) -> None:
    given = cheaper(program(text))
    found = quicker(given)
    assert (ops(found).count("sigmoid") < ops(given).count("sigmoid")) == halved
    for x in [*PLACES, 0.0, 40.0, -40.0]:
        assert value(found, x, 1.0) == pytest.approx(value(given, x, 1.0), rel=1e-15)


def test_what_the_output_is_is_read() -> None:
    value = cheaper(lower([dc.parse("hypot(x, y)")], ["x", "y"]))
    pullback = cheaper(lower([dc.parse("g*y/hypot(x, y)")], ["x", "y", "out", "g"]))
    found = reading_output(pullback, value)
    assert ops(found) == ["div", "mul"]
    assert set(found.reads) == {1, 2, 3}


@pytest.mark.parametrize(("text", "count"), [
    ("x + 2*y", 0), ("x*y", 2), ("exp(x)", 1), ("sin(x)*exp(x)", 3), ("hypot(x, y)", 3),
    ("2/x", 1), ("log(1 + exp(x))", 2), ("where(x > 0, x, y)", 0),
])  # fmt: skip
def test_what_autograd_keeps(text: str, count: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    given = cheaper(program(text))
    assert kept_by_autograd(given) == count
    from benchmarks.torch_eager import kept

    def composed(x: Any, y: Any) -> Any:
        names = {"x": x, "y": y, "where": torch.where, "exp": torch.exp, "sin": torch.sin}
        return eval(text, names | {"hypot": torch.hypot, "log": torch.log})  # noqa: S307

    inputs = [torch.rand(1000, dtype=torch.float64, requires_grad=True) for _ in "xy"]
    assert kept(torch, composed, inputs) // 8000 == count


SLOPES = [("acosh(x)", 1.0), ("asin(x)", 1.0), ("sqrt(x)", 0.0), ("1/sqrt(x)", 0.0)]


@pytest.mark.parametrize(("text", "at"), SLOPES)
def test_infinite_slopes_stay_infinite(text: str, at: float) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    dc.compile(text).to_torch()(x).backward()
    assert torch.isinf(x.grad)


@pytest.mark.parametrize("text", ["x/y", "x/(5*y)", "x*y", "hypot(x, y)", "exp(x)*y", "sqrt(x)/y"])
def test_no_more_is_kept_than_by_the_composition(text: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from benchmarks.torch_eager import kept

    def composed(x: Any, y: Any) -> Any:
        names = {"x": x, "y": y, "hypot": torch.hypot, "exp": torch.exp, "sqrt": torch.sqrt}
        return eval(text, names)  # noqa: S307

    inputs = [torch.rand(1000, dtype=torch.float64, requires_grad=True) for _ in "xy"]
    function = dc.compile(text).to_torch()
    assert kept(torch, function, inputs) <= kept(torch, composed, inputs) + 100
