"""The elementwise catalogue as PyTorch modules: exact, differentiable twice, transformable."""

from __future__ import annotations

from typing import Any

import pytest

from derivc.errors import UnsupportedError
from derivc.ops.declaration import Op
from tests.codegen.catalogue import SLOW, case, catalogue, error

torch = pytest.importorskip("torch", reason="torch is not installed")

REFUSED = set(
    "beta betaln betainc binomial Ei exp1 expint li Si Ci Shi Chi fresnels fresnelc elliptic_k"
    " elliptic_e elliptic_f elliptic_einc dawsn erfi".split()
)
"""PyTorch has no function for these."""

SIX_DIGITS = {"j0", "j1", "y0", "y1", "jv"}
"""PyTorch's own Bessel functions differ from the truth in the seventh digit between 5 and 8."""

ULPS = {"sinc": 2e4, "gamma": 400, "factorial": 2000, "trigamma": 100, "polygamma": 300}
"""Errors of PyTorch's functions, or of places where the slope is ill-conditioned, in ulp."""

OPS = [
    pytest.param(op, id=op.name, marks=[pytest.mark.slow] if op.name in SLOW else [])
    for op in catalogue()
    if op.name not in REFUSED
]


def generated(op: Op) -> Any:
    found = case(op)
    assert found is not None
    return found, found.kernel.to_torch(op.name)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_pytorch_has_not_is_refused(name: str) -> None:
    op = next(op for op in catalogue() if op.name == name)
    with pytest.raises(UnsupportedError, match=r"has no function in PyTorch.*numpy"):
        generated(op)


@pytest.mark.parametrize("op", OPS)
def test_op(op: Op) -> None:
    found, function = generated(op)
    _agrees_with_the_truth(op, found, function)
    _passes_the_checks(found, function)


def _agrees_with_the_truth(op: Op, found: Any, function: Any) -> None:
    inputs = [torch.tensor(c, dtype=torch.float64, requires_grad=True) for c in found.columns()]
    value = function(*inputs)
    slopes = torch.autograd.grad(value.sum(), inputs)
    limit = 1e12 if op.name in SIX_DIGITS else ULPS.get(op.name, 64)
    for k, (expected, partials, moved) in enumerate(found.truths()):
        assert error(value[k].item(), expected, moved) <= limit, (k, value[k], expected)
        for got, wanted in zip(slopes, partials, strict=True):
            assert error(got[k].item(), wanted, abs(wanted)) <= limit, (k, got[k], wanted)


def _passes_the_checks(found: Any, function: Any) -> None:
    from torch.autograd import gradcheck, gradgradcheck
    from torch.func import grad, jacfwd, jacrev, vmap

    columns = [c[:3] for c in found.columns(8)]
    inputs = [torch.tensor(c, dtype=torch.float64, requires_grad=True) for c in columns]
    assert gradcheck(function, inputs, check_forward_ad=True, rtol=1e-4, atol=1e-4)
    loose = {"rtol": 1e-3, "atol": 1e-3}
    # gradgradcheck loses count where a gradient is zero for all inputs, as that by the threshold
    forward = function.__name__ != "threshold"
    assert gradgradcheck(function, inputs, check_fwd_over_rev=forward, **loose)
    plain = [x.detach() for x in inputs]
    every = vmap(grad(function))(*plain)
    assert torch.equal(every, torch.diagonal(jacrev(function)(*plain)))
    second = vmap(jacfwd(grad(function)))(*plain)
    for other in (jacrev(jacfwd(function)), jacfwd(jacfwd(function))):
        assert torch.allclose(second, vmap(other)(*plain), equal_nan=True)
