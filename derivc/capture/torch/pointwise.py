"""ATen operations that act on every element by itself."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from derivc.capture.elements import as_number, divide, each, mapped, op, power
from derivc.capture.torch.tensors import dtype_of
from derivc.symbolic.tracing import elementwise
from derivc.symbolic.tracing.refusal import refuse
from derivc.symbolic.tracing.scalar import is_tracer

Function = Callable[..., Any]

_SAME = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh"
    " atanh erf erfc erfinv lgamma digamma sinc sigmoid silu mish relu floor ceil trunc frac i0"
    " rsqrt atan2 hypot copysign fmod remainder logaddexp logaddexp2 xlogy hardswish hardsigmoid"
    " angle deg2rad rad2deg polygamma heaviside mvlgamma"
).split()
_RENAMED = {
    "sgn": "sign", "sign": "sign", "special_erfcx": "erfcx", "special_entr": "entr",
    "special_i0e": "i0e", "special_i1": "i1", "special_i1e": "i1e", "special_ndtri": "ndtri",
    "special_log_ndtr": "log_ndtr", "special_ndtr": "ndtr", "special_xlog1py": "xlog1py",
    "special_zeta": "zeta", "igamma": "gammainc", "igammac": "gammaincc",
    "special_bessel_j0": "j0", "special_bessel_j1": "j1", "special_bessel_y0": "y0",
    "special_bessel_y1": "y1", "special_modified_bessel_i0": "i0",
    "special_modified_bessel_i1": "i1", "special_modified_bessel_k0": "k0",
    "special_modified_bessel_k1": "k1", "special_scaled_modified_bessel_k0": "k0e",
    "special_scaled_modified_bessel_k1": "k1e", "special_spherical_bessel_j0": "sincu",
    "_prelu_kernel": "prelu",
}  # fmt: skip


def _by_element(function: Function) -> Function:
    return lambda *values: each(function, *values)


def _scaled(function: Function) -> Function:
    """`add` and `sub` with their factor `alpha`."""

    def apply(a: Any, b: Any, *, alpha: Any = 1) -> Any:
        return each(function, a, b if alpha == 1 else each(operator.mul, b, alpha))

    return apply


def _div(a: Any, b: Any, *, rounding_mode: str | None = None) -> Any:
    quotient = each(divide, a, b)
    if rounding_mode == "floor":
        return each(elementwise.function_of("floor_divide"), a, b)
    return mapped("trunc")(quotient) if rounding_mode == "trunc" else quotient


def _extreme(name: str) -> Function:
    return _by_element(elementwise.function_of(name))


def _clamp(x: Any, low: Any = None, high: Any = None, **named: Any) -> Any:
    low, high = named.get("min", low), named.get("max", high)
    bounds = [-np.inf if low is None else low, np.inf if high is None else high]
    return each(_clamped, x, *bounds)


def _clamped(x: Any, low: Any, high: Any) -> Any:
    """One element between bounds; a bound that varies competes with it as `maximum` does."""
    if is_tracer(low) or is_tracer(high):
        x = elementwise.function_of("maximum")(x, low)  # a constant infinity loses
        return elementwise.function_of("minimum")(x, high)
    if not is_tracer(x):
        return min(max(x, low), high)
    return op("clamp")(x, *map(_bound, (low, high)))


def _bound(value: Any) -> Any:
    """Infinities as SymPy's, which declared ops know."""
    return sp.sympify(value) if abs(value) != np.inf else (sp.oo if value > 0 else -sp.oo)


def _round(x: Any, *, decimals: int = 0) -> Any:
    scale = 10.0**decimals
    rounded = mapped("round")(x if not decimals else each(operator.mul, x, scale))
    return each(divide, rounded, scale) if decimals else rounded


def _logit(x: Any, eps: float | None = None) -> Any:
    return mapped("logit")(x if eps is None else _clamp(x, eps, 1 - eps))


def _gelu(x: Any, *, approximate: str = "none") -> Any:
    return mapped("gelu" if approximate == "none" else "gelu_tanh")(x)


