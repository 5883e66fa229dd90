"""Property: values and gradients agree with PyTorch's autograd, for every op PyTorch has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, points
from tests.properties.test_names import resolve
from tests.properties.test_values import compiled, free_arguments

torch = pytest.importorskip("torch", reason="torch is not installed")

NAMED = [op for op in differentiable_ops() if op.also.torch]
WHOLE = {"polygamma": [0], "mvlgamma": [1]}
"""Arguments that PyTorch takes as Python integers."""

BY_KEYWORD = {"addcmul": ["value"], "addcdiv": ["value"], "smooth_l1_loss": ["beta"],
              "huber_loss": ["delta"], "hinge_embedding_loss": ["margin"],
              "margin_ranking_loss": ["margin"], "gaussian_nll_loss": ["eps"]}  # fmt: skip
NO_TENSOR = {"hardtanh", "leaky_relu", "rrelu", "elu", "celu", "threshold", "hardshrink",
             "softshrink", "softplus", "nan_to_num", "clamp", *BY_KEYWORD}  # fmt: skip
"""Ops whose arguments after the tensors are Python numbers."""

CONSTANT = {"zeta": [0], "gammainc": [0], "gammaincc": [0], "soft_margin_loss": [1]}
"""Arguments that PyTorch does not differentiate by, nor takes with `requires_grad`."""

SIX_DIGITS = {"j0", "j1", "y0", "y1"}
"""PyTorch's own functions differ from the truth in the seventh digit between 5 and 8."""

DEGREE_LAST = {"legendre", "chebyshevt", "chebyshevu", "laguerre"}
"""PyTorch takes the degree of a polynomial behind its argument."""

NOT_IN_TORCH = {"heaviside", "floor_divide"} | DEGREE_LAST
"""No derivative there."""

TENSORS = {"addcmul": 3, "addcdiv": 3, "smooth_l1_loss": 2, "huber_loss": 2,
           "hinge_embedding_loss": 2, "margin_ranking_loss": 3, "gaussian_nll_loss": 3}  # fmt: skip


def called(op: Op, place: list[float]) -> tuple[Any, list[Any]]:
    """PyTorch's result, and its arguments: tensors, and numbers where it wants them."""
    tensors = TENSORS.get(op.name, 1 if op.name in NO_TENSOR else op.arity)
    args: list[Any] = []
    for i, value in enumerate(place):
        if i in WHOLE.get(op.name, []):
            args.append(int(value))
        elif i >= tensors:
            args.append(float(value))
        else:
            wanted = i not in CONSTANT.get(op.name, [])
            args.append(torch.tensor(float(value), dtype=torch.float64, requires_grad=wanted))
    keywords = BY_KEYWORD.get(op.name, [])
    named = {k: args[op.params.index(k)] for k in keywords}
    plain = [a for a, p in zip(args, op.params, strict=True) if p not in keywords]
    if op.name in DEGREE_LAST:
        plain.reverse()
    if "loss" in op.tags:
        named["reduction"] = "none"
    return resolve(str(op.also.torch))(*plain, **named), args


@pytest.mark.parametrize("op", NAMED, ids=lambda op: op.name)
def test_values_and_gradients_agree_with_pytorch(op: Op) -> None:
    free = free_arguments(op)
    for place in points(op):
        place = [float(v) for v in place]
        result, args = called(op, place)
        kernel = compiled(op, free, {i: v for i, v in enumerate(place) if i not in free})
        inputs = [place[i] for i in free]
        value = result.detach().numpy()
        rtol = 1e-5 if op.name in SIX_DIGITS else 3e-9
        assert np.allclose(kernel(*inputs), value, rtol=rtol, atol=1e-12), (place, value)
        if op.name not in NOT_IN_TORCH and result.requires_grad:
            result.backward()
            _compare(op, place, free, kernel.grad(*inputs), args)


def _compare(op: Op, place: list[float], free: list[int], got: Any, args: list[Any]) -> None:
    for position, index in enumerate(free):
        if isinstance(args[index], torch.Tensor) and args[index].grad is not None:
            wanted = args[index].grad.item()
            rtol = 1e-5 if op.name in SIX_DIGITS else 3e-8
            close = np.allclose(got[position], wanted, rtol=rtol, atol=1e-11)
            assert close, (op.name, place, index, got[position], wanted)
