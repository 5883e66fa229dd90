"""A check finds planted faults, accepts right kernels, and knows kinks and edges of domains."""

from __future__ import annotations

import math

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError
from derivc.lowering.lower import lower
from derivc.symbolic.parse import parse
from derivc.verify import oracle
from derivc.verify.finite import richardson
from derivc.verify.sample import sample
from derivc.verify.ulp import bits, from_ordinal, ordinal, ulps


def program(text):
    return lower([parse(text)], ["x"])


@pytest.mark.parametrize("text", ["x*sin(x)", "sigmoid(x)", "relu(x) + x**3", "sqrt(x)*log(x)"])
def test_right_kernels_pass(text):
    report = dc.compile(text).check(points=12)
    assert report.ok, str(report)
    assert report.points == 12


class Planted:
    """A kernel whose gradient is off by one part in a million."""

    def __init__(self, kernel):
        self.kernel = kernel

    def __getattr__(self, name):
        return getattr(self.kernel, name)

    def value_and_grad(self, *args):
        value, grad = self.kernel.value_and_grad(*args)
        return value, tuple(part * (1 + 1e-6) for part in grad)


def test_a_planted_fault_is_found():
    from derivc.verify.check import check

    report = check(Planted(dc.compile("x*sin(x)")), points=8)
    assert not report
    rows = {row.result: row for row in report.rows}
    assert rows["value"].ok
    assert not rows["d/dx"].ok
    assert rows["d/dx"].ulps > 1e6
    assert "WRONG" in str(report)
    assert "<table>" in report._repr_html_()


def test_cancellation_is_reported_and_not_excused():
    text = "(sin(x) - 1)/(x - pi/2)**2"  # removable at a point where no series is tried
    assert not dc.compile(text).check(points=8, domain={"x": (1.5707, 1.5709)})


def test_array_arguments_and_vector_values():
    assert dc.compile(lambda x: np.sum(x**2), shapes={"x": (3,)}).check(points=3)
    assert dc.compile(["x*y", "x + y"]).check(points=3)


def test_the_oracle_knows_slopes_kinks_and_edges():
    assert float(oracle.partial(program("x**3"), [2.0], 0)) == 12.0
    assert math.isnan(float(oracle.partial(program("abs(x)"), [0.0], 0)))
    assert math.isnan(float(oracle.partial(program("sqrt(x)"), [0.0], 0)))
    far = float(oracle.partial(program("exp(x)/(exp(x) + 1)"), [400.0], 0))
    assert far == pytest.approx(math.exp(-400.0), rel=1e-12)
    assert float(oracle.partial(program("x - x + 3"), [2.0], 0)) == 0.0
    tiny = oracle.evaluate(program("1 - cos(x)"), [1e-20])[0]
    assert oracle.truth_float(tiny) == 5e-41


def test_distances_between_floats():
    assert ulps(1.0, math.nextafter(1.0, 2)) == 1
    assert ulps(-5e-324, 5e-324) == 2
    assert math.isinf(ulps(math.nan, 1.0))
    assert bits(math.nan, 1.0) == 64
    assert all(from_ordinal(ordinal(x)) == x for x in (0.0, -1.5, 5e-324, 1e308))


def test_samples_keep_to_their_domain_and_seed():
    points = sample(["x", "y"], {"x": (1, 2), "y": (0, None)}, 50)
    assert len(points) == 50
    assert all(1 <= x <= 2 and y >= 0 for x, y in points)
    assert points == sample(["x", "y"], {"x": (1, 2), "y": (0, None)}, 50)
    assert points != sample(["x", "y"], {"x": (1, 2), "y": (0, None)}, 50, seed=1)


def test_finite_differences():
    assert richardson(math.sin, [1.0], 0) == pytest.approx(math.cos(1.0), rel=1e-10)


@pytest.mark.parametrize("interval", [(1, 0), 3, (1, 2, 3), ("a", 1), (math.nan, 1)])
def test_an_interval_is_two_numbers_in_order(interval):
    with pytest.raises(InputTypeError, match="the domain of x is two numbers, the lower first"):
        dc.compile("x").check(domain={"x": interval})
    with pytest.raises(InputTypeError, match="the domain of x is two numbers, the lower first"):
        dc.crosscheck("x", against="mpmath", domain={"x": interval})


@pytest.mark.parametrize("wanted", [{"points": 0}, {"points": 1.5}, {"domain": {"y": (0, 1)}}])
def test_a_check_of_nothing_is_refused(wanted):
    with pytest.raises(InputTypeError, match="1 or more|it was given y"):
        dc.compile("x").check(**wanted)
