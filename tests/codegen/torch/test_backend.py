"""Generated modules for PyTorch: any order, any transform, broadcasting, types."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="torch is not installed")

FOLDER = Path(__file__).parents[2] / "golden" / "torch"
FORMULAS = {
    "quick_gelu": ("x*sigmoid(1.702*x)", [(4,)]),
    "bell": ("a*exp(-(x-m)**2/(2*s**2))", [(1,), (3,), (2, 1), (2, 3)]),
    "branch": ("where(x > 0, log(x), x*y)", [(5,), (2, 1)]),
    "linear": ("2*x + 1", [(3,)]),
    "two": ("x + y", [(3,), (2, 1)]),
    "flat": ("floor(x)", [(3,)]),
    "growth": ("exp(x)", [(3,)]),
    "length": ("hypot(x, y)", [(3,), (2, 1)]),
    "several": (["x*y", "x + y", "x*y"], [(3,), (2, 1)]),
}


def tensors(shapes, dtype=None):
    generator = torch.Generator().manual_seed(1)
    dtype = dtype or torch.float64
    return [torch.randn(s, dtype=dtype, generator=generator).requires_grad_() for s in shapes]


@pytest.mark.parametrize("name", FORMULAS)
def test_source_is_as_reviewed(name: str) -> None:
    source, _ = FORMULAS[name]
    text, place = dc.compile(source).source_for("torch", name=name), FOLDER / f"{name}.txt"
    if os.environ.get("DERIVC_GOLDEN") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMULAS)
def test_gradients_of_both_orders_and_modes(name: str) -> None:
    from torch.autograd import gradcheck, gradgradcheck

    source, shapes = FORMULAS[name]
    function, inputs = dc.compile(source).to_torch(name), tensors(shapes)
    assert gradcheck(
        function, inputs, check_forward_ad=True, check_batched_grad=True,
        check_batched_forward_grad=True,
    )  # fmt: skip
    assert gradgradcheck(
        function, inputs, check_batched_grad=True, check_fwd_over_rev=True, check_rev_over_rev=True
    )
