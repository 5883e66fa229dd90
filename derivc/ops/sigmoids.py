"""The logistic function and what is made of it: softplus, silu, mish, logit.

Every stable form goes through exp(-|x|), which never overflows and is computed once.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Rational, exp, log, tanh

from derivc.ops.bounded import bounded
from derivc.ops.declaration import Kink, Op
from derivc.ops.declare import declare
from derivc.ops.exponential import log1p
from derivc.ops.magnitude import copysign, maximum, minimum
from derivc.ops.names import NAMELESS, Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import over

_TAGS = ["activation"]
_INF = sp.oo
_FLAT = sp.Integer(10) ** 30
_TINY = sp.Integer(10) ** -30
"""Below it the odds are 1/x, which may overflow."""
_SATURATED = sp.Integer(22)
"""From here on exp(-2 x) is less than half of a double's last place at 1."""


def _decay(x: Any) -> Any:
    return exp(-Abs(x))


def _functional(name: str, jax: str | None = None, scipy: str | None = None) -> Names:
    """The names of an activation in torch.nn.functional and jax.nn."""
    return Names(
        f"torch.nn.functional.{name}",
        f"jax.nn.{jax}" if jax else None,
        None,
        f"scipy.special.{scipy}" if scipy else None,
    )


def _sharpness(t: Any, beta: Any) -> Any:
    """The slope of softplus in beta at t = |beta x|, as a sum of terms of one sign."""
    return -(t * sigmoid(-t) + log1p(exp(-t))) / beta**2


sigmoid: Op = declare(
    "sigmoid", "The logistic function, the inverse of `logit`.", tex=r"\sigma\left({x}\right)",
    meaning=lambda x: 1 / (1 + exp(-x)), tags=_TAGS, range=(0, 1), cost=7,
    stable=lambda x: 1 / (1 + exp(-x)),  # where exp overflows, the quotient is right: 0
    partials=lambda x, y: [y * sigmoid(-x)], aliases=["expit", "logistic"],
    also=Names("torch.sigmoid", "jax.nn.sigmoid", None, "scipy.special.expit").plus(
        "F.sigmoid T.sigmoid T.sigmoid_ nn.Sigmoid special.expit jsp.special.expit lax.logistic"
    ),
)  # fmt: skip
log_sigmoid = declare(
    "log_sigmoid", "The logarithm of the logistic function.", aliases=["logsigmoid"],
    meaning=lambda x: -log(1 + exp(-x)), tags=_TAGS, range=(-_INF, 0), cost=12,
    stable=lambda x: minimum(x, 0) - log1p(_decay(x)), partials=lambda x, y: [sigmoid(-x)],
    also=_functional("logsigmoid", "log_sigmoid", "log_expit").plus(
        "nn.LogSigmoid aten.log_sigmoid_forward"
    ),
)  # fmt: skip
softplus = declare(
    "softplus", "A smooth relu: the logarithm of 1 + exp.",
    meaning=lambda x, beta=1: log(1 + exp(beta * x)) / beta, tags=_TAGS, range=(0, _INF), cost=12,
    stable=lambda x, beta: (maximum(beta * x, 0) + log1p(_decay(beta * x))) / beta,
    partials=lambda x, beta, y: [sigmoid(beta * x), _sharpness(Abs(beta * x), beta)],
    domain=lambda x, beta: beta > 0,
    also=_functional("softplus", "softplus").plus("nn.Softplus sp.special.softplus"),
)  # fmt: skip
silu = declare(
    "silu", "The number times its logistic function.", meaning=lambda x: x / (1 + exp(-x)),
    stable=lambda x: maximum(x, -_FLAT) * sigmoid(x), tags=_TAGS, aliases=["swish"], cost=9,
    partials=lambda x, y: [sigmoid(x) + bounded(x) * (sigmoid(x) * sigmoid(-x))],
    also=_functional("silu", "silu").plus("nn.SiLU jax.nn.swish"),
)  # fmt: skip
mish = declare(
    "mish", "The number times the tanh of its softplus.", tags=_TAGS, cost=12,
    meaning=lambda x: x * tanh(log(1 + exp(x))), also=_functional("mish", "mish").plus("nn.Mish"),
    stable=lambda x: sp.Mul(maximum(x, -_FLAT), _tanh_softplus(x), evaluate=False),
    partials=lambda x, y: [_mish_slope(x)],
)  # fmt: skip
logit = declare(
    "logit", "The logarithm of the odds, the inverse of `sigmoid`.", tags=_TAGS, cost=12,
    meaning=lambda x: log(x / (1 - x)), partials=lambda x, y: [1 / (x * (1 - x))],
    stable=lambda x: copysign(_log_odds(Abs(2 * x - 1), minimum(x, 1 - x)), 2 * x - 1),
    domain=lambda x: sp.And(x > 0, x < 1),
    also=Names("torch.logit", "jax.scipy.special.logit", None, "scipy.special.logit").plus(
        "special.logit T.logit T.logit_"
    ),
)  # fmt: skip
logit_eps = declare(
    "logit_eps", "The logit of the number clamped to [eps, 1 - eps].", tags=_TAGS, cost=14,
    meaning=lambda x, eps: logit(sp.Min(sp.Max(x, eps), 1 - eps)),
    stable=lambda x, eps: where(
        x > Rational(1, 2),
        -logit(maximum(1 - x, eps)),  # 1 - eps would be rounded
        logit(maximum(x, eps)),
    ),
    partials=lambda x, eps, y: [where(_inside(x, eps), 1 / (x * (1 - x)), 0), None],
    kinks=[
        Kink(lambda x, eps: x - eps, (None, None), "a corner at the clamp: the inner slope"),
        Kink(lambda x, eps: x - 1 + eps, (None, None), "a corner at the clamp: the inner slope"),
    ],
    domain=lambda x, eps: sp.And(eps > 0, eps < Rational(1, 2)),
    also=NAMELESS.plus("torch.logit(eps)"),
)  # fmt: skip


def _log_odds(distance: Any, rarer: Any) -> Any:
    """log(odds) = log(1 + (odds - 1)) of what is likelier: exact at 1/2 and at both ends."""
    return where(rarer < _TINY, -log(rarer), log1p(distance / rarer))


def _inside(x: Any, eps: Any) -> Any:
    return sp.And(x >= eps, x <= 1 - eps)


def _power(x: Any) -> Any:
    """exp(x), held where the tanh of softplus is 1 to every digit; its square does not overflow."""
    return exp(minimum(x, _SATURATED))


def _tanh_softplus(x: Any) -> Any:
    """tanh(log(1 + n)) = w/(w + 2) at n = exp(x), w = n (n + 2): nothing cancels."""
    w = _power(x) * (_power(x) + 2)
    return over(w, w + 2)


def _mish_slope(x: Any) -> Any:
    """t + x dt/dx = (w + 4 x n (n + 1)/(w + 2))/(w + 2)."""
    n = _power(x)
    w = n * (n + 2)
    bend = over(4 * (bounded(minimum(x, _SATURATED)) * (n * (n + 1))), w + 2)
    return over(w + bend, w + 2)
