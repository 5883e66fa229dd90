"""The steps end in the answer, and every one of them is true."""

from __future__ import annotations

import random
import time
from typing import Any

import mpmath
import pytest
import sympy as sp

import derivc as dc
from derivc.definition import read
from derivc.symbolic.evaluate import evaluate
from derivc.symbolic.steps.derive import derive
from derivc.symbolic.steps.step import Derivation, Step
from derivc.symbolic.steps.written import settled
from derivc.symbolic.text import text_of
from tests.shared_data import items

FACTOR = 10
"""One item in so many runs by default, all of them with `-m slow`."""
DIGITS = 50
SAMPLE = 4
"""Steps of one item that are checked against mpmath."""


def derivation(text: str, *wrt: str, **more: Any) -> Derivation:
    return derive(read(text, relaxed=True).trees[0], wrt or ("x",), **more)


def rules(text: str, *wrt: str) -> list[str]:
    return [step.rule for step in derivation(text, *wrt).steps if not step.same_as]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3*x**2", ["constant factor", "power"]),
        ("6*x**2 + 2*x + 4", ["sum", "constant factor", "power", "constant factor"]),
        ("2*x + 1", ["sum", "constant factor"]),
        ("sigmoid(x)", ["function"]),
        ("sigmoid(x)**2 + 3*x", ["sum", "constant factor", "chain", "power", "function"]),
        ("x**2*sin(x)", ["product", "power", "function"]),
        ("x**2*sin(x)*exp(x)", ["product", "power", "function", "function"]),
        ("sin(x)/x", ["quotient", "function"]),
        ("x/exp(x)", ["quotient", "function"]),
        ("1/(x**2 + 1)", ["reciprocal", "sum", "power"]),
        ("sqrt(x)", ["power"]),
        ("sin(x**2)", ["chain", "function", "power"]),
        ("2**x", ["exponential"]),
        ("x**x", ["general power"]),
        ("where(x > 0, x**2, -x)", ["branch", "power", "constant factor"]),
        ("max(x**2, 1)", ["maximum", "power"]),
        ("min(x, sin(x))", ["minimum", "function"]),
        ("atan2(sin(x), x**2)", ["chain", "function", "function", "function", "power"]),
        ("x", ["identity"]),
        ("pi", ["constant"]),
        ("floor(x)", ["function"]),
        ("x*floor(x)", ["constant factor"]),
        ("sin(x) - cos(x)", ["sum", "function", "function"]),
    ],
)
def test_every_rule_has_its_name(text: str, expected: list[str]) -> None:
    assert rules(text) == expected


def test_a_shared_part_is_explained_once() -> None:
    found = derivation("sin(x**2) + cos(x**2)").steps
    (first,) = [s for s in found if s.rule == "power" and not s.same_as]
    (again,) = [s for s in found if s.same_as]
    assert again.same_as == first.number
    assert again.expression == first.expression
    assert again.result == first.result == 2 * sp.Symbol("x")


def test_steps_are_numbered_in_reading_order() -> None:
    found = derivation("x**2*sin(x**3)/(1 + exp(-x))", "x", "x")
    last = found.sections[-1]
    numbers = [step.number for step in found.steps if step.number]
    rewritten = [
        section.number + place
        for section in found.sections
        for place in range(len(section.rewrites))
    ]
    assert sorted([*numbers, *rewritten]) == list(range(1, last.number + len(last.rewrites)))


def test_one_section_for_every_order() -> None:
    found = derivation("x**2*y*exp(x)", "x", "y", "x")
    assert [s.variable for s in found.sections] == ["x", "y", "x"]
    for before, after in zip(found.sections, found.sections[1:], strict=False):
        assert after.expression == before.result
    assert found.answer == dc.diff("x**2*y*exp(x)", "x", "y", "x")


def test_letters_are_no_variables_of_the_formula() -> None:
    found = derivation("u**3*sin(v)*c", "u")
    letters = {name for step in found.steps for name, _ in step.let}
    assert letters
    assert not letters & {"u", "v", "c"}


def test_a_kink_is_said_with_its_slope_and_reason() -> None:
    (note,) = derivation("abs(x)").steps[0].notes
    assert "x = 0" in note
    assert "slope is 0" in note
    assert "-1 on the left and 1 on the right" in note


def test_a_tie_is_said() -> None:
    (note,) = derivation("max(x, 1)").steps[0].notes
    assert "tie" in note


def test_records_show_themselves_in_one_line() -> None:
    found = derivation("x**2*sin(x)")
    assert repr(found.steps[1]) == "<step 2: Power rule, d/dx[x**2] = 2*x>"
    assert repr(found.sections[0]).startswith("<order 1: d/dx[x**2*sin(x)] = ")
    assert len(repr(derivation("sin(" * 80 + "x" + ")" * 80))) < 1_000


def test_numbers_flow() -> None:
    found = derivation("sigmoid(x)**2 + 3*x", at={"x": 1})
    assert found.slope is not None
    assert found.slope.value == 3.2874696809144304
    by_rule = {step.rule: step for step in found.steps}
    assert by_rule["function"].slope.value == 0.19661193324148185
    assert {n: v.value for n, v in by_rule["power"].parts_at}["u"] == 0.7310585786300049


def test_numbers_are_right_where_doubles_are_not() -> None:
    found = derivation("(1 - cos(x))/x**2", at={"x": 1e-12})
    assert found.slope is not None
    assert found.slope.value == pytest.approx(-1e-12 / 12, rel=1e-15)


