"""The elementwise catalogue as PyTorch modules: exact, differentiable twice, transformable."""

from __future__ import annotations

from typing import Any

import pytest

from derivc.ops.declaration import Op
from tests.codegen.catalogue import SLOW, case, catalogue, error

torch = pytest.importorskip("torch", reason="torch is not installed")

ULPS = 64
"""Errors beyond what rounded arguments make of a value or a slope."""

OPS = [
    pytest.param(op, id=op.name, marks=[pytest.mark.slow] if op.name in SLOW else [])
    for op in catalogue()
]


def generated(op: Op, most: float = float("inf")) -> Any:
    found = case(op, most)
    assert found is not None
    return found, found.kernel.to_torch(op.name)


@pytest.mark.parametrize("op", OPS)
def test_op(op: Op) -> None:
    found, function = generated(op)
    _agrees_with_the_truth(op, found, function)
    _passes_the_checks(found, function)


def _agrees_with_the_truth(op: Op, found: Any, function: Any) -> None:
    inputs = [torch.tensor(c, dtype=torch.float64, requires_grad=True) for c in found.columns()]
    value = function(*inputs)
    slopes = torch.autograd.grad(value.sum(), inputs)
    for k, (expected, partials, moved, bends) in enumerate(found.truths()):
        assert error(value[k].item(), expected, moved) <= ULPS, (k, value[k], expected)
        for got, wanted, bend in zip(slopes, partials, bends, strict=True):
            assert error(got[k].item(), wanted, bend) <= ULPS, (k, got[k], wanted)


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


SAMPLE = {"tanh", "Si", "jv"}
"""Ops that are compiled and checked as operators by default; the others at night."""

SOME = [
    pytest.param(op, id=op.name, marks=[] if op.name in SAMPLE else [pytest.mark.slow])
    for op in catalogue()
]


def _inputs(found: Any, dtype: Any = torch.float64) -> list[Any]:
    return [torch.tensor(c[:3], dtype=dtype, requires_grad=True) for c in found.columns(8)]


@pytest.mark.parametrize("op", SOME)
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_compiled_without_a_break(op: Op) -> None:
    from torch.func import grad, vmap

    found, function = generated(op)
    torch.compiler.reset()
    inputs = _inputs(found)
    compiled = torch.compile(function, fullgraph=True, backend="aot_eager")
    slopes = [torch.autograd.grad(f(*inputs).sum(), inputs) for f in (function, compiled)]
    assert torch.allclose(compiled(*inputs), function(*inputs), rtol=1e-12, equal_nan=True)
    for a, b in zip(*slopes, strict=True):
        assert torch.allclose(a, b, rtol=1e-12, equal_nan=True)
    plain, each = [x.detach() for x in inputs], vmap(grad(function))
    again = torch.compile(each, fullgraph=True, backend="aot_eager")(*plain)
    assert torch.allclose(again, each(*plain), rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("op", SOME)
def test_as_an_operator(op: Op) -> None:
    from derivc.codegen.load import load

    found = case(op)
    assert found is not None
    name = f"{op.name.lower()}_in_catalogue"
    operator = load(found.kernel.source_for("torch", name, custom_op=True))[f"{name}_op"]
    torch.library.opcheck(operator, tuple(_inputs(found)))


LOW = [torch.float32, torch.bfloat16, torch.float16]


@pytest.mark.parametrize("op", SOME)
@pytest.mark.parametrize("dtype", LOW, ids=lambda d: str(d).removeprefix("torch."))
def test_in_fewer_digits(op: Op, dtype: Any) -> None:
    """What float64 gives at the same places, rounded; no NaN where there is none."""
    found, function = generated(op, 8)
    inputs = _inputs(found, dtype)
    wide = [x.detach().double().requires_grad_() for x in inputs]
    value, expected = function(*inputs), function(*wide)
    slopes = torch.autograd.grad(value.sum(), inputs)
    wanted = torch.autograd.grad(expected.sum(), wide)
    # an infinite argument, as 1e9 is in float16, is not rounded
    finite = [torch.where(torch.isinf(x), 0.0, x) for x in wide]
    moved = sum(abs(x * s) for x, s in zip(finite, wanted, strict=True))
    step, tiny = 4 * torch.finfo(dtype).eps + 2e-5, torch.finfo(dtype).tiny
    assert value.dtype == dtype
    fits = abs(expected) < torch.finfo(dtype).max / 2
    off = abs(value.double() - expected) - step * (abs(expected) + moved)
    assert bool((off[fits] <= 1e3 * tiny).all()), (value, expected)
    for slope, want in zip(slopes, wanted, strict=True):
        assert slope.dtype == dtype
        assert bool(torch.isfinite(slope[fits & (abs(want) < 1e4)]).all()), (slope, want)
