"""`dc.audit` over plain pairs and derivc's own functions: arguments, domains, kinks, reports."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import derivc as dc
from derivc.verify.audit.report import from_record


def relu(x):
    return np.maximum(x, 0.0)


def test_a_kink_is_told_and_not_judged():
    report = dc.audit(relu, backward=lambda x, g: g * (x >= 0))
    assert report.verdict == "right"
    (note,) = report.notes
    assert note.code == "kink"
    assert "x = 0" in note.message


def test_a_nan_at_a_kink_is_unstable():
    report = dc.audit(np.abs, backward=lambda x, g: g * x / np.abs(x), inputs=[1.0, -2.0])
    assert report.verdict == "unstable"


def test_the_truth_is_exact_where_the_forward_can_be_traced():
    report = dc.audit(lambda x: np.exp(-(x**2)), backward=lambda x, g: -g * x * np.exp(-(x**2)))
    assert report.exact
    row = report.worst
    x, g = (float(part.split(" = ")[1].strip(")")) for part in row.at.split(" ("))
    assert math.isclose(row.true, -2 * g * x * math.exp(-(x**2)), rel_tol=1e-3), "g to 4 digits"
    assert math.isclose(row.written, row.true / 2, rel_tol=1e-9)


def test_numbers_are_constants_beside_arrays():
    report = dc.audit(lambda x, k: k * x, backward=lambda x, k, g: g * k, inputs=([1.0, 2.0], 3.0))
    assert report.ok
    assert [row.input for row in report.rows] == ["x"]


def test_only_what_is_asked_for():
    pair = (lambda x, y: x * y, lambda x, y, g: (g * y, g))
    assert dc.audit(pair).verdict == "wrong"
    assert dc.audit(pair, wrt="x", backward=None).rows[0].input == "x"


def test_reports_go_through_json():
    report = dc.audit(relu, backward=lambda x, g: 2 * g * (x > 0))
    again = from_record(json.loads(json.dumps(report.record())))
    assert str(again) == str(report)
    assert "<section" in report._repr_html_()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"inputs": {"z": 1.0}}, "the arguments are"),
        ({"inputs": (1.0, 2.0, 3.0, 4.0), "wrt": ["z"]}, "takes|wrt names"),
        ({"expect": "nothing"}, "expect"),
    ],
)
def test_slips_are_named(given, says):
    with pytest.raises(dc.errors.DerivcError, match=says):
        dc.audit(lambda x, y: x * y, backward=lambda x, y, g: (g * y, g * x), **given)


def test_what_is_no_function_is_refused():
    with pytest.raises(dc.errors.InputTypeError, match="cannot audit"):
        dc.audit("x**2")


def test_a_domain_is_kept_to():
    seen = []

    def forward(x):
        x = np.asarray(x, dtype=float)
        seen.extend(np.ravel(x))
        return np.log(x)

    dc.audit(forward, backward=lambda x, g: g / x, inputs=np.array([0.5]), domain={"x": (0.1, 2)})
    assert min(seen) >= 0.05
    assert max(seen) <= 2.2


class Cube(dc.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class CubeByNumbers(Cube):
    forward = Cube.forward

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * dc.tensor(3 * x.detach().numpy() ** 2)


def test_functions_of_derivc():
    report = dc.audit(Cube)
    assert (report.verdict, report.second.outcome) == ("right", "right")
    assert dc.audit(CubeByNumbers).verdict == "wrong at second order"


def test_functions_of_derivc_are_read_as_formulas():
    class SineSquared(dc.Function):
        @staticmethod
        def forward(ctx, x):
            s = dc.sin(x)
            ctx.save_for_backward(s)
            return s * s

        @staticmethod
        def backward(ctx, g):
            (s,) = ctx.saved_tensors
            return 2 * g * s * dc.cos(s)

    report = dc.audit(SineSquared)
    assert report.exact
    assert "cos(sin(x)) should be cos(x)" in report.causes[0].message


def test_the_worst_point_reproduces():
    torch = pytest.importorskip("torch")

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a @ b

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g @ b, a.t() @ g

    row = dc.audit(Product).rows[0]
    told = re.fullmatch(r"a = (.*), b = (.*) \(grad_output = (.*)\)", row.at)
    a, b, g = (torch.tensor(json.loads(t), dtype=torch.double) for t in told.groups())
    place = tuple(map(int, re.fullmatch(r"a\[(.*)\]", row.element)[1].split(",")))
    a.requires_grad_()
    (true,) = torch.autograd.grad(a @ b, a, g)
    (written,) = torch.autograd.grad(Product.apply(a, b), a, g)
    assert float(true[place]) == pytest.approx(row.true, rel=1e-12)
    assert float(written[place]) == pytest.approx(row.written, rel=1e-12)
