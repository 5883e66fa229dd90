"""Layers and branches in whole: transposed convolutions, recurrent layers, `jnp.piecewise`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import derivc as dc

torch = pytest.importorskip("torch", reason="torch is not installed")
F = torch.nn.functional


def _turned(x: Any) -> Any:
    """Dimensions changed in place, and what is written afterwards seen through them."""
    y = (x * 2).clone()
    y.t_()
    y.unsqueeze_(0)
    z = y * 3
    y.squeeze_(0)
    y[0] += x.sum()
    return y * z[0]


LAYERS: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "one": (lambda x, w: F.conv_transpose1d(x, w, stride=2, padding=1, dilation=2),
            [(2, 2, 4), (2, 3, 3)]),
    "two": (lambda x, w, b: F.conv_transpose2d(x, w, b, (2, 3), (1, 0), (1, 2), 2),
            [(1, 4, 2, 2), (4, 2, 3, 2), (4,)]),
    "three": (lambda x, w: F.conv_transpose3d(x, w, stride=2, dilation=2, padding=1),
              [(1, 2, 2, 1, 2), (2, 1, 2, 2, 1)]),
    "cut": (lambda x, w: F.conv_transpose1d(x, w, padding=2), [(1, 1, 6), (1, 1, 2)]),
    "alone": (lambda x, w: F.conv_transpose1d(x, w), [(2, 4), (2, 3, 2)]),
    "turned": (_turned, [(2, 3)]),
}  # fmt: skip


def _agrees(function: Callable[..., Any], shapes: list[tuple[int, ...]]) -> None:
    """Value and gradient of the sum of squares are PyTorch's."""
    rng = np.random.default_rng(0)
    points = [rng.normal(size=s) for s in shapes]
    leaves = [torch.tensor(p, requires_grad=True) for p in points]
    names = list(inspect.signature(function).parameters)
    whole = eval(f"lambda {', '.join(names)}: f({', '.join(names)}).pow(2).sum()", {"f": function})
    kernel = dc.from_torch(whole, shapes=dict(zip(names, shapes, strict=True)))
    value = whole(*leaves)
    assert kernel(*points) == pytest.approx(value.item(), rel=1e-12)
    found = kernel.grad(*points)
    for got, wanted in zip(
        found if isinstance(found, tuple) else (found,), torch.autograd.grad(value, leaves),
        strict=True,
    ):  # fmt: skip
        assert np.allclose(got, wanted.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_value_and_gradient_are_pytorchs(name: str) -> None:
    _agrees(*LAYERS[name])


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}], ids=["", "two"])
def test_recurrent_layers_with_the_batch_first(kind: str, options: dict[str, Any]) -> None:
    torch.manual_seed(0)
    layer = getattr(torch.nn, kind)(2, 2, batch_first=True, **options).double()
    _agrees(lambda x: layer(x)[0], [(2, 3, 2)])


def _three(x: Any) -> Any:
    import jax.numpy as jnp

    return jnp.piecewise(x, [x < 0, x >= 1], [lambda t: jnp.sqrt(-t), jnp.log, 3.0])


def _overlapping(x: Any) -> Any:
    import jax.numpy as jnp

    return jnp.piecewise(
        x, [x < 2, x < 0.5], [lambda t, s: jnp.exp(t) * s, lambda t, s: t / s], 2.0
    )


def _mapped(x: Any) -> Any:
    import jax
    import jax.numpy as jnp

    def one(t: Any) -> Any:
        return jnp.piecewise(t, [t < 0, t > 1], [lambda u: -u, lambda u: u**3, jnp.cos])

    return jax.vmap(one)(x)


@pytest.mark.parametrize("function", [_three, _overlapping, _mapped])
def test_piecewise_over_arrays(function: Callable[..., Any]) -> None:
    jax = pytest.importorskip("jax")
    x = np.array([-2.0, 0.3, 0.7, 1.0, 5.0])
    kernel = dc.from_jax(function, shapes={"x": (5,)})
    with jax.enable_x64(True):
        given = jax.numpy.asarray(x)
        value, slopes = function(given), jax.jacobian(function)(given)
    assert np.allclose(kernel(x), value, rtol=1e-14)
    assert np.allclose(kernel.jacobian(x), slopes, rtol=1e-14)
    assert "stop_gradient" not in str(kernel.formula)
