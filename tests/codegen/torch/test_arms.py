"""Long arms of `where` are computed only where an element takes them."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from derivc.codegen.torch.arms import arms, ordered
from derivc.codegen.torch.cheaper import cheaper
from derivc.lowering.lower import lower

torch = pytest.importorskip("torch", reason="torch is not installed")

LONG = "lgamma(x)*exp(x)"
TEXTS = [f"where(x > 0, {LONG}, sin(x)*y)", f"where(x > 0, {LONG} + x*y, 2)",
         f"where(x*y > 0, x + y, {LONG}*y)", "i0e(x)*y", "logit(x)*y", "erfcx(x)*y"]  # fmt: skip


def program(text: str) -> Any:
    return cheaper(lower([dc.parse(text)], ["x", "y"]))


def test_which_arms() -> None:
    found = arms(program(TEXTS[0]))
    assert sorted(arm.side for arm in found) == [1]  # the other has another shape than x
    assert not arms(program("where(x > 0, exp(x), x)"))
    assert not arms(program(f"where(x > 0, {LONG}, 1) + {LONG}"))  # needed anyway
    assert arms(program("where(x < 1/10**30, exp(x), x)"))  # at the end of all numbers


@pytest.mark.parametrize("text", TEXTS)
def test_an_arm_stands_before_its_where(text: str) -> None:
    found = ordered(program(text))
    for arm in arms(found):
        first, last = arm.steps[0], arm.steps[-1]
        assert [v for v in range(first, last + 1) if found.constant(v) is None] == [*arm.steps]
        assert last < arm.whole


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(("text", "size"), [*((t, s) for t in TEXTS for s in (0, 3)),
                                            ("erfcx(x)*y", 2**17 + 5)])  # fmt: skip
@pytest.mark.parametrize("taken", ["all", "none", "some"])
def test_skipped_arms_change_nothing(text: str, size: int, taken: str, dtype: Any) -> None:
    function = dc.compile(text, inputs=["x", "y"]).to_torch("f")
    x, y = _places(text, size, taken, dtype)
    step = 1e-5 if dtype == torch.float32 else 1e-12
    whole, slopes = _derived(function, x, y)
    plain, others = _derived(function.__globals__["F"].apply, x, y)
    assert whole.dtype == dtype
    assert torch.allclose(whole, plain, rtol=step, equal_nan=True)
    for one, other in zip(slopes, others, strict=True):
        assert one.dtype == dtype and one.shape == other.shape
        assert torch.allclose(one, other, rtol=step, equal_nan=True)


def _places(text: str, size: int, taken: str, dtype: Any) -> list[Any]:
    x = torch.linspace(0.05, 0.95, max(size, 1), dtype=dtype)[:size]
    scale = 1.0 if "logit" in text else 40.0
    x = {"all": x * scale, "none": -x, "some": (x - 0.5) * scale}[taken]
    x = x.abs() if "logit" in text else x
    return [x.requires_grad_(), torch.ones_like(x).mul_(1.5).requires_grad_()]


def _derived(function: Any, x: Any, y: Any) -> tuple[Any, Any]:
    value = function(x, y)
    value = value if isinstance(value, torch.Tensor) else value[0]
    return value.detach(), torch.autograd.grad(value, (x, y), torch.ones_like(value))


@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")
@pytest.mark.parametrize("transform", ["vmap", "make_fx", "trace", "compile"])
def test_nothing_is_asked_where_values_are_not_known(transform: str) -> None:
    function = dc.compile(TEXTS[0], inputs=["x", "y"]).to_torch("f")
    x = torch.tensor([0.5, 2.0, 3.0], dtype=torch.float64)
    others = torch.tensor([-0.5, -2.0, 3.0], dtype=torch.float64)
    if transform == "vmap":
        found = torch.vmap(function)(others, x)
    elif transform == "make_fx":
        from torch.fx.experimental.proxy_tensor import make_fx

        found = make_fx(function)(x, x.clone())(others, x)
    elif transform == "trace":
        found = torch.jit.trace(lambda a, b: function(a, b), (x, x.clone()))(others, x)
    else:
        torch.compiler.reset()
        found = torch.compile(function, fullgraph=True, backend="aot_eager")(others, x)
    assert torch.allclose(found, function(others, x), rtol=1e-12)
