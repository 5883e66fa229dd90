"""What PyTorch's operations do to stand-ins, where the catalogue of ops does not say it already.

Each rule takes arrays of stand-ins in the order of the operation's schema, defaults left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from derivc.ops import registry
from derivc.symbolic.tracing.array import wrap
from derivc.symbolic.tracing.elementwise import apply_op, call_op, choose, clip
from derivc.symbolic.tracing.scalar import Scalar
from derivc.symbolic.tracing.ufuncs import elementwise
from derivc.verify.audit.torched.memory import traced

Rule = Callable[..., Any]


def find(name: str) -> Rule | None:
    """The rule of an operation by its name without `aten::`, or None."""
    if name in RULES:
        return RULES[name]
    for module in ("torch", "torch.special", "torch.nn.functional"):
        op = registry.resolve(f"{module}.{name.removeprefix('special_')}")
        if op is not None:
            return lambda *args: call_op(op, args, {})
    return None


def _op(name: str) -> Rule:
    op = registry.get(name)
    return lambda *args: elementwise(lambda *each: apply_op(op, *each), args)


def _axis(dim: Any) -> Any:
    if dim is None or (isinstance(dim, list | tuple) and not dim):
        return None
    return tuple(dim) if isinstance(dim, list | tuple) else dim


def _along(name: str) -> Rule:
    """A reduction of NumPy's, called by PyTorch's arguments."""

    def reduce(x: Any, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
        return getattr(np, name)(traced(x), axis=_axis(dim), keepdims=keepdim)

    return reduce


def _variance(x: Any, dim: Any = None, *, correction: Any = 1, keepdim: bool = False) -> Any:
    axis = _axis(dim)
    x = traced(x)
    count = x.size // max(1, np.size(np.sum(x, axis=axis)))
    centred = x - traced(np.mean(x, axis=axis, keepdims=True))
    return np.sum(traced(centred * centred), axis=axis, keepdims=keepdim) / (count - correction)


def _softmax(x: Any, dim: int, half: bool = False) -> Any:
    raised = traced(np.exp(traced(x)))
    return raised / traced(np.sum(raised, axis=dim, keepdims=True))


def _logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    return np.log(traced(np.sum(traced(np.exp(traced(x))), axis=_axis(dim), keepdims=keepdim)))


def _log_softmax(x: Any, dim: int, half: bool = False) -> Any:
    return traced(x) - traced(_logsumexp(x, dim, True))


def _norm(x: Any, order: float = 2, dim: Any = None, keepdim: bool = False, **named: Any) -> Any:
    x, axis = traced(x), _axis(dim)
    if order == 2:
        return np.sqrt(traced(np.sum(traced(x * x), axis=axis, keepdims=keepdim)))
    if math.isinf(order):
        return np.max(traced(np.abs(x)), axis=axis, keepdims=keepdim)
    powers = traced(np.sum(traced(traced(np.abs(x)) ** order), axis=axis, keepdims=keepdim))
    return powers if order == 1 else powers ** (1 / order)


def _gelu(x: Any, *, approximate: str = "none") -> Any:
    return _op("gelu_tanh" if approximate == "tanh" else "gelu")(x)


def _elu(x: Any, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Any:
    x = traced(x)
    return traced(_op("elu")(x * input_scale, alpha)) * scale


def _matrix_product(a: Any, b: Any) -> Any:
    return np.matmul(_plain(a), _plain(b))


def _plain(x: Any) -> Any:
    return np.asarray(x, dtype=object)


def _scaled_sum(c: Any, a: Any, b: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    product = traced(_matrix_product(a, b))
    return (traced(c) * beta if beta != 1 else traced(c)) + (
        product * alpha if alpha != 1 else product
    )


def _add(a: Any, b: Any, *, alpha: float = 1) -> Any:
    return _sum(a, b if alpha == 1 else traced(b) * alpha)


def _sum(a: Any, b: Any) -> Any:
    return traced(number(a)) + traced(number(b))


def number(values: Any) -> Any:
    """Conditions and truth values as 1 and 0."""
    from derivc.symbolic.tracing.condition import Condition

    def as_number(v: Any) -> Any:
        return choose(v, 1.0, 0.0) if isinstance(v, Condition | bool) else v

    return elementwise(as_number, [values])


def _less(a: Any, b: Any, *, alpha: float = 1) -> Any:
    return _sum(a, traced(number(b)) * -alpha if alpha != 1 else -traced(number(b)))


def _times(a: Any, b: Any) -> Any:
    return traced(number(a)) * traced(number(b))


def _over(a: Any, b: Any, *, rounding_mode: str | None = None) -> Any:
    found = traced(number(a)) / traced(number(b))
    names = {"floor": "floor", "trunc": "trunc"}
    return found if rounding_mode is None else _op(names[rounding_mode])(traced(found))


def _power(a: Any, e: Any) -> Any:
    if np.ndim(e) == 0 and isinstance(value := np.asarray(e, object).item(), float | int):
        e = int(value) if float(value).is_integer() else value
        if e == 0.5:
            return np.sqrt(traced(a))
    return traced(a) ** e


def _threshold_backward(g: Any, x: Any, threshold: float) -> Any:
    return elementwise(lambda c, a: choose(c, a, 0.0), [traced(x) > threshold, traced(number(g))])


def _dot(a: Any, b: Any) -> Any:
    return np.sum(traced(a) * traced(b))


def _log_sigmoid(x: Any) -> Any:
    return _op("log_sigmoid")(x), np.zeros(0)


def _outer(a: Any, b: Any) -> Any:
    return traced(a)[:, None] * traced(b)[None, :]


def _softplus(x: Any, beta: float = 1, threshold: float = 20) -> Any:
    return _op("softplus")(x, beta)


def _bounded(x: Any, low: Any = None, high: Any = None) -> Any:
    return elementwise(lambda *each: clip(*each), [x, low, high])


def _cumulative(name: str) -> Rule:
    return lambda x, dim, **named: getattr(np, name)(traced(x), axis=dim)


def _root(x: Any) -> Any:
    return np.sqrt(traced(x))


def _reciprocal_root(x: Any) -> Any:
    return elementwise(
        lambda v: v**-0.5 if isinstance(v, float) else Scalar(sp.Pow(v.tree, sp.Rational(-1, 2))),
        [x],
    )


RULES: dict[str, Rule] = {
    "add": _add, "sub": _less, "rsub": lambda a, b, **n: _less(b, a, **n), "mul": _times,
    "div": _over, "true_divide": _over, "pow": _power, "sqrt": _root, "rsqrt": _reciprocal_root,
    "neg": lambda x: -traced(x), "abs": lambda x: np.abs(traced(x)),
    "square": lambda x: traced(x) * traced(x), "reciprocal": lambda x: 1 / traced(x),
    "clamp": _bounded, "clamp_min": _bounded, "clamp_max": lambda x, h: _bounded(x, None, h),
    "hardtanh": _bounded, "gelu": _gelu, "elu": _elu, "softplus": _softplus,
    "log_sigmoid_forward": _log_sigmoid,
    "where": lambda c, a, b: elementwise(choose, [c, number(a), number(b)]),
    "masked_fill": lambda x, m, v: elementwise(choose, [m, v, x]),
    "bitwise_and": lambda a, b: np.logical_and(traced(a), traced(b)),
    "bitwise_or": lambda a, b: np.logical_or(traced(a), traced(b)),
    "logical_and": lambda a, b: np.logical_and(traced(a), traced(b)),
    "logical_or": lambda a, b: np.logical_or(traced(a), traced(b)),
    "bitwise_not": lambda a: np.logical_not(traced(a)),
    "logical_not": lambda a: np.logical_not(traced(a)),
    "gt": lambda a, b: traced(a) > b, "lt": lambda a, b: traced(a) < b,
    "ge": lambda a, b: traced(a) >= b, "le": lambda a, b: traced(a) <= b,
    "eq": lambda a, b: np.equal(traced(a), b), "ne": lambda a, b: np.not_equal(traced(a), b),
    "isnan": lambda x: np.zeros(np.shape(x), bool), "isinf": lambda x: np.zeros(np.shape(x), bool),
    "isfinite": lambda x: np.ones(np.shape(x), bool),
    "sum": _along("sum"), "mean": _along("mean"), "prod": _along("prod"),
    "amax": _along("max"), "amin": _along("min"),
    "var": _variance, "std": lambda *a, **n: np.sqrt(traced(_variance(*a, **n))),
    "_softmax": _softmax, "_log_softmax": _log_softmax, "logsumexp": _logsumexp,
    "linalg_vector_norm": _norm, "norm": _norm,
    "cumsum": _cumulative("cumsum"), "cumprod": _cumulative("cumprod"),
    "mm": _matrix_product, "bmm": _matrix_product, "mv": _matrix_product, "dot": _dot,
    "vdot": _dot, "addmm": _scaled_sum, "addmv": _scaled_sum, "baddbmm": _scaled_sum,
    "ger": _outer, "threshold_backward": _threshold_backward,
    "_to_copy": lambda x, **n: number(x), "fill": lambda x, v: np.broadcast_to(v, np.shape(x)),
    "zero": lambda x: np.zeros(np.shape(x)), "copy": lambda x, v, *rest: number(v),
}  # fmt: skip
"""By the operation's name; those that the catalogue of ops knows by PyTorch's name are not here."""

MOVING = frozenset(
    "clone cat stack index index_select gather flip roll repeat tril triu constant_pad_nd"
    " slice_scatter select_scatter index_put scatter scatter_add new_zeros slice_backward"
    " select_backward diag_embed diagonal_backward unfold repeat_interleave take masked_select"
    " embedding im2col contiguous _reshape_copy lift_fresh_copy scatter_src"
    " as_strided_copy index_fill pixel_shuffle reflection_pad1d replication_pad1d".split()
)
"""Operations that only move elements, and fill the rest with zeros: run on the places instead."""


def finished(result: Any) -> Any:
    """A result as a tuple of arrays."""
    return tuple(map(wrap, result)) if isinstance(result, tuple) else (wrap(result),)
