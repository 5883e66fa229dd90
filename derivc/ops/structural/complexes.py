r"""Parts of complex numbers. Cotangents follow PyTorch: conjugate Wirtinger, times two."""

from __future__ import annotations

from typing import Any

from derivc.ops.structure import composite, structural

structural(
    "real", "The real part.", forward=lambda xp, x: xp.real(x), torch="torch.real", is_view=True,
    vjp=lambda F, g, x_dtype: F.cast(g, x_dtype), jvp="linear", formula=r"\bar{z} = \bar{y}",
    also="np.real jnp.real lax.real T.real",
    definition=r"y = \operatorname{Re} z",
)  # fmt: skip
structural(
    "imag", "The imaginary part.", forward=lambda xp, x: xp.imag(x), torch="torch.imag",
    vjp=lambda F, g, x_dtype: F.cast(g, x_dtype) * 1j if x_dtype.kind == "c" else g * 0,
    jvp="linear", formula=r"\bar{z} = i\,\bar{y}",
    also="np.imag jnp.imag lax.imag T.imag",
    definition=r"y = \operatorname{Im} z",
)  # fmt: skip
structural(
    "conj", "The complex conjugate.", forward=lambda xp, x: xp.conj(x), torch="torch.conj",
    vjp=lambda F, g: F.conjugated(g), jvp="linear", formula=r"\bar{z} = \overline{\bar{y}}",
    aliases=["conjugate"],
    also="T.conj np.conj jnp.conj lax.conj np.conjugate jnp.conjugate aten._conj",
    definition=r"y = \overline{z}",
)  # fmt: skip


def _unit(F: Any, x: Any, y: Any) -> Any:
    """z/|z|, and 0 at 0."""
    return F.over(x, y)


structural(
    "complex_abs", "The modulus of a complex number.", forward=lambda xp, x: xp.abs(x),
    vjp=lambda F, g, x, y: g * _unit(F, x, y), torch="torch.abs",
    jvp=lambda F, t, x, y: F.real(F.conj(_unit(F, x, y)) * t),
    formula=r"\bar{z} = \bar{y}\, z / |z|, \quad 0 \text{ at } 0",
    also="T.abs T.abs_ np.abs jnp.abs lax.abs",
    definition="y = |z|",
    tangent=r"\dot{y} = \operatorname{Re}(\overline{z}\, \dot{z}) / |z|",
)  # fmt: skip
structural(
    "complex_angle", "The argument of a complex number.", forward=lambda xp, x: xp.angle(x),
    vjp=lambda F, g, x: g * F.over(x, F.real(x) ** 2 + F.imag(x) ** 2) * 1j, torch="torch.angle",
    jvp=lambda F, t, x: F.imag(F.conj(x) * t) / (F.real(x) ** 2 + F.imag(x) ** 2),
    formula=r"\bar{z} = i\, \bar{y}\, z / |z|^2",
    also="T.angle np.angle jnp.angle",
    definition=r"y = \operatorname{arg} z",
    tangent=r"\dot{y} = \operatorname{Im}(\overline{z}\, \dot{z}) / |z|^2",
)  # fmt: skip
structural(
    "complex", "The complex number of a real and an imaginary part.", tensors=["real", "imag"],
    forward=lambda xp, real, imag: real + 1j * imag, torch="torch.complex",
    vjp=lambda F, g: (F.real(g), F.imag(g)),
    jvp=(lambda F, t: F.complex(t, t * 0), lambda F, t: F.complex(t * 0, t)),
    formula=r"\bar{a} = \operatorname{Re} \bar{z}, \quad \bar{b} = \operatorname{Im} \bar{z}",
    definition=r"z = a + i\,b",
)  # fmt: skip
composite(
    "polar", "The complex number of a modulus and an argument.",
    lambda F, modulus, angle: F.complex(modulus * F.cos(angle), modulus * F.sin(angle)),
    torch="torch.polar",
    tensors=["modulus", "angle"],
    formula=r"\bar{r} = \operatorname{Re}(\bar{z}\, e^{-i \varphi}), \quad \bar{\varphi} = r "
    r"\operatorname{Im}(\bar{z}\, e^{-i \varphi})",
    renamed={"abs": "modulus"},
    definition=r"z = r (\cos \varphi + i \sin \varphi)",
)  # fmt: skip
composite(
    "complex_sgn", "A complex number divided by its modulus.",
    lambda F, x: F.over(x, F.complex_abs(x)), torch="torch.sgn",
    formula=r"\bar{z} = \frac{1}{|z|} \bigl(\bar{y} - y \operatorname{Re}(\overline{y}\, "
    r"\bar{y})\bigr), \quad 0 \text{ at } 0",
    also="T.sgn T.sgn_",
    definition=r"y = z / |z|, \quad 0 \text{ at } 0",
)  # fmt: skip
composite(
    "view_as_real", "A complex number as two real ones, along a new last dimension.",
    lambda F, x: F.stack([F.real(x), F.imag(x)], -1), torch="torch.view_as_real",
    definition=r"y = (\operatorname{Re} z, \operatorname{Im} z)",
    formula=r"\bar{z} = \bar{y}_1 + i\,\bar{y}_2",
)  # fmt: skip
composite(
    "view_as_complex", "Two real numbers along the last dimension as a complex one.",
    lambda F, x: F.complex(F.select(x, -1, 0), F.select(x, -1, 1)), torch="torch.view_as_complex",
    definition=r"z = x_1 + i\,x_2",
    formula=r"\bar{x} = (\operatorname{Re} \bar{z}, \operatorname{Im} \bar{z})",
)  # fmt: skip
