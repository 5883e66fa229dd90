"""How JAX writes ops."""

from __future__ import annotations

from derivc.codegen.straight import Dialect
from derivc.ops import registry
from derivc.passes.guard import GUARDED

_INFIX = {
    "add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}",
    "lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}",
    "eq": "{0} == {1}", "ne": "{0} != {1}", "logical_and": "{0} & {1}",
    "logical_or": "{0} | {1}", "logical_not": "~{0}",
}  # fmt: skip
_SPECIAL = (
    "i0 i1 i0e i1e gamma digamma zeta gammainc gammaincc betainc exp1 erf erfc erfinv log_ndtr"
    " ndtri"
).split()
_RENAMED = {"lgamma_far": "gammaln", "Ei": "expi"}

KEPT = frozenset({"sigmoid", "relu"})
"""Composites that JAX computes as exactly as their stable forms, with the same slope at a kink."""


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
        **{op: _special(name, 1) for op, name in _RENAMED.items()},
        "sigmoid": "jax.nn.sigmoid({0})",
        "relu": "jax.nn.relu({0})",
        "ndtr": "0.5 * special.erfc(-0.7071067811865476 * {0})",
        "erfcinv": "-0.7071067811865476 * special.ndtri(0.5 * {0})",
        "expint": "special.expn({0}, {1})",
        GUARDED: "jnp.where({1}, {0}, lax.stop_gradient({0}))",
    }


def dialect() -> Dialect:
    """How JAX writes ops, those that users have declared included."""
    return Dialect(
        library="JAX", table=table(), full="jnp.asarray({0}, {1}.dtype)",
        lifted=frozenset({"zeta", "gammainc", "gammaincc", "betainc"}),
        to_float="{0}.astype({1}.dtype)", whole=frozenset({"expint"}),
    )  # fmt: skip
