"""Functions of JAX that derivc knows as ops: found by name, and by being JAX's own jaxpr."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from derivc.capture.elements import choose, each, mapped, objects, op
from derivc.capture.jax.values import array_of
from derivc.symbolic.tracing import linear_algebra
from derivc.symbolic.tracing.array import TracedArray

Function = Callable[..., Any]


def _softplus_or_sum(a: Any, b: Any) -> Any:
    """logaddexp(x, 0) is softplus."""
    return each(lambda x, y: op("softplus")(x) if _is_zero(y) else op("logaddexp")(x, y), a, b)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value == 0


def _of_matrices(function: Function) -> Function:
    def apply(*arrays: Any) -> Any:
        found = function(*(array_of(a).view(TracedArray) for a in arrays))
        return tuple(map(objects, found)) if isinstance(found, tuple) else objects(found)

    return apply


def _interpolated(x: Any, xp: Any, fp: Any) -> Any:
    """`jnp.interp` over a constant grid, element by element."""
    from derivc.symbolic.tracing import ordering

    grid, heights = [float(v) for v in xp], list(fp)
    return each(lambda v: objects(ordering.interp(v, grid, heights)).item(), x)


def _sign_of_gamma(x: Any) -> Any:
    """1 where x > 0, else (-1)^floor(x)."""
    return choose(x > 0, 1.0, 1.0 - 2.0 * op("remainder")(op("floor")(x), 2.0))


_OPS = {
    "relu": "jax.nn.relu", "relu6": "jax.nn.relu6", "elu": "jax.nn.elu", "selu": "jax.nn.selu",
    "celu": "jax.nn.celu", "leaky_relu": "jax.nn.leaky_relu", "silu": "jax.nn.silu",
    "mish": "jax.nn.mish", "log_sigmoid": "jax.nn.log_sigmoid", "softplus": "jax.nn.softplus",
    "soft_sign": "jax.nn.soft_sign", "hard_tanh": "jax.nn.hard_tanh",
    "hypot": "jax.numpy.hypot", "sinc": "jax.numpy.sinc", "logaddexp2": "jax.numpy.logaddexp2",
    "xlogy": "jax.scipy.special.xlogy", "xlog1py": "jax.scipy.special.xlog1py",
    "entr": "jax.scipy.special.entr", "ndtr": "jax.scipy.special.ndtr",
    "log_ndtr": "jax.scipy.special.log_ndtr", "ndtri": "jax.scipy.special.ndtri",
    "i0": "jax.scipy.special.i0", "i1": "jax.scipy.special.i1", "expi": "jax.scipy.special.expi",
    "exp1": "jax.scipy.special.exp1", "betaln": "jax.scipy.special.betaln",
    "gamma": "jax.scipy.special.gamma", "erfcx": "jax.scipy.special.erfcx",
    "logit": "jax.scipy.special.logit", "copysign": "jax.numpy.copysign",
    "floor_divide": "jax.numpy.floor_divide", "remainder": "jax.numpy.remainder",
    "deg2rad": "jax.numpy.deg2rad", "rad2deg": "jax.numpy.rad2deg",
    "heaviside": "jax.numpy.heaviside",
}  # fmt: skip
_NAMES = {"soft_sign": "softsign", "hard_tanh": "hardtanh", "expi": "Ei"}
_FUNCTIONS: dict[str, tuple[str, Function]] = {
    **{name: (dotted, mapped(_NAMES.get(name, name))) for name, dotted in _OPS.items()},
    "logaddexp": ("jax.numpy.logaddexp", _softplus_or_sum),
    "gammasgn": ("jax.scipy.special.gammasgn", lambda x: each(_sign_of_gamma, x)),
    "expn": ("jax.scipy.special.exp1", mapped("exp1")),
    "det": ("jax.numpy.linalg.det", _of_matrices(linear_algebra.det)),
    "slogdet": ("jax.numpy.linalg.slogdet", _of_matrices(linear_algebra.slogdet)),
    "inv": ("jax.numpy.linalg.inv", _of_matrices(linear_algebra.inv)),
    "_interp": ("jax.numpy.interp", _interpolated),
    "solve": ("jax.numpy.linalg.solve", _of_matrices(linear_algebra.solve)),
}


def recognised(equation: Any, given: list[Any]) -> list[Any] | None:
    """The result of a call of one of JAX's own functions as the op of that name; None of others."""
    name = _name(equation)
    if name not in _FUNCTIONS or not _is_own(equation, name):
        return None
    with np.errstate(all="ignore"):
        found = _FUNCTIONS[name][1](*map(array_of, given))
    return list(found) if isinstance(found, tuple) else [found]


def _name(equation: Any) -> str:
    """The name of a called function, as JAX knows it."""
    params = equation.params
    if "name" in params:
        return str(params["name"])
    inner = params.get("call_jaxpr") or params.get("fun_jaxpr")
    told = getattr(getattr(inner, "jaxpr", inner), "debug_info", None)
    return str(getattr(told, "func_name", ""))


def _is_own(equation: Any, name: str) -> bool:
    """Whether a call does what JAX's function of that name does: their jaxprs are the same."""
    inner = _inside(equation)
    kinds = tuple((v.aval.shape, str(v.aval.dtype), v.aval.weak_type) for v in equation.invars)
    return bool(inner) and inner == _expected(name, kinds)


def _has_inside(equation: Any) -> bool:
    return bool({"jaxpr", "call_jaxpr", "fun_jaxpr"} & set(equation.params))


def _inside(equation: Any) -> str:
    params = equation.params
    inner = params.get("jaxpr") or params.get("call_jaxpr") or params.get("fun_jaxpr")
    return "" if inner is None else str(inner)


@lru_cache(maxsize=512)
def _expected(name: str, kinds: Any) -> str:
    """The jaxpr of JAX's own function for arguments of these kinds, as text."""
    import jax

    try:
        function = _named(_FUNCTIONS[name][0])
        shapes = [jax.ShapeDtypeStruct(s, np.dtype(d), weak_type=w) for s, d, w in kinds]
        made = jax.make_jaxpr(function)(*shapes)
    except Exception:  # noqa: BLE001  another version of JAX: not recognised, and taken apart
        return ""
    found = [e for e in made.jaxpr.eqns if e.params and _has_inside(e) and _name(e) == name]
    return _inside(found[0]) if len(made.jaxpr.eqns) == len(found) == 1 else ""


def _named(dotted: str) -> Any:
    from importlib import import_module

    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)
