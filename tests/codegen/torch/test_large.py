"""Large tensors: block by block, in place, whatever asks for the gradient."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from derivc.codegen.torch.helpers import carried

torch = pytest.importorskip("torch", reason="torch is not installed")

SIZE = 2**18 + 3
TEXT = "where(x > 0, x*tanh(x + y)**2, sinh(y)*x**2)/(1 + x**2*y**2)"


def inputs(*shapes: tuple[int, ...]) -> list[Any]:
    generator = torch.Generator().manual_seed(1)
    return [
        torch.randn(s, dtype=torch.float64, generator=generator).requires_grad_() for s in shapes
    ]


def in_parts(function: Any, given: list[Any]) -> tuple[Any, list[Any]]:
    """The value and the gradients, the function called on small pieces of the inputs."""
    values, slopes = [], []
    for piece in zip(*[x.detach().reshape(-1).split(1000) for x in given], strict=True):
        leaves = [x.clone().requires_grad_() for x in piece]
        values.append(function(*leaves))
        slopes.append(torch.autograd.grad(values[-1].sum(), leaves))
    return torch.cat(values).detach(), [torch.cat(s) for s in zip(*slopes, strict=True)]


@pytest.mark.parametrize("shape", [(SIZE,), (3, SIZE // 3)])
def test_blocks_give_what_pieces_give(shape: tuple[int, ...]) -> None:
    function, given = dc.compile(TEXT).to_torch(), inputs(shape, shape)
    assert "_blockwise(_" in function.source
    value = function(*given)
    value.sum().backward()  # the cotangent is one number, expanded
    expected, slopes = in_parts(function, given)
    close = {"rtol": 1e-12, "atol": 1e-14}  # PyTorch computes the last few of a piece otherwise
    assert torch.allclose(value.detach().reshape(-1), expected, **close)
    for x, slope in zip(given, slopes, strict=True):
        assert torch.allclose(x.grad.reshape(-1), slope, **close)
    assert value.shape == shape


def test_nothing_of_the_caller_is_overwritten() -> None:
    function, given = dc.compile(TEXT).to_torch(), inputs((SIZE,), (SIZE,))
    cotangent = torch.randn(SIZE, dtype=torch.float64)
    held = [x.detach().clone() for x in (*given, cotangent)]
    value = function(*given)
    before = value.detach().clone()
    once = torch.autograd.grad(value, given, cotangent, retain_graph=True)
    twice = torch.autograd.grad(value, given, cotangent)
    for x, y in zip([*given, cotangent, value, *once], [*held, before, *twice], strict=True):
        assert torch.equal(x.detach(), y)


@pytest.mark.parametrize("shapes", [((SIZE,), ()), ((4, SIZE // 4), (4, 1)), ((SIZE,), (1,))])
def test_broadcast_inputs_get_gradients_of_their_shape(shapes: Any) -> None:
    function, given = dc.compile(TEXT).to_torch(), inputs(*shapes)
    found = torch.autograd.grad(function(*given).sum(), given)
    whole = torch.broadcast_shapes(*shapes)
    _, slopes = in_parts(function, [x.detach().expand(whole).contiguous() for x in given])
    for x, got, slope in zip(given, found, slopes, strict=True):
        assert torch.allclose(
            got, slope.reshape(whole).sum_to_size(x.shape), rtol=1e-10, atol=1e-12
        )


def test_transposed_tensors_and_threads() -> None:
    function, given = dc.compile(TEXT).to_torch(), inputs((512, 700), (512, 700))
    plain = function(*given)
    turned = function(*[x.t() for x in given])
    assert torch.allclose(turned.t(), plain, rtol=1e-12, atol=1e-14)
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert torch.allclose(function(*given), plain, rtol=1e-12, atol=1e-14)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("text", ["tanh(x)", "exp(x)", "sin(x)*exp(x)", "x**3"])
def test_many_cotangents_at_once(text: str) -> None:
    function, (x,) = dc.compile(text).to_torch(), inputs((5,))
    value = function(x)
    (rows,) = torch.autograd.grad(
        value, x, torch.eye(5, dtype=torch.float64), retain_graph=True, is_grads_batched=True
    )
    (slopes,) = torch.autograd.grad(value.sum(), x, retain_graph=True)
    assert torch.allclose(rows, torch.diag(slopes))
    mapped = torch.vmap(lambda g: torch.autograd.grad(value, x, g, retain_graph=True)[0])
    assert torch.allclose(mapped(torch.eye(5, dtype=torch.float64)), rows)


def test_the_output_is_read_where_the_composition_keeps_it_too() -> None:
    source = dc.compile("exp(-x**2)").source_for("torch", name="bell")
    assert "def _bell_pullback(needed, g, x, y):" in source
    assert "def _wave_pullback(needed, g, x):" in dc.compile("sin(x)").source_for("torch", "wave")
    length = dc.compile("hypot(x, y)").source_for("torch", name="length")
    assert length.split("def _length_pullback")[1].count("torch.hypot") == 0


def test_trigamma_has_all_digits() -> None:
    namespace: dict[str, Any] = {}
    text = "\n".join(["import functools, math, torch", *carried({"trigamma"})])
    exec(text, namespace)  # noqa: S102
    places = [1e-9, 0.01, 0.5, 1.0, 2.5, 9.999, 10.0, 400.25, 1e8, 1e200, -0.5, -3.25, -77.7, -1e-9]
    found = namespace["_sf_trigamma"](torch.tensor(places, dtype=torch.float64))
    for x, got in zip(places, found.tolist(), strict=True):
        assert got == pytest.approx(float(mp.psi(1, mp.mpf(x))), rel=4e-15), x


@pytest.mark.parametrize("x", [0.0, 1e-3, 0.7, -2.0, 5.0, 20.0, -300.0])
def test_the_slope_of_tanh_keeps_its_digits(x: float) -> None:
    place = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    dc.compile("tanh(x)").to_torch()(place).backward()
    assert place.grad.item() == pytest.approx(float(mp.sech(mp.mpf(x)) ** 2), rel=2e-15)


@pytest.mark.parametrize("text", ["sqrt(x)", "tanh(x)", "sin(x)*exp(x)/(1 + x)**3"])
@pytest.mark.parametrize("size", [4, SIZE])
def test_tangents_of_a_gradient_that_is_not_recorded(text: str, size: int) -> None:
    from torch.autograd import forward_ad

    function, x = dc.compile(text).to_torch(), torch.rand(size, dtype=torch.float64) + 0.2
    x.requires_grad_()
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, torch.ones_like(x))
        (slope,) = torch.autograd.grad(function(dual).sum(), x)
        tangent = forward_ad.unpack_dual(slope).tangent
    (slope,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
    (expected,) = torch.autograd.grad(slope.sum(), x)
    assert torch.allclose(tangent, expected)
