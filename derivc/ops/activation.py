"""Activations of neural networks that are linear in pieces, or exponential in pieces.

At every corner the slope is the one that PyTorch documents.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Rational, exp, sign, tanh

from derivc.ops.bounded import bounded
from derivc.ops.declaration import Kink, Op
from derivc.ops.declare import declare
from derivc.ops.exponential import expm1
from derivc.ops.magnitude import maximum, minimum
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import jump, over, squared

_INF = sp.oo
_HALF = Rational(1, 2)
_TAGS = ["activation"]
_LEAK, _LOWER, _UPPER = Rational(1, 100), Rational(1, 8), Rational(1, 3)
_FAR = sp.Integer(10) ** 30
_ALPHA = Rational("1.6732632423543772848170429916717")
_SCALE = Rational("1.0507009873554804934193349852946")


def _nn(torch: str, jax: str | None = None) -> Names:
    return Names(f"torch.nn.functional.{torch}", f"jax.nn.{jax}" if jax else None)


def _corner(at: Any, slope: Any, left: Any, right: Any, jax: Any = None) -> Kink:
    return Kink(at, slope, "a corner; PyTorch's choice", left=left, right=right, jax=jax)


relu: Op = declare(
    "relu", "The positive part.", meaning=lambda x: sp.Max(x, 0), range=(0, _INF), tags=_TAGS,
    stable=lambda x: maximum(x, 0), partials=lambda x, y: [where(x <= 0, 0, 1)],
    kinks=[_corner(0, 0, 0, 1)],
    also=Names("torch.relu", "jax.nn.relu").plus("F.relu T.relu T.relu_ nn.ReLU"),
)  # fmt: skip
relu6 = declare(
    "relu6", "The positive part, at most 6.", meaning=lambda x: sp.Min(sp.Max(x, 0), 6),
    stable=lambda x: minimum(maximum(x, 0), 6), range=(0, 6), tags=_TAGS, cost=2,
    partials=lambda x, y: [where(sp.Or(x <= 0, x >= 6), 0, 1)],
    kinks=[_corner(0, 0, 0, 1), _corner(6, 0, 1, 0)], also=_nn("relu6", "relu6").plus("nn.ReLU6"),
)  # fmt: skip
hardtanh = declare(
    "hardtanh", "The number clamped, by default to [-1, 1].", tags=_TAGS, cost=2,
    meaning=lambda x, min_val=-1, max_val=1: sp.Min(sp.Max(x, min_val), max_val),
    stable=lambda x, min_val, max_val: minimum(maximum(x, min_val), max_val),
    partials=lambda x, lo, hi, y: [
        where(sp.Or(x <= lo, x >= hi), 0, 1), where(x < lo, 1, 0), where(x > hi, 1, 0)
    ],
    kinks=[
        _corner(lambda x, lo, hi: x - lo, (0, 0, None), (0, None, None), (1, None, None)),
        _corner(lambda x, lo, hi: x - hi, (0, None, 0), (1, None, None), (0, None, None)),
    ],
    domain=lambda x, lo, hi: lo < hi, also=_nn("hardtanh", "hard_tanh").plus("nn.Hardtanh"),
)  # fmt: skip
leaky_relu = declare(
    "leaky_relu", "The number, or a fraction of it below zero.", tags=_TAGS, cost=2,
    meaning=lambda x, negative_slope=_LEAK: where(x > 0, x, negative_slope * x),
    partials=lambda x, slope, y: [where(x > 0, 1, slope), where(x > 0, 0, x)],
    kinks=[_corner(0, (None, 0), None, (1, None), (1, None))],
    also=_nn("leaky_relu", "leaky_relu").plus("nn.LeakyReLU"),
)  # fmt: skip
prelu = declare(
    "prelu", "The number, or a learned fraction of it below zero.", tags=_TAGS, cost=2,
    meaning=lambda x, weight: where(x > 0, x, weight * x),
    partials=lambda x, weight, y: [where(x > 0, 1, weight), where(x > 0, 0, x)],
    kinks=[_corner(0, (None, 0), None, (1, None))],
    also=_nn("prelu").plus("torch.prelu T.prelu nn.PReLU aten._prelu_kernel"),
)  # fmt: skip
rrelu = declare(
    "rrelu", "The randomised leaky relu as it is in evaluation: the mean slope.", tags=_TAGS,
    meaning=lambda x, lower=_LOWER, upper=_UPPER: where(
        x >= 0, x, (lower + upper) / 2 * x
    ),
    partials=lambda x, lower, upper, y: [
        where(x > 0, 1, (lower + upper) / 2), where(x >= 0, 0, x / 2), where(x >= 0, 0, x / 2)
    ],
    kinks=[_corner(0, (None, 0, 0), None, (1, None, None))],
    also=_nn("rrelu").plus("torch.rrelu nn.RReLU"), cost=3,
)  # fmt: skip
elu = declare(
    "elu", "The number, or alpha (exp(x) - 1) below zero.", tags=_TAGS, cost=9,
    meaning=lambda x, alpha=1: where(x > 0, x, alpha * (exp(x) - 1)),
    stable=lambda x, alpha: where(x > 0, x, alpha * expm1(minimum(x, 0))),
    partials=lambda x, alpha, y: [
        where(x > 0, 1, alpha * exp(x)), where(x > 0, 0, expm1(minimum(x, 0))),
    ],
    kinks=[_corner(0, (None, 0), None, (1, None))], also=_nn("elu", "elu").plus("nn.ELU"),
)  # fmt: skip
selu = declare(
    "selu", "The elu whose two constants keep mean 0 and variance 1.", tags=_TAGS, cost=10,
    meaning=lambda x: _SCALE * where(x > 0, x, _ALPHA * (exp(x) - 1)),
    stable=lambda x: where(x > 0, _SCALE * x, _SCALE * _ALPHA * expm1(minimum(x, 0))),
    partials=lambda x, y: [where(x > 0, _SCALE, _SCALE * _ALPHA * exp(x))],
    kinks=[_corner(0, _SCALE * _ALPHA, _SCALE * _ALPHA, _SCALE)],
    also=_nn("selu", "selu").plus("torch.selu nn.SELU"),
)  # fmt: skip
celu = declare(
    "celu", "The elu whose slope is continuous for every alpha.", tags=_TAGS, cost=10,
    meaning=lambda x, alpha=1: where(x > 0, x, alpha * (exp(x / alpha) - 1)),
    stable=lambda x, alpha: where(x > 0, x, alpha * expm1(minimum(x, 0) / alpha)),
    partials=lambda x, alpha, y: [
        where(x > 0, 1, exp(minimum(x, 0) / alpha)),
        where(x > 0, 0, _celu_bend(minimum(x, 0) / alpha)),
    ],
    domain=lambda x, alpha: sp.Ne(alpha, 0), also=_nn("celu", "celu").plus("torch.celu nn.CELU"),
)  # fmt: skip
softsign = declare(
    "softsign", "x/(1 + |x|).", meaning=lambda x: x / (1 + Abs(x)), range=(-1, 1), tags=_TAGS,
    stable=lambda x: bounded(x, _FAR) / (1 + Abs(bounded(x, _FAR))), cost=5,
    partials=lambda x, y: [1 / squared(1 + Abs(x))],
    also=_nn("softsign", "soft_sign").plus("nn.Softsign"),
)  # fmt: skip
hardsigmoid = declare(
    "hardsigmoid", "A sigmoid of three straight pieces.", range=(0, 1), tags=_TAGS, cost=4,
    meaning=lambda x: sp.Min(sp.Max(x + 3, 0), 6) / 6, aliases=["hard_sigmoid"],
    stable=lambda x: minimum(maximum(x + 3, 0), 6) / 6,
    partials=lambda x, y: [where(sp.And(x > -3, x < 3), Rational(1, 6), 0)],
    kinks=[_corner(-3, 0, 0, Rational(1, 6)), _corner(3, 0, Rational(1, 6), 0)],
    also=_nn("hardsigmoid", "hard_sigmoid").plus("nn.Hardsigmoid"),
)  # fmt: skip
hardswish = declare(
    "hardswish", "The number times its hardsigmoid.", tags=_TAGS, cost=5,
    meaning=lambda x: x * sp.Min(sp.Max(x + 3, 0), 6) / 6, aliases=["hard_swish"],
    stable=lambda x: where(x <= -3, 0, x * (minimum(maximum(x + 3, 0), 6) / 6)),
    partials=lambda x, y: [where(x <= -3, 0, where(x >= 3, 1, x / 3 + _HALF))],
    kinks=[_corner(-3, 0, 0, -_HALF), _corner(3, 1, 3 * _HALF, 1)],
    also=_nn("hardswish", "hard_swish").plus("nn.Hardswish"),
)  # fmt: skip
threshold = declare(
    "threshold", "The number above the threshold, a fixed value elsewhere.", tags=_TAGS, cost=2,
    meaning=lambda x, threshold, value: where(x > threshold, x, value),
    partials=lambda x, t, value, y: [where(x > t, 1, 0), 0, where(x > t, 0, 1)],
    kinks=[jump(lambda x, t, value: x - t, "a jump", (0, 0, 1))],
    also=_nn("threshold").plus("torch.threshold nn.Threshold"),
)  # fmt: skip
hardshrink = declare(
    "hardshrink", "The number, or 0 within lambd of zero.", tags=_TAGS, cost=3,
    meaning=lambda x, lambd=_HALF: where(Abs(x) > lambd, x, 0),
    partials=lambda x, lambd, y: [where(Abs(x) > lambd, 1, 0), 0],
    kinks=[jump(lambda x, lambd: Abs(x) - lambd, "a jump", (0, 0))],
    also=_nn("hardshrink").plus("torch.hardshrink T.hardshrink nn.Hardshrink"),
)  # fmt: skip
softshrink = declare(
    "softshrink", "The number moved lambd towards zero, 0 within lambd.", tags=_TAGS, cost=5,
    meaning=lambda x, lambd=_HALF: sign(x) * sp.Max(Abs(x) - lambd, 0),
    stable=lambda x, lambd: sign(x) * maximum(Abs(x) - lambd, 0),
    partials=lambda x, lambd, y: [
        where(Abs(x) > lambd, 1, 0), where(Abs(x) > lambd, -sign(x), 0)
    ],
    kinks=[Kink(lambda x, lambd: Abs(x) - lambd, (0, 0), "a corner; PyTorch's choice")],
    domain=lambda x, lambd: lambd > 0, also=_nn("softshrink").plus("nn.Softshrink"),
)  # fmt: skip
tanhshrink = declare(
    "tanhshrink", "The number less its tanh.", meaning=lambda x: x - tanh(x), tags=_TAGS,
    stable=lambda x: where(Abs(x) < 1, _small_tanhshrink(x), x - tanh(x)), cost=20,
    partials=lambda x, y: [squared(tanh(x))], also=_nn("tanhshrink").plus("nn.Tanhshrink"),
)  # fmt: skip


def _celu_bend(u: Any) -> Any:
    return expm1(u) - exp(u) * u


def _small_tanhshrink(x: Any) -> Any:
    """x q/(1 + q), q = x^2/(3 + x^2/(5 + ...)): Lambert's fraction, as one of positive terms.

    https://dlmf.nist.gov/4.39.E1
    """
    z = sp.Symbol("z")
    q: Any = 0
    for odd in range(19, 1, -2):
        q = z / (odd + q)
    above, below = sp.fraction(sp.cancel(q / (1 + q)))
    return x * over(_powers(above, z, squared(x)), _powers(below, z, squared(x)))


def _powers(polynomial: Any, z: Any, at: Any) -> Any:
    """A polynomial by Horner."""
    total: Any = sp.Integer(0)
    for coefficient in sp.Poly(polynomial, z).all_coeffs():
        total = total * at + coefficient
    return total