def test_a_step_without_a_finite_value_says_so() -> None:
    found = derivation("x*log(x)", at={"x": 0})
    assert found.slope is not None
    assert not found.slope.finite
    log = next(step for step in found.steps if step.rule == "function")
    assert log.value is not None
    assert not log.value.finite


def _slope_by_mpmath(tree: Any, variable: str, point: dict[str, Any]) -> Any:
    """By a central difference in three times the digits: no rule of differentiation."""
    with mpmath.workdps(3 * DIGITS):
        step = mpmath.mpf(10) ** -DIGITS
        ends = [{**point, variable: point[variable] + sign * step} for sign in (1, -1)]
        above, below = (evaluate(tree, end, 3 * DIGITS) for end in ends)
        return (above - below) / (2 * step)


def check_steps(found: Derivation, points: list[dict[str, Any]], most: int = 1_000) -> int:
    """How many results of steps and forms on the way were compared with 50-digit slopes."""
    exact = [{name: mpmath.mpf(number) for name, number in point.items()} for point in points]
    chosen = random.Random(str(found.given)).sample(found.steps, min(most, len(found.steps)))
    return sum(_check(step, point) for point in exact for step in chosen)


def _check(step: Step, point: dict[str, Any]) -> int:
    named = {name: evaluate(part, point, 3 * DIGITS) for name, part in step.let}
    at = {**named, **point}
    true = _slope_by_mpmath(step.expression, step.variable, at)
    if not mpmath.isfinite(true):
        return 0
    forms = [step.result, step.expanded, step.together and settled(step.together)]
    shown = [form for form in forms if form is not None]
    with mpmath.workdps(2 * DIGITS):
        for form in shown:
            error = abs(evaluate(form, at, 2 * DIGITS) - true)
            assert error <= mpmath.mpf(10) ** -30 * max(abs(true), 1), (step.title, form)
    return len(shown)


MIXED = [
    "x**2*sin(x)/(1 + exp(-x))", "sqrt(x**2 + 1)*atan(x)", "x**x*log(x)", "2**sin(x)/x**3",
    "sigmoid(x)**2*tanh(x)", "log(x + sqrt(x**2 + y**2))", "(x + y)/(x - y)*exp(-x*y)",
    "1/(1 + 1/(1 + x**2))", "where(x > y, x**y, sin(x*y))", "max(x*y, x**2)*min(x, 3)",
    "hypot(x, y**2)*atan2(x, y)", "-(x**3 - 2*x)/5 + 7", "abs(x - 1)**3/cosh(x)",
    "cos(sin(tan(x/4)))",
    "softplus(x)*gelu(x)", "(x/exp(x))/(y + cos(x))", "erf(x)/x", "x*y*sin(x)*cos(x)*exp(x)",
]  # fmt: skip


@pytest.mark.parametrize("text", MIXED)
def test_every_step_is_true(text: str) -> None:
    names = sorted(read(text).elements)
    points = [dict(zip(names, at, strict=False)) for at in ((0.7, 1.9),)]
    for wrt in [(name,) for name in names] + [("x", "x")]:
        found = derivation(text, *wrt)
        assert found.answer == dc.diff(text, *wrt)
        steps = sum(step.number > 0 for step in found.steps)
        assert check_steps(found, points) >= steps


@pytest.mark.parametrize("text", MIXED)
def test_what_is_printed_reads_back_as_what_is_meant(text: str) -> None:
    point = {"x": mpmath.mpf("0.7"), "y": mpmath.mpf("1.9")}
    for step in derivation(text, "x").steps:
        for form in (step.shown, step.result, step.expanded, step.together):
            if form is not None:
                at = {**{name: evaluate(part, point) for name, part in step.let}, **point}
                back = read(text_of(form).replace(" = ", " == ")).trees[0]
                assert evaluate(back, at) == pytest.approx(evaluate(settled(form), at), rel=1e-25)


def _collection(name: str) -> list[Any]:
    found = [
        pytest.param(item, id=item["id"], marks=[pytest.mark.slow] if i % FACTOR else [])
        for i, item in enumerate(items(name))
    ]
    missing = pytest.param(None, marks=pytest.mark.skip(reason=f"{name}.json is not here"), id="no")
    return found or [missing]


@pytest.mark.parametrize("item", _collection("rubi"))
def test_the_collection_of_antiderivatives(item: dict[str, Any]) -> None:
    text, variable = item["expr"], item["diff_var"]
    found = dc.explain(text, variable)
    assert found.answer == dc.diff(text, variable)
    checked = check_steps(
        found.derivations[0], [point["at"] for point in item["points"][:1]], SAMPLE
    )
    assert checked > 0
    assert found.text.endswith(f"d/d{variable} f = " + text_of(found.derivations[0].answer))


@pytest.mark.slow
@pytest.mark.skipif(not items("rubi"), reason="rubi.json is not here")
def test_steps_are_quick() -> None:
    taken = []
    for item in items("rubi"):
        start = time.process_time()
        str(dc.explain(item["expr"], item["diff_var"]))
        taken.append(time.process_time() - start)
    assert sorted(taken)[int(0.95 * len(taken))] < 1


@pytest.mark.parametrize("item", _collection("feynman"))
def test_the_collection_of_physics(item: dict[str, Any]) -> None:
    source = random.Random(item["id"])
    point = {name: source.uniform(*item["domain"][name]) for name in item["vars"]}
    for derivation_ in dc.explain(item["expr"]).derivations:
        assert derivation_.answer == dc.diff(item["expr"], *derivation_.wrt)
        check_steps(derivation_, [point], SAMPLE)
