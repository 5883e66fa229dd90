"""Rules of JAX whose arguments and results are dicts, tuples and the like of arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError

jax = pytest.importorskip("jax", reason="JAX is not installed")
jnp = jax.numpy


class Layer(NamedTuple):
    """Parameters."""

    w: Any
    b: Any


def _rule(factor: float) -> Any:
    """tanh(w x + b) and v^2, whose second slope has a factor."""

    @jax.custom_vjp
    def layer(p: Any, x: Any) -> Any:
        return {"y": jnp.tanh(p.w * x["in"][0] + p.b), "z": [x["in"][1] ** 2]}

    def forward(p: Any, x: Any) -> Any:
        return layer(p, x), (p, x)

    def backward(kept: Any, g: Any) -> Any:
        p, x = kept
        u, v = x["in"]
        inner = g["y"] * (1 - jnp.tanh(p.w * u + p.b) ** 2)
        return Layer(inner * u, inner), {"in": (inner * p.w, factor * g["z"][0] * v)}

    layer.defvjp(forward, backward)
    return layer


@jax.custom_jvp
def pair(p: Any, x: Any) -> Any:
    return {"u": p["w"] * x, "v": (jnp.exp(x), p["w"] ** 2)}


@pair.defjvp
def _(primals: Any, tangents: Any) -> Any:
    (p, x), (dp, dx) = primals, tangents
    found = {"u": dp["w"] * x + p["w"] * dx, "v": (jnp.exp(x) * dx, 3 * p["w"] * dp["w"])}
    return pair(p, x), found


POINT = np.array([0.5, 1.2])
INPUTS = (Layer(POINT, POINT + 1), {"in": (POINT - 1, POINT * 2)})


def test_every_leaf_has_its_gradient() -> None:
    report = dc.audit(_rule(2.0), inputs=INPUTS)
    assert report.verdict == "right"
    assert {row.input for row in report.rows} == {"p_w", "p_b", "x_in_0", "x_in_1"}


def test_the_wrong_leaf_is_named() -> None:
    report = dc.audit(_rule(1.0), inputs=INPUTS)
    assert report.verdict == "wrong"
    assert "the gradient of x_in_1 must be multiplied by 2" in str(report)
    assert dc.audit(pair, inputs=({"w": POINT}, POINT)).verdict == "wrong"


def test_arguments_and_leaves_are_named_in_wrt() -> None:
    rule = _rule(1.0)
    assert dc.audit(rule, inputs=INPUTS, wrt="p").verdict == "right"
    assert dc.audit(rule, inputs=INPUTS, wrt=["x"]).verdict == "wrong"
    given = dict(zip(("p", "x"), INPUTS, strict=True))
    assert dc.audit(rule, inputs=given, wrt=["p_w", "x_in_0"]).verdict == "right"
    with pytest.raises(InputTypeError, match=r"wrt names \['q'\]"):
        dc.audit(rule, inputs=INPUTS, wrt="q")


def test_numbers_in_a_dict_vary_where_there_are_no_arrays() -> None:
    @jax.custom_vjp
    def wave(p: Any, n: int) -> Any:
        return p["a"] * jnp.sin(p["b"]) * n

    wave.defvjp(
        lambda p, n: (wave(p, n), (p, n)),
        lambda kept, g: (
            {
                "a": g * jnp.sin(kept[0]["b"]) * kept[1],
                "b": -g * kept[0]["a"] * jnp.cos(kept[0]["b"]) * kept[1],
            },
            None,
        ),
    )
    report = dc.audit(wave, inputs=({"a": 1.5, "b": 0.3}, 3))
    assert "sign: the gradient of p_b is minus the true one" in str(report)
