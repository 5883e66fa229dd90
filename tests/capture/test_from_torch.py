"""`from_torch`: what is captured, what is refused and how it is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

import derivc as dc
from derivc.errors import TraceError

torch = pytest.importorskip("torch")
F = pytest.importorskip("torch.nn.functional")


def test_formula_and_derivative_are_in_the_users_names():
    kernel = dc.from_torch(lambda x, scale: scale * torch.sigmoid(x))
    assert kernel.inputs == ("x", "scale")
    assert str(kernel.formula) == "scale*sigmoid(x)"
    assert [str(d) for d in kernel.derivatives] == ["scale*sigmoid(-x)*sigmoid(x)", "sigmoid(x)"]


def test_detach_is_a_constant_to_derivatives():
    kernel = dc.from_torch(lambda x: x * x.detach() + x**2)
    assert kernel.value_and_grad(3.0) == (18.0, (9.0,))
    assert kernel.check(points=8).ok


def test_no_grad_stops_derivatives():
    def f(x):
        with torch.no_grad():
            scale = x**2
        return scale * x

    assert dc.from_torch(f).value_and_grad(3.0) == (27.0, (9.0,))


def branch(x):
    if x > 0:
        return x
    return -x


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (branch, ["if x > 0:", "x > 0 holds", "torch.where"]),
        (lambda x: x + torch.rand(()), ["random", "rand"]),
        (lambda x: math.exp(x), ["needs to know the value of x"]),
        (lambda x: torch.fft.fft(x.reshape(1)).abs().sum(), ["_fft_r2c"]),
        (lambda x: torch.tensor([x, 1.0]).sum(), ["torch.stack"]),
        (lambda x: x.numpy(), ["numpy()", "functions of torch"]),
        (lambda x: F.dropout(x), [".eval()"]),
        (lambda x: x.sum(dim=1), ["IndexError", "shapes="]),
    ],
)
def test_refusals_name_the_line_and_what_to_do(function, words):
    with pytest.raises(TraceError) as caught:
        dc.from_torch(function)
    for word in ("test_from_torch.py:", *words):
        assert word in str(caught.value)


def test_tensors_made_inside_may_be_written_into():
    def f(x):
        out = torch.zeros(3)
        for i in range(3):
            out[i] = x[i] ** 2
        out[1:] += x[0]
        return out.sum()

    kernel = dc.from_torch(f, shapes={"x": 3})
    value, grad = kernel.value_and_grad(np.array([1.0, 2.0, 3.0]))
    assert value == 16.0
    assert grad.tolist() == [4.0, 4.0, 6.0]


def test_nothing_of_the_session_is_left_behind():
    before = torch.get_default_dtype()
    with pytest.raises(TraceError):
        dc.from_torch(branch)
    assert torch.get_default_dtype() == before
    assert torch.zeros(2).tolist() == [0.0, 0.0]
    assert torch.is_grad_enabled()


def test_parts_of_functions_can_be_run_by_hand():
    from derivc.capture.from_torch import symbol, trees
    from derivc.capture.torch.session import session

    with session():
        x, w = symbol("x"), symbol("w", (2,))
        found = trees(torch.sin(x) * w)
    assert [str(tree) for tree in found] == ["w_0*sin(x)", "w_1*sin(x)"]
