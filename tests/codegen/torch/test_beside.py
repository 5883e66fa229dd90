"""What is kept beside inputs: a logarithm or an exponential that a slope reads again."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from benchmarks.torch_eager import cases, composition, kept, samples

torch = pytest.importorskip("torch", reason="torch is not installed")

NAMES = ["elu", "xlogy", "xlog1py", "softplus"]
CASES = [pytest.param(c, id=c.op.name) for c in cases() if c.op.name in NAMES]


@pytest.mark.parametrize("case", CASES)
def test_no_more_is_kept_than_by_the_composition(case: Any) -> None:
    inputs = samples(torch, case, 1000, torch.float64)
    function = case.kernel().to_torch(case.op.name)
    assert "=None):" in function.source.split(f"def _{case.op.name}_pullback")[1].split("\n")[0]
    assert kept(torch, function, inputs) <= kept(torch, composition(case), inputs) + 100


def test_it_is_kept_only_where_a_cotangent_reads_it() -> None:
    function = dc.compile("xlogy(x, y)", inputs=["x", "y"]).to_torch("term")
    x, y = (torch.rand(1000, dtype=torch.float64) + 0.5 for _ in range(2))
    both = kept(torch, function, [x.requires_grad_(), y.requires_grad_()])
    one = kept(torch, function, [x.detach(), y])
    assert both - one == 8000


def test_of_one_argument_nothing_is_kept_beside() -> None:
    assert "kept=None" not in dc.compile("x*log(x)").source_for("torch", "term")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [3, 2**18 + 1])
def test_the_same_with_and_without(case: Any, size: int) -> None:
    function = case.kernel().to_torch("f")
    inputs = samples(torch, case, size, torch.float64)
    plain, general = [f(*inputs) for f in (function, function.__globals__["F"].apply)]
    assert torch.equal(plain, general)
    slopes = [torch.autograd.grad(v.sum(), inputs) for v in (plain, general)]
    for one, other in zip(*slopes, strict=True):
        assert torch.allclose(one, other, rtol=1e-14, atol=0)
