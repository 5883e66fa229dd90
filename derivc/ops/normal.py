"""The error function, the normal distribution, and the activations made of them.

Formulas: https://dlmf.nist.gov/7. phi is the normal density, Phi its integral `ndtr`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Rational, erf, erfc, exp, pi, sqrt, tanh

from derivc.ops.bounded import bounded
from derivc.ops.declaration import Op, Spelling
from derivc.ops.declare import declare
from derivc.ops.magnitude import maximum, minimum
from derivc.ops.names import NAMELESS, Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import in_special, mpmath, squared
from derivc.ops.sigmoids import sigmoid

_INF = sp.oo
_HALF = Rational(1, 2)
_FLAT = sp.Integer(10) ** 30
_TAGS = ["special", "normal"]
_ACTIVATION = ["activation"]
_DLMF = "https://dlmf.nist.gov/7.2"


def _phi(x: Any) -> Any:
    """The normal density."""
    return exp(-(x**2) / 2) / sqrt(2 * pi)


def _far_sum(x: Any, sign: int) -> Any:
    """The sum of sign^k (2k - 1)!!/(2 x^2)^k over k = 1 .. 15, https://dlmf.nist.gov/7.12.E1."""
    r, total = 1 / x**2, sp.Integer(0)
    for k in range(15, 0, -1):
        total = sign * r * Rational(2 * k - 1, 2) * (1 + total)
    return total


def _erfcx_slope(x: Any, y: Any) -> Any:
    """2 x y - 2/sqrt(pi), and from x = 9 on its asymptotic series: the difference cancels."""
    return where(x > 9, 2 / sqrt(pi) * _far_sum(x, -1), 2 * x * y - 2 / sqrt(pi))


def _dawsn_slope(x: Any, y: Any) -> Any:
    """1 - 2 x y, and from |x| = 9 on its asymptotic series: the difference cancels."""
    return where(Abs(x) > 9, -_far_sum(x, 1), 1 - 2 * x * y)


def _mills(x: Any) -> Any:
    """phi/Phi: through erfcx below zero, where both are tiny and their quotient is not."""
    low, high = minimum(x, 0), maximum(x, 0)
    return where(x < 0, sqrt(2 / pi) / erfcx(-low / sqrt(2)), _phi(high) / ndtr(high))


def _log_ndtr_truth(x: Any) -> Any:
    mp = mpmath()
    return mp.log(mp.ncdf(x)) if x < 0 else mp.log1p(-mp.ncdf(-x))


def _erfcinv_truth(x: Any) -> Any:
    """Newton's method from the float's neighbourhood: mpmath has no inverse of erfc."""
    mp = mpmath()
    if x > _HALF:
        return mp.erfinv(1 - x)
    guess = mp.sqrt(-mp.log(x * mp.sqrt(mp.pi) * mp.sqrt(-mp.log(x)))) if x < 1e-3 else mp.mpf(1)
    return mp.findroot(lambda t: mp.log(mp.erfc(t)) - mp.log(x), guess)


