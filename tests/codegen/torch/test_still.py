"""Text that PyTorch is left to differentiate: nothing in it lacks a derivative."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

import derivc as dc
from derivc.codegen.torch.helpers import CALLS
from derivc.codegen.torch.spelling import TABLE
from derivc.codegen.torch.still import STILL
from derivc.ops import registry
from derivc.passes.guard import GUARDED

torch = pytest.importorskip("torch", reason="torch is not installed")

OWN = [op for op in TABLE if op not in CALLS and op != GUARDED]
"""Ops that are an expression of PyTorch's functions."""


def _fails(op: str, by: int) -> bool:
    """Whether PyTorch has no derivative of an op by an operand."""
    names = ["a", "b", "c", "d"][: registry.get(op).arity]
    given: dict[str, Any] = {n: torch.tensor(0.3) for n in names}
    if op == "addcmul":  # its factor is no tensor
        given["d"] = 0.3
    if names[by] == "d":
        return False
    if op == "where":
        given["a"] = torch.tensor(True)
    given[names[by]].requires_grad_(given[names[by]].is_floating_point())
    value = eval(TABLE[op].format(*names), {"torch": torch, **given})
    if not value.requires_grad:
        return False
    try:
        torch.autograd.grad(value, given[names[by]])
    except RuntimeError as e:
        if "not implemented" not in str(e):
            raise
        return True
    return False


def test_functions_without_a_derivative_are_known() -> None:
    """All but those that our own declarations cannot differentiate by that operand either."""
    numbers = [op for op in OWN if "boolean" not in registry.get(op).tags]
    found = {op for op in numbers for by in range(registry.get(op).arity) if _fails(op, by)}
    orders = {"gammainc", "gammaincc"}
    assert found == STILL | orders
    for op in orders:
        partials = registry.get(op).partials
        assert partials is not None
        a, x = sp.symbols("a x", positive=True)
        assert partials(a, x, registry.get(op)(a, x))[0] is None
        assert not _fails(op, 1)


TEXTS = [
    "x*stop_gradient(x)",
    "x*heaviside(x, y) + y*floor_divide(x, y)",
    "sin(stop_gradient(x)*x)*heaviside(x - 1, 0)",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_compiled_slopes_are_those_declared(text: str) -> None:
    from torch.func import grad, vmap

    kernel = dc.compile(text)
    function = kernel.to_torch()
    inputs = [torch.tensor([1.0, 2.0, 0.0, -1.5], dtype=torch.float64) + i / 2 for i in range(2)]
    inputs = inputs[: len(kernel.inputs)]
    before = [x.clone() for x in inputs]
    for i, slope in enumerate(kernel.grad(*[x.numpy() for x in inputs])):
        each = vmap(grad(function, argnums=i))
        torch.compiler.reset()
        compiled = torch.compile(each, fullgraph=True, backend="aot_eager")
        assert torch.allclose(compiled(*inputs), torch.tensor(slope), rtol=1e-14, atol=1e-14)
        assert torch.equal(compiled(*inputs), each(*inputs))
    assert all(map(torch.equal, inputs, before))