def _elu(x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    """With the two scales of ATen, which selu and celu use."""
    if input_scale != 1:
        return each(operator.mul, mapped("celu")(x, 1 / input_scale), scale)
    return each(operator.mul, mapped("elu")(x, alpha), scale)


def _softplus(x: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    """The function itself; PyTorch's straight line above the threshold is its rounding of it.

    A threshold below the usual 20 is a visible bend, and kept.
    """
    smooth = mapped("softplus")(x, beta)
    if threshold >= 20:
        return smooth
    return each(lambda v, s: elementwise.choose(v * beta > threshold, v, s), x, smooth)


def _rrelu(x: Any, noise: Any, lower: Any = 0.125, upper: Any = 1 / 3, training: bool = False,
           generator: Any = None) -> Any:  # fmt: skip
    if training:
        raise refuse("draws random slopes (rrelu in training)", "call .eval() on the module")
    return mapped("leaky_relu")(x, (lower + upper) / 2)


def _glu(x: Any, dim: int = -1) -> Any:
    first, second = np.split(x, 2, axis=dim)
    return each(operator.mul, first, mapped("sigmoid")(second))


def _nan_to_num(x: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
    del nan, posinf, neginf  # traced values are taken for finite numbers
    return x.copy()


def _power(x: Any, e: Any) -> Any:
    return each(power, x, e)


def _polynomial(name: str) -> Function:
    """Orthogonal polynomials: PyTorch gives the argument first, derivc the degree."""
    return lambda x, n: each(lambda v, k: op(name)(int(k), v), x, n)


def _floats(function: Function) -> Function:
    """An operator of numbers, given truth values as 1 and 0."""
    return lambda a, b: function(_numeric(a), _numeric(b))


def _numeric(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _cast(x: Any, *, dtype: Any = None, **named: Any) -> Any:
    """Into another dtype: between floats nothing happens, integers are truncated."""
    import torch

    if dtype is None or dtype == dtype_of(x):
        return x.copy()
    if dtype.is_complex:
        raise refuse("makes complex numbers", "write real and imaginary parts out")
    if dtype == torch.bool:
        return each(elementwise.condition_of, x)
    numbers = each(as_number, x)
    return numbers if dtype.is_floating_point else mapped("trunc")(numbers)


_BINARY: dict[str, Function] = {
    "mul": operator.mul, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt,
    "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip

TABLE: dict[str, Function] = {
    **{name: mapped(name) for name in _SAME},
    **{name: mapped(ours) for name, ours in _RENAMED.items()},
    **{name: _by_element(_floats(function)) for name, function in _BINARY.items()},
    **{name: _extreme(name) for name in ("maximum", "minimum", "fmax", "fmin", "logical_and",
       "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or", "bitwise_xor",
       "isnan", "isinf", "isfinite", "signbit")},
    "bitwise_not": _extreme("logical_not"), "__and__": _extreme("logical_and"),
    "__or__": _extreme("logical_or"), "__xor__": _extreme("logical_xor"),
    "add": _scaled(_floats(operator.add)), "sub": _scaled(_floats(operator.sub)),
    "rsub": lambda a, b, *, alpha=1: _scaled(operator.sub)(b, a, alpha=alpha),
    "div": _div, "pow": _power, "float_power": _power, "neg": _by_element(operator.neg),
    "abs": _by_element(abs), "square": lambda x: _power(x, 2),
    "reciprocal": lambda x: each(divide, 1, x), "sqrt": _by_element(elementwise.sqrt),
    "floor_divide": _by_element(elementwise.function_of("floor_divide")),
    "clamp": _clamp, "clip": _clamp, "clamp_min": lambda x, low: _clamp(x, low),
    "clamp_max": lambda x, high: _clamp(x, None, high), "hardtanh": lambda x, min_val=-1, max_val=1:
        mapped("hardtanh")(x, min_val, max_val),
    "round": _round, "logit": _logit, "gelu": _gelu, "elu": _elu, "softplus": _softplus,
    "celu": lambda x, alpha=1: mapped("celu")(x, alpha), "selu": mapped("selu"),
    "leaky_relu": lambda x, slope=0.01: mapped("leaky_relu")(x, slope),
    "log_sigmoid_forward": lambda x: (mapped("log_sigmoid")(x), x),
    "log_sigmoid": mapped("log_sigmoid"), "relu6": mapped("relu6"),
    "rrelu_with_noise": _rrelu, "glu": _glu, "nan_to_num": _nan_to_num,
    "threshold": lambda x, at, value: mapped("threshold")(x, at, value),
    "hardshrink": lambda x, lambd=0.5: mapped("hardshrink")(x, lambd),
    "softshrink": lambda x, lambd=0.5: mapped("softshrink")(x, lambd),
    "where": _by_element(elementwise.choose),
    "lerp": lambda a, b, w: each(lambda a, b, w: a + w * (b - a), a, b, w),
    "addcmul": lambda x, a, b, *, value=1: each(lambda x, a, b: x + value * a * b, x, a, b),
    "addcdiv": lambda x, a, b, *, value=1: each(lambda x, a, b: x + value * divide(a, b), x, a, b),
    "special_chebyshev_polynomial_t": _polynomial("chebyshevt"),
    "special_chebyshev_polynomial_u": _polynomial("chebyshevu"),
    "special_legendre_polynomial_p": _polynomial("legendre"),
    "special_laguerre_polynomial_l": _polynomial("laguerre"),
    "special_hermite_polynomial_h": lambda x, n: each(_physicists, x, n),
    "special_hermite_polynomial_he": lambda x, n: each(_probabilists, x, n),
    "_to_copy": _cast,
}  # fmt: skip


def _recurrence(x: Any, n: int, scale: int) -> Any:
    """Hermite polynomials: H_{k+1} = s x H_k - s k H_{k-1} with s = 2, or 1 for He.

    https://dlmf.nist.gov/18.9.T1
    """
    before, now = 1.0, scale * x
    for k in range(1, n):
        before, now = now, scale * x * now - scale * k * before
    return now if n else before


def _physicists(x: Any, n: Any) -> Any:
    return _recurrence(x, int(n), 2)


def _probabilists(x: Any, n: Any) -> Any:
    return _recurrence(x, int(n), 1)
