"""The report: what the code returns at each place, run for real, and how the report reads."""

from __future__ import annotations

import json
import math

import pytest

import derivc as dc
from derivc.errors import ShapeError


def codes(text, **options):
    return {s.where: s.code for s in dc.singularities(text, **options)}


def test_runs_the_code_at_a_kink_under_the_kernels_convention():
    assert codes("abs(x)") == {"x = 0": (0.0, 0.0)}
    assert codes(dc.compile("abs(x)", convention="jax")) == {"x = 0": (0.0, 1.0)}
    assert codes(dc.compile("abs(x)", convention="left")) == {"x = 0": (0.0, -1.0)}


@pytest.mark.parametrize("text", ["sin(x)/x", "(x**2-1)/(x-1)", "log(x)/(x-1)", "1/x", "sqrt(x)"])
def test_the_code_is_the_kernel_itself(text):
    kernel = dc.compile(text)
    for place in dc.singularities(text):
        value, (slope,) = kernel.value_and_grad(float(place.at))
        assert place.code == pytest.approx((float(value), float(slope)), nan_ok=True)


def test_points_where_only_the_formula_fails():
    (place,) = dc.singularities("sqrt(x**4)")
    assert (place.kind, place.of, place.where) == ("removable", "f'", "x = 0")
    assert math.isnan(place.code[1]) and float(place.left.slope.limit) == 0.0
    assert len(dc.singularities("x**3 + x")) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(x, y)", {"x = y": "kink"}),
        ("x/y", {"y = 0": "pole"}),
        ("1/(x + y - 1)", {"x + y = 1": "pole"}),
        ("sqrt(x**2 + y**2)", {"x = 0 and y = 0": "kink"}),
        ("hypot(x, y)", {"x = 0 and y = 0": "kink"}),
        ("abs(x - y)*(x - y)", {"x = y": "kink"}),
        ("relu(x*y)", {"x = 0": "kink", "y = 0": "kink"}),
        ("log(x)*y", {"x = 0": "logarithmic"}),
        ("where(x > y, 1, 0)", {"x = y": "jump"}),
        ("x**2 + y**2", {}),
        ("sqrt(1 - x**2 - y**2)", {"x**2 + y**2 = 1": "branch point"}),
        ("atan2(y, x)", {"y = 0, on a part of it": "jump", "x = 0 and y = 0": "jump"}),
    ],
)
def test_sets_of_several_variables(text, expected):
    assert {s.where: s.kind for s in dc.singularities(text)} == expected


def test_one_variable_of_several():
    assert [s.where for s in dc.singularities("abs(x) + 1/y", "y")] == ["y = 0"]


def test_prints_and_shows_and_speaks_json():
    report = dc.singularities("tan(x) + abs(x)")
    assert "pole of order 1" in str(report) and "slope 0 on the left and 2 on the right" in str(
        report
    )
    assert "<table>" in report._repr_html_()
    record = json.loads(dc.singularities("1/x").to_json())
    (pole,) = record["singularities"]
    assert (pole["kind"], pole["order"], pole["at"]) == ("pole", 1.0, 0.0)
    assert (pole["left"]["value"], pole["right"]["value"]) == ("-inf", "inf")


def test_takes_functions_sympy_and_kernels_but_not_vectors():
    import sympy as sp

    x = sp.Symbol("x")
    for source in ("abs(x)", abs(x), lambda x: abs(x), dc.compile("abs(x)")):
        assert [s.where for s in dc.singularities(source)] == ["x = 0"]
    with pytest.raises(ShapeError):
        dc.singularities(["x", "abs(x)"])


def test_arrays_are_examined_element_by_element():
    kernel = dc.compile(lambda x: abs(x[0]) + x[1] ** 2, shapes={"x": (2,)})
    (place,) = dc.singularities(kernel)
    assert place.kind == "kink"


def test_expressions_too_large_are_named():
    report = dc.singularities("+".join(f"abs(x-{i})" for i in range(600)))
    assert report.notes and "too large" in report.notes[0]


@pytest.mark.parametrize(
    "text",
    ["abs(w*sin(t)*cos(atan(h/w/tan(t))) + h*cos(t)*sin(atan(h/w/tan(t))))",
     "cbrt(1/(2*a)*(-g + sqrt(g*g - h*h))) + cbrt(1/(2*a)*(-g - sqrt(g*g - h*h)))"],
)  # fmt: skip
def test_formulas_that_sympy_fails_at_are_reported_as_far_as_they_are_known(text):
    report = dc.singularities(text)
    assert len(report) and any("not examined" in note for note in report.notes)
