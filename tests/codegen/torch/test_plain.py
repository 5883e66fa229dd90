"""Functions that are one of PyTorch's, with its derivative: it is called for plain tensors."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="torch is not installed")

ALIKE = ["-x", "x + y", "x - y", "2*x", "x/3", "x + 1", "floor(x)", "sign(x)", "x*y", "exp(x)",
         "log(x)", "sqrt(x)", "sin(x)", "cos(x)", "abs(x)", "log1p(x)", "deg2rad(x)"]  # fmt: skip
OTHERS = ["tanh(x)", "expm1(x)", "x/y", "floor(x/y)", "2*x + 1", "maximum(x, y)", "x*x"]


def inputs(function: Any) -> list[Any]:
    count = function.__code__.co_argcount
    generator = torch.Generator().manual_seed(3)
    draw = {"generator": generator, "dtype": torch.float64}
    return [(torch.rand(5, **draw) + 0.5).requires_grad_() for _ in range(count)]


@pytest.mark.parametrize("text", ALIKE)
def test_the_function_of_pytorch_is_called(text: str) -> None:
    function = dc.compile(text).to_torch("own")
    given = inputs(function)
    assert not function(*given).grad_fn.name().startswith("_Own")
    assert "class _OwnPlain" not in function.source


@pytest.mark.parametrize("text", OTHERS)
def test_others_have_a_class(text: str) -> None:
    function = dc.compile(text).to_torch("own")
    assert function(*inputs(function)).grad_fn.name().startswith("_OwnPlain")


@pytest.mark.parametrize("text", ALIKE)
def test_both_ways_agree_to_second_order(text: str) -> None:
    function = dc.compile(text).to_torch("own")
    given = inputs(function)
    (value, *slopes), (other, *others) = [_derived(f, given) for f in (function, _around(function))]
    assert torch.equal(value, other)
    for slope, same in zip(slopes, others, strict=True):
        assert torch.allclose(slope, same, rtol=1e-15)


def _around(function: Any) -> Any:
    """The class that other tensors go through."""
    return function.__globals__["Own"].apply


def _derived(function: Any, given: list[Any]) -> list[Any]:
    value = function(*given)
    first = torch.autograd.grad(value.sum(), given, create_graph=True)
    total = sum((s**2).sum() for s in first)
    moved = torch.autograd.grad(total, given, allow_unused=True) if total.requires_grad else []
    none = [torch.zeros(5, dtype=torch.float64)] * len(given)
    second = [n if s is None else s for s, n in zip(moved or none, none, strict=True)]
    return [value, *first, *second]


def test_another_slope_at_a_kink_is_ours() -> None:
    function = dc.compile("abs(x)", convention="right").to_torch("own")
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(function(x).sum(), x)
    assert slope.tolist() == [1.0, 1.0]
