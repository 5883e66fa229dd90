"""How JAX writes ops."""

from __future__ import annotations

from derivc.codegen.special import COMPLETE, FUNCTIONS, VARIANTS, WHOLE, Carrier
from derivc.codegen.straight import Dialect
from derivc.ops import registry
from derivc.passes.guard import GUARDED

_INFIX = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}",
    "eq": "{0} == {1}", "ne": "{0} != {1}", "logical_and": "{0} & {1}",
    "logical_or": "{0} | {1}", "logical_not": "~{0}",
}  # fmt: skip
_SPECIAL = "i0 i1 i0e i1e erf erfc erfinv ndtri".split()
OWN = {f"_{name}": f"special.{name}" for name in _SPECIAL}
"""Functions of JAX that are as exact as ours; of its others, gamma and zeta lose four digits."""

CARRIER = Carrier("jnp", OWN)
_CALLS = [
    op
    for op, name in (FUNCTIONS | VARIANTS).items()
    if name not in OWN and op not in ("cbrt", "erfcinv", "ndtr")
]

KEPT = frozenset({"sigmoid", "relu", "stop_gradient"}) | COMPLETE
"""Composites that JAX computes as exactly as their stable forms, with the same slope at a kink;
what stops derivatives; and those of ours."""


def _numpy() -> dict[str, str]:
    """The functions of jax.numpy that are NumPy's."""
    found = {}
    for op in registry.all_ops():
        name = op.spelling.numpy if op.spelling else ""
        if name.startswith("np."):
            places = ", ".join(f"{{{i}}}" for i in range(op.arity))
            found[op.name] = f"jnp.{name.removeprefix('np.')}({places})"
    return found


def _special(name: str, arity: int) -> str:
    return f"special.{name}({', '.join(f'{{{i}}}' for i in range(arity))})"


def table() -> dict[str, str]:
    """Expressions over arrays; a function that JAX does not have is missing."""
    return {
        **_numpy(),
        **_INFIX,
        **{op: _special(op, registry.get(op).arity) for op in _SPECIAL},
        **{op: CARRIER.call(op, registry.get(op.split()[0]).arity) for op in _CALLS},
        "sigmoid": "jax.nn.sigmoid({0})",
        "relu": "jax.nn.relu({0})",
        "ndtr": "0.5 * special.erfc(-0.7071067811865476 * {0})",
        "erfcinv": "-0.7071067811865476 * special.ndtri(0.5 * {0})",
        "stop_gradient": "lax.stop_gradient({0})",
        GUARDED: "jnp.where({1}, {0}, lax.stop_gradient({0}))",
    }


def dialect() -> Dialect:
    """How JAX writes ops, those that users have declared included."""
    return Dialect(
        library="JAX", table=table(), full="jnp.asarray({0}, {1}.dtype)",
        lifted=frozenset(_CALLS) - WHOLE - VARIANTS.keys(),
        to_float="{0}.astype({1}.dtype)", whole=WHOLE,
    )  # fmt: skip
