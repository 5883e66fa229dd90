"""The first sub-expression without a finite value, its operands, and what is true there."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

import derivc as dc
from derivc.cli import main
from derivc.errors import DerivcError

CASES = [
    ("log(x)/x", {"x": 0.0}, "value", "log(x)", "logarithm of zero"),
    ("sin(x)/x", {"x": 0.0}, "value", "sin(x)/x", "0/0"),
    ("exp(x) - exp(x + 1)", {"x": 800.0}, "value", "exp(x + 1)", "overflow: exp(x)"),
    ("sqrt(x - 1)*y", {"x": 0.5, "y": 2.0}, "value", "sqrt(x - 1)", "root of a negative"),
    ("x**y", {"x": -2.0, "y": 0.5}, "value", "x**y", "power that is no integer"),
    ("asin(x)", {"x": 1.5}, "value", "asin(x)", "outside the domain of asin"),
    ("x**2", {"x": 1e200}, "value", "x**2", "overflow"),
    ("x*y + 1", {"x": 0.0, "y": math.inf}, "value", "y", "inf already"),
    ("x + 1", {"x": math.nan}, "value", "x", "nan already"),
    ("where(x > 0, log(x), 0)/x", {"x": 0.0}, "value", "where(x > 0, log(x), 0)/x", "0/0"),
    ("x*log(x)", {"x": 0.0}, "value", "log(x)", "logarithm of zero"),
    ("sqrt(x**4)", {"x": 0.0}, "grad", "4*x**3/(2*x**2)", "0/0"),
    ("sqrt(x)", {"x": 0.0}, "grad", "1/(2*sqrt(x))", "division by zero"),
    ("log1p(x)", {"x": -2.0}, "value", "log1p(x)", "below -1"),
    ("cosh(x)", {"x": 1000.0}, "value", "cosh(x)", "710.48"),
    ("sin(1/x)", {"x": 0.0}, "value", "1/x", "division by zero"),
]


@pytest.mark.parametrize(("text", "at", "of", "first", "why"), CASES)
def test_names_the_first_step_and_its_cause(text, at, of, first, why):
    report = dc.compile(text).explain_nan(**at, of=of)
    assert not report.ok
    assert report.first.formula == first
    assert why in report.first.why
    assert not math.isfinite(report.first.value)


@pytest.mark.parametrize(("text", "at", "of", "first", "why"), CASES)
def test_the_last_step_is_the_result(text, at, of, first, why):
    kernel = dc.compile(text)
    report = kernel.explain_nan(**at, of=of)
    with np.errstate(all="ignore"):
        result = kernel(**at) if of == "value" else kernel.grad(**at)[0]
    assert report.value == pytest.approx(float(result), nan_ok=True)
    assert report.steps[-1].value == pytest.approx(float(result), nan_ok=True)


def test_operands_carry_their_values():
    report = dc.compile("sqrt(x - y)").explain_nan(1.0, 3.0)
    assert report.first.operands == (("x - y", -2.0),)


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [("sqrt(x**4)", 0.0, 0.0), ("sqrt(x**6)*sqrt(x**2)", 0.0, 0.0)],
)
def test_says_when_the_truth_is_finite(text, at, expected):
    report = dc.compile(text).explain_nan(at, of="grad")
    assert report.truth == expected and "the value exists" in str(report)


def test_limits_and_values_beyond_doubles():
    assert "tends to 1 from both sides" in dc.compile("sin(x)/x").explain_nan(0.0).limits
    assert "to -inf from the left and to inf" in dc.compile("1/x").explain_nan(0.0).limits
    assert "1.0e+400" in dc.compile("x**2").explain_nan(1e200).limits
    assert "not defined near" in dc.compile("log(x)").explain_nan(-1.0).limits


def test_arrays_give_the_first_bad_element_and_their_number():
    x = np.array([[1.0, 2.0], [-1.0, -2.0]])
    report = dc.compile("log(x)").explain_nan(x)
    assert (report.index, report.bad, dict(report.point)) == ((1, 0), 2, {"x": -1.0})
    many = dc.compile("1/x").explain_nan(np.zeros(100_000))
    assert many.bad == 100_000 and many.index == (0,)


def test_arguments_broadcast():
    report = dc.compile("sqrt(x - y)").explain_nan(np.array([1.0, 5.0]), np.array([[2.0], [0.0]]))
    assert report.index == (0, 0) and report.bad == 1


def test_functions_of_arrays_and_with_several_values():
    kernel = dc.compile(lambda x: x / x.sum(), shapes={"x": (3,)})
    report = kernel.explain_nan(np.array([1.0, -1.0, 0.0]))
    assert report.what == "f[0]" and report.first.why == "a division by zero"
    cone = dc.compile(lambda x: (x**2).sum() ** 0.5, shapes={"x": (2,)})
    assert cone.explain_nan(np.zeros(2)).ok
    assert cone.explain_nan(np.zeros(2), of="grad").what == "df/dx_0"


def test_nothing_to_explain():
    report = dc.compile("sigmoid(x)").explain_nan(-800.0)
    assert report.ok and report.first is None and "nothing to explain" in str(report)
    assert dc.compile("x**2").explain_nan(np.arange(5.0), of="grad").ok
    assert dc.compile("1/(1 + exp(x))").explain_nan(800.0).ok


def test_prints_shows_and_speaks_json():
    report = dc.compile("log(x)/x").explain_nan(0.0)
    assert "first: log(x) = -inf with x = 0" in str(report) and "to do:" in str(report)
    assert "<ol" in report._repr_html_()
    record = json.loads(report.to_json())
    assert record["value"] == "-inf" and record["steps"][0]["formula"] == "log(x)"


@pytest.mark.parametrize(
    ("args", "named"),
    [((), {}), ((1.0,), {"of": "x"}), ((1.0, 2.0), {}), ((), {"z": 1})],
    ids=["none", "of", "too many", "unknown"],
)
def test_refuses_wrong_arguments(args, named):
    with pytest.raises(DerivcError):
        dc.compile("x**2").explain_nan(*args, **named)


def test_the_command():
    result = CliRunner().invoke(main, ["explain-nan", "log(x)/x", "--at", "x=0"])
    assert result.exit_code == 0 and "logarithm of zero" in result.stdout
    record = CliRunner().invoke(
        main, ["explain-nan", "sqrt(x)", "--at", "x=0", "--of", "grad", "--json"]
    )
    assert json.loads(record.stdout)["what"] == "df/dx"
