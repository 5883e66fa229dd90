"""What is kept in place of inputs: no more than the composition keeps, and right."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from benchmarks.torch_eager import cases, composition, kept, samples
from derivc.codegen.torch.cheaper import cheaper
from derivc.codegen.torch.cut import cut
from derivc.lowering.lower import lower

torch = pytest.importorskip("torch", reason="torch is not installed")

MASKED = ["rrelu", "threshold", "hardshrink", "lerp", "nan_to_num", "mse_loss", "l1_loss",
          "margin_ranking_loss", "gegenbauer", "fmod", "remainder"]  # fmt: skip
CASES = [pytest.param(c, id=c.op.name) for c in cases() if c.op.name in MASKED]


@pytest.mark.parametrize("case", CASES)
def test_no_more_is_kept_than_by_the_composition(case: Any) -> None:
    inputs = samples(torch, case, 1000, torch.float64)
    ours = kept(torch, case.kernel().to_torch(case.op.name), inputs)
    assert ours <= kept(torch, composition(case), inputs) + 100


@pytest.mark.parametrize(("slopes", "slots", "reads"), [
    (["2*(x - y)", "2*(y - x)"], 1, 0), (["cos(x - y)"], 1, 0), (["x*cos(x - y)"], None, 0),
    (["where(x > y, 3, 4)"], 2, 0), (["floor(x/y)"], 1, 0), (["y*floor(x/y)"], None, 0),
    (["cos(x + y)*(x + y)"], 1, 0), (["x - y", "x + y"], None, 0),
])  # fmt: skip
def test_what_is_cut(slopes: list[str], slots: int | None, reads: int) -> None:
    programs = [cheaper(lower([dc.parse(s)], ["x", "y"])) for s in slopes]
    found = cut(programs, 2)
    assert (found and len(found.slots)) == slots
    if found:
        assert len(found.reads) == reads
        made = {*found.slots, *found.reads}
        assert all(set(found.through(p).reads) <= made for p in programs)


def places(*shapes: tuple[int, ...], dtype: Any = torch.float64) -> list[Any]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randn(s, generator=generator, dtype=torch.float64).to(dtype) for s in shapes]


TRUTH = [lambda d: mp.sin(d), lambda d: mp.cos(d), lambda d: -mp.sin(d), lambda d: -mp.cos(d)]


@pytest.mark.parametrize("transform", [torch.func.grad, torch.func.jacrev, torch.func.jacfwd])
def test_three_orders_by_transforms(transform: Any) -> None:
    function = dc.compile("sin(x - t)", inputs=["x", "t"]).to_torch("wave")
    x, t = (p.item() for p in places((), ()))
    given = [torch.tensor(v, dtype=torch.float64) for v in (x, t)]
    current = function
    for order, by in enumerate([0, 1, 0], 1):
        current = transform(current, argnums=by)
        sign = -1 if order > 1 else 1
        expected = sign * TRUTH[order](mp.mpf(x) - mp.mpf(t))
        assert current(*given).item() == pytest.approx(float(expected), rel=1e-14)


@pytest.mark.parametrize("shapes", [((4, 1), (3,)), ((5,), ()), ((2, 3), (2, 3)), ((), (4,))])
@pytest.mark.parametrize("text", ["sin(x - t)", "(x + t)**3", "where(x > t, x, 2*t)"])
def test_broadcast_inputs(text: str, shapes: Any) -> None:
    function = dc.compile(text, inputs=["x", "t"]).to_torch("mixed")
    x, t = (p.requires_grad_() for p in places(*shapes))
    names = {"sin": torch.sin, "where": torch.where}

    def composed(x: Any, t: Any) -> Any:
        return eval(text, {**names, "x": x, "t": t})  # noqa: S307

    weights = places(torch.broadcast_shapes(*shapes))[0]
    found = []
    for f in (function, composed):
        first = torch.autograd.grad((f(x, t) * weights).sum(), (x, t), create_graph=True)
        total = sum((s**2).sum() for s in first)
        second = [x * 0, t * 0]  # the composition says nothing where a slope is constant
        if total.requires_grad:
            second = list(torch.autograd.grad(total, (x, t)))
        found.append([*first, *second])
    for ours, theirs in zip(*found, strict=True):
        assert ours.shape == theirs.shape
        assert torch.allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_a_constant_slope_has_the_slope_zero() -> None:
    function = dc.compile("where(x > t, x, 2*t)").to_torch("step")
    x, t = (p.requires_grad_() for p in places((5,), (5,)))
    slopes = torch.autograd.grad(function(x, t).sum(), (x, t), create_graph=True)
    second = torch.autograd.grad(sum(s.sum() for s in slopes), (x, t))
    assert all(torch.equal(s, torch.zeros(5, dtype=torch.float64)) for s in second)


@pytest.mark.parametrize("name", ["fmod", "mod"])
def test_a_quotient_is_kept_in_place_of_both(name: str) -> None:
    function = dc.compile(f"{name}(x, y)").to_torch("rest")
    x, y = (p.requires_grad_() for p in places((1000,), (1000,)))
    assert kept(torch, function, [x, y]) == 8000
    slopes = torch.autograd.grad(function(x, y).sum(), (x, y), create_graph=True)
    assert torch.equal(
        slopes[1], -torch.div(x, y, rounding_mode="trunc" if name == "fmod" else "floor")
    )
    second = torch.autograd.grad((slopes[1] ** 2).sum(), (x, y))
    assert all(torch.equal(s, torch.zeros(1000, dtype=torch.float64)) for s in second)
    found = torch.func.jacfwd(function, argnums=1)(x.detach()[:3], y.detach()[:3])
    assert torch.equal(found.diagonal(), slopes[1][:3])


def test_half_precision_is_rounded_once() -> None:
    function = dc.compile("sin(x - t)", inputs=["x", "t"]).to_torch("wave")
    x, t = (p.requires_grad_() for p in places((50,), (50,), dtype=torch.float16))
    slope = torch.autograd.grad(function(1000 * x, t).sum(), t)[0]
    wide = -torch.cos((1000 * x).float() - t.float())
    assert torch.equal(slope, wide.to(torch.float16))


def test_as_an_operator_of_pytorch() -> None:
    namespace: dict[str, Any] = {}
    source = dc.compile("(x - t)**3", inputs=["x", "t"]).source_for(
        "torch", "cubed", custom_op=True
    )
    exec(compile(source, "cubed.py", "exec"), namespace)  # noqa: S102
    x, t = (p.requires_grad_() for p in places((4,), (4,)))
    value = namespace["cubed_op"](x, t)
    (slope,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), t)
    assert torch.allclose(slope, 3 * (x - t) ** 2)
    assert torch.allclose(second, -6 * (x - t))