erf_ = declare(
    "erf", "The error function.", params=("x",), symbol=erf, truth="erf", tags=_TAGS, cost=30,
    spelling=Spelling("special.erf", "math.erf"), range=(-1, 1), source=_DLMF,
    partials=lambda x, y: [2 / sqrt(pi) * exp(-(x**2))],
    also=in_special("erf", "erf", "erf").plus("torch.erf T.erf T.erf_ lax.erf"),
)  # fmt: skip
erfc_ = declare(
    "erfc", "One less the error function, without cancellation.", params=("x",), symbol=erfc,
    spelling=Spelling("special.erfc", "math.erfc"), truth="erfc", tags=_TAGS, range=(0, 2),
    partials=lambda x, y: [-2 / sqrt(pi) * exp(-(x**2))], cost=30, source=_DLMF,
    also=in_special("erfc", "erfc", "erfc").plus("torch.erfc T.erfc T.erfc_ lax.erfc"),
)  # fmt: skip
erfcx: Op = declare(
    "erfcx", "erfc scaled by exp(x^2).", meaning=lambda x: exp(x**2) * erfc(x), tags=_TAGS,
    spelling=Spelling("special.erfcx"), partials=lambda x, y: [_erfcx_slope(x, y)], cost=30,
    truth=lambda x: mpmath().exp(x**2) * mpmath().erfc(x), range=(0, _INF), source=_DLMF,
    also=in_special("erfcx", "erfcx").plus("jsp.special.erfcx"),
)  # fmt: skip
erfinv = declare(
    "erfinv", "The inverse of erf.", params=("x",), symbol=sp.erfinv, truth="erfinv", tags=_TAGS,
    spelling=Spelling("special.erfinv"), partials=lambda x, y: [sqrt(pi) / 2 * exp(y**2)],
    domain=lambda x: Abs(x) < 1, cost=40,
    also=in_special("erfinv", "erfinv", "erfinv").plus("torch.erfinv T.erfinv T.erfinv_"),
)  # fmt: skip
erfcinv = declare(
    "erfcinv", "The inverse of erfc.", params=("x",), symbol=sp.erfcinv, tags=_TAGS, cost=40,
    spelling=Spelling("special.erfcinv"), partials=lambda x, y: [-sqrt(pi) / 2 * exp(y**2)],
    truth=_erfcinv_truth, domain=lambda x: sp.And(x > 0, x < 2), also=in_special("erfcinv"),
)  # fmt: skip
ndtr: Op = declare(
    "ndtr", "The normal distribution function.", truth="ncdf", tags=_TAGS, range=(0, 1), cost=30,
    meaning=lambda x: erfc(-x / sqrt(2)) / 2, partials=lambda x, y: [_phi(x)],
    spelling=Spelling("special.ndtr", "0.5 * math.erfc(-0.7071067811865476 * {0})"),
    aliases=["normcdf"], also=in_special("ndtr", "ndtr", "ndtr"),
)  # fmt: skip
log_ndtr = declare(
    "log_ndtr", "The logarithm of the normal distribution function.", truth=_log_ndtr_truth,
    meaning=lambda x: sp.log(erfc(-x / sqrt(2)) / 2), spelling=Spelling("special.log_ndtr"),
    partials=lambda x, y: [_mills(x)], tags=_TAGS, range=(-_INF, 0), cost=40,
    also=in_special("log_ndtr", "log_ndtr", "log_ndtr"),
)  # fmt: skip
ndtri = declare(
    "ndtri", "The inverse of the normal distribution function.", tags=_TAGS, cost=40,
    meaning=lambda x: -sqrt(2) * sp.erfcinv(2 * x), spelling=Spelling("special.ndtri"),
    truth=lambda x: -mpmath().sqrt(2) * _erfcinv_truth(2 * x),
    partials=lambda x, y: [sqrt(2 * pi) * exp(y**2 / 2)], aliases=["norminv", "probit"],
    domain=lambda x: sp.And(x > 0, x < 1), also=in_special("ndtri", "ndtri", "ndtri"),
)  # fmt: skip
dawsn = declare(
    "dawsn", "Dawson's integral, exp(-x^2) times the integral of exp(t^2).", params=("x",),
    truth=lambda x: mpmath().sqrt(mpmath().pi) / 2 * mpmath().exp(-(x**2)) * mpmath().erfi(x),
    spelling=Spelling("special.dawsn"), partials=lambda x, y: [_dawsn_slope(x, y)], tags=_TAGS,
    range=(-1, 1), cost=30, also=in_special("dawsn").plus("jsp.special.dawsn"), source="https://dlmf.nist.gov/7.2.E5",
)  # fmt: skip
erfi = declare(
    "erfi", "The imaginary error function.", params=("x",), symbol=sp.erfi, truth="erfi",
    spelling=Spelling("special.erfi"), partials=lambda x, y: [2 / sqrt(pi) * exp(x**2)], cost=30,
    tags=_TAGS, also=in_special("erfi"),
)  # fmt: skip
gelu = declare(
    "gelu", "The number times the normal distribution function.", tags=_ACTIVATION, cost=32,
    meaning=lambda x: x * erfc(-x / sqrt(2)) / 2, stable=lambda x: maximum(x, -_FLAT) * ndtr(x),
    truth=lambda x: x * mpmath().ncdf(x),  # SymPy turns erfc(-x) into 2 - erfc(x), which cancels
    partials=lambda x, y: [ndtr(x) + bounded(x) * _phi(x)],
    also=Names("torch.nn.functional.gelu").plus(
        "nn.GELU jax.nn.gelu(approximate=False)"
    ),
)  # fmt: skip
gelu_tanh = declare(
    "gelu_tanh", "The gelu with the distribution function approximated by a tanh.", cost=12,
    meaning=lambda x: x * (1 + tanh(_gelu_inner(x) / 2)) / 2, tags=_ACTIVATION,
    stable=lambda x: maximum(x, -_FLAT) * sigmoid(_gelu_inner(x)),
    partials=lambda x, y: [_gelu_slope(x, bounded(x), sigmoid(_gelu_inner(x)))],
    also=NAMELESS.plus("F.gelu(approximate='tanh') nn.GELU(approximate='tanh') jax.nn.gelu"),
)  # fmt: skip

_CUBIC = Rational(44715, 1000000)


def _gelu_inner(x: Any) -> Any:
    """Twice the argument of the tanh: (1 + tanh(u))/2 is the logistic function of 2u."""
    return sqrt(8 / pi) * (x + _CUBIC * x**3)


def _gelu_slope(x: Any, b: Any, s: Any) -> Any:
    inner = sqrt(8 / pi) * (1 + 3 * _CUBIC * squared(b))
    return s + b * inner * (s * sigmoid(-_gelu_inner(x)))
