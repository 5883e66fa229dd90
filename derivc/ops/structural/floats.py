r"""What floating-point numbers are made of: mantissas and exponents, and their neighbours."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from derivc.ops.structure import structural

Parts = namedtuple("Parts", ["mantissa", "exponent"])  # noqa: PYI024  as PyTorch's results

structural(
    "frexp", "Mantissa and exponent: a number of size 1/2 to 1, times a power of two.",
    forward=lambda xp, x: Parts(*xp.frexp(x)), constants=(1,),
    vjp=lambda F, g, y: g[0] * 0.5 ** F.constant(y[1]).astype(float),
    jvp=lambda F, t, y: (t * 0.5 ** F.constant(y[1]).astype(float), None), torch="torch.frexp",
    definition=r"x = m \, 2^e, \quad \tfrac{1}{2} \le |m| < 1", formula=r"\bar{x} = \bar{m} \,"
    r" 2^{-e}",
    also="T.frexp np.frexp jnp.frexp",
)  # fmt: skip


def _next_vjp(F: Any, g: Any, other_shape: Any) -> tuple[Any, Any]:
    return g, F.zeros(other_shape, F.constant(g).dtype)


structural(
    "nextafter", "The next number that can be represented, towards another.",
    forward=lambda xp, x, other: xp.nextafter(x, other), vjp=_next_vjp, tensors=["x", "other"],
    jvp=(lambda F, t: t, lambda F, t: t * 0), torch="torch.nextafter",
    definition=r"y = \text{the neighbour of } x \text{ towards } z", formula=r"\bar{x} = \bar{y},"
    r" \quad \bar{z} = 0",
    also="T.nextafter T.nextafter_ np.nextafter jnp.nextafter",
)  # fmt: skip
