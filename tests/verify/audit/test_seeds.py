"""The three custom functions that the project started from, and a variant of the third."""

from __future__ import annotations

import math

import mpmath
import pytest

import derivc as dc

torch = pytest.importorskip("torch")
Function = torch.autograd.Function


class SigmoidOverRoot(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x) * (1 + torch.exp(x)) ** (-0.5)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = torch.exp(x)
        return g * (1 - torch.sigmoid(x) ** 2) * 0.5 * (e + 1) ** (-1.5) * (1 + 3 * e)


class TimesExp(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * torch.exp(-y)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * torch.exp(-y), -g * x * torch.exp(-y)


class SinSquared(Function):
    @staticmethod
    def forward(ctx, x):
        s = torch.sin(x)
        ctx.save_for_backward(s)
        return s**2

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * 2 * s * torch.cos(s)


class SinSquaredSaved(Function):
    @staticmethod
    def forward(ctx, x):
        s, c = torch.sin(x), torch.cos(x)
        ctx.save_for_backward(s, c)
        return s**2

    @staticmethod
    def backward(ctx, g):
        s, c = ctx.saved_tensors
        return g * 2 * s * c


def at_worst(report):
    """The point of the worst error: x and the cotangent."""
    numbers = report.worst.at.replace("(", "").replace(")", "").split(" = ")
    return float(numbers[1].split()[0]), float(numbers[2])


def test_the_first_is_wrong_for_a_remembered_derivative():
    report = dc.audit(SigmoidOverRoot, inputs=torch.zeros(1))
    assert report.verdict == "wrong"
    assert "1 - sigmoid(x)**2 is how tanh is differentiated" in report.causes[0].message
    x, g = at_worst(report)
    with mpmath.workdps(50):
        value = lambda t: 1 / (1 + mpmath.exp(-t)) / mpmath.sqrt(1 + mpmath.exp(t))  # noqa: E731
        true = g * mpmath.diff(value, x)
    assert math.isclose(report.worst.true, true, rel_tol=1e-3), "the point is printed to 6 digits"
    claimed = dc.parse(report.rows[0].true_formula).subs({"g": 1, "x": 0})
    assert math.isclose(float(claimed), 0.0883883476, rel_tol=1e-8)


def test_the_second_is_right():
    report = dc.audit(TimesExp)
    assert report.verdict == "right"
    assert [row.equal for row in report.rows] == [True, True]
    assert report.second.outcome == "right"


def test_the_third_takes_the_cosine_of_the_intermediate():
    report = dc.audit(SinSquared)
    assert report.verdict == "wrong"
    assert "cos(sin(x)) should be cos(x)" in report.causes[0].message
    row = report.worst
    assert dc.simplify(f"{row.true_formula} - g*sin(2*x)") == 0
    assert dc.simplify(f"{row.written_formula} - 2*g*sin(x)*cos(sin(x))") == 0
    x, g = at_worst(report)
    assert math.isclose(row.true, g * math.sin(2 * x), rel_tol=1e-3)
    assert math.isclose(row.written, g * 2 * math.sin(x) * math.cos(math.sin(x)), rel_tol=1e-3)


def test_saved_intermediates_are_wrong_at_second_order():
    report = dc.audit(SinSquaredSaved)
    assert report.verdict == "wrong at second order"
    assert "s, c are intermediate results" in report.causes[0].message
    assert report.rows[0].outcome == "right"
    assert report.second.given == 0
    assert report.second.true


@pytest.mark.parametrize("wrong", [SigmoidOverRoot, SinSquared, SinSquaredSaved])
def test_the_replacement_is_right(wrong):
    report = dc.audit(wrong)
    names = {}
    exec(compile(report.replacement, "<replacement>", "exec"), names)
    mended = names[wrong.__name__]
    again = dc.audit(mended)
    assert again.second.outcome == "right"
    assert again.verdict == "right"  # at x = 800 too, where the first is 1e-175
    x = torch.linspace(-2, 2, 9, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(mended.apply, x)
    assert torch.autograd.gradgradcheck(mended.apply, x)
