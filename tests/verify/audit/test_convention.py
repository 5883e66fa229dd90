"""What the libraries' own tutorials write is not accused, and what is not said is not claimed."""

from __future__ import annotations

from functools import partial

import pytest

import derivc as dc


def linear():
    torch = pytest.importorskip("torch")

    class Linear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input, weight, bias=None):  # noqa: A002  the tutorial's name
            ctx.save_for_backward(input, weight, bias)
            output = input.mm(weight.t())
            if bias is not None:
                output += bias.unsqueeze(0).expand_as(output)
            return output

        @staticmethod
        def backward(ctx, grad_output):
            input, weight, bias = ctx.saved_tensors  # noqa: A001
            given, by_weight, by_bias = None, None, None
            if ctx.needs_input_grad[0]:
                given = grad_output.mm(weight)
            if ctx.needs_input_grad[1]:
                by_weight = grad_output.t().mm(input)
            if bias is not None and ctx.needs_input_grad[2]:
                by_bias = grad_output.sum(0)
            return given, by_weight, by_bias

    return Linear


def test_as_many_rows_of_weights_as_samples_are_no_empty_batch():
    report = dc.audit(linear())
    assert report.verdict == "right", report.causes


def test_a_change_in_backward_is_not_laid_to_forward():
    torch = pytest.importorskip("torch")

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * x.mul_(2)

    assert [f.code for f in dc.audit(Square).causes] == ["in-place-saved"]


def power(rule):
    jax = pytest.importorskip("jax")

    @partial(jax.custom_vjp, nondiff_argnums=(1,))
    def power(x, n):
        return x**n

    power.defvjp(lambda x, n: (x**n, x), rule)
    return power


@pytest.mark.parametrize("inputs", [None, (1.5, 3.0), {"x": [1.0, 2.0], "n": 3}])
def test_what_jax_is_told_not_to_differentiate_is_held(inputs):
    right = dc.audit(power(lambda n, x, g: (g * n * x ** (n - 1),)), inputs=inputs)
    assert right.verdict == "right", right.causes
    wrong = dc.audit(power(lambda n, x, g: (g * x ** (n - 1),)), inputs=inputs)
    assert wrong.verdict == "wrong"


def test_what_is_held_may_come_first():
    jax = pytest.importorskip("jax")

    @partial(jax.custom_vjp, nondiff_argnums=(0,))
    def scaled(factor, x):
        return factor * x * x

    scaled.defvjp(lambda a, x: (a * x * x, x), lambda a, x, g: (2 * a * x * g,))
    report = dc.audit(scaled)
    assert report.verdict == "right", report.causes
