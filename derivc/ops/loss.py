"""Losses, element by element: the reduction (mean or sum) is the user's.

Each follows the definition that PyTorch documents for `reduction="none"`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Rational, exp, log, sign

from derivc.ops.declaration import Kink, Op
from derivc.ops.declare import declare
from derivc.ops.exponential import log1p, xlogy
from derivc.ops.magnitude import maximum, minimum
from derivc.ops.names import NAMELESS
from derivc.ops.piecewise import where
from derivc.ops.shorthand import squared
from derivc.ops.sigmoids import sigmoid, softplus

_HALF = Rational(1, 2)
_INF = sp.oo
_TAGS = ["loss"]
_LOG_FLOOR = -100
_VAR_FLOOR = Rational(1, 10**6)
_BCE_FLOOR = Rational(1, 10**12)


def _loss(name: str, words: str, names: str = "", **rest: Any) -> Op:
    """A loss, with its names elsewhere."""
    return declare(name, words, tags=_TAGS, also=NAMELESS.plus(names), **rest)


def _tie(x: Any, t: Any, *_: Any) -> Any:
    return x - t


mse_loss = _loss(
    "mse_loss", "The squared error.", "F.mse_loss nn.MSELoss", meaning=lambda x, t: (x - t) ** 2,
    partials=lambda x, t, y: [2 * (x - t), -2 * (x - t)], range=(0, _INF), cost=2,
    aliases=["squared_error"],
)  # fmt: skip
l1_loss = _loss(
    "l1_loss", "The absolute error.",
    "F.l1_loss nn.L1Loss", meaning=lambda x, t: Abs(x - t), cost=2,
    partials=lambda x, t, y: [sign(x - t), -sign(x - t)], range=(0, _INF),
    kinks=[Kink(_tie, (0, 0), "a corner, as of abs", left=(-1, 1), right=(1, -1))],
)  # fmt: skip
smooth_l1_loss = _loss(
    "smooth_l1_loss", "Quadratic within beta of the target, linear beyond.",
    "F.smooth_l1_loss nn.SmoothL1Loss",
    meaning=lambda x, t, beta=1: where(
        Abs(x - t) < beta, (x - t) ** 2 / (2 * beta), Abs(x - t) - beta / 2
    ),
    partials=lambda x, t, beta, y: [_slope(x - t, beta), -_slope(x - t, beta), _bend(x - t, beta)],
    domain=lambda x, t, beta: beta >= 0, range=(0, _INF), cost=6,
)  # fmt: skip
huber_loss = _loss(
    "huber_loss", "Quadratic within delta of the target, linear beyond.",
    "F.huber_loss nn.HuberLoss",
    meaning=lambda x, t, delta=1: where(
        Abs(x - t) < delta, (x - t) ** 2 / 2, delta * (Abs(x - t) - delta / 2)
    ),
    partials=lambda x, t, delta, y: [
        _clip(x - t, delta), -_clip(x - t, delta), maximum(Abs(x - t) - delta, 0)
    ],
    domain=lambda x, t, delta: delta > 0, range=(0, _INF), cost=6, aliases=["huber"],
)  # fmt: skip
bce_loss = _loss(
    "binary_cross_entropy", "Cross-entropy of a probability; logarithms at least -100.",
    "F.binary_cross_entropy nn.BCELoss",
    meaning=lambda x, t: -(
        t * sp.Max(log(x), _LOG_FLOOR) + (1 - t) * sp.Max(log(1 - x), _LOG_FLOOR)
    ),
    stable=lambda x, t: -(
        t * maximum(log(x), _LOG_FLOOR) + (1 - t) * maximum(log1p(-x), _LOG_FLOOR)
    ),
    partials=lambda x, t, y: [
        (x - t) / maximum(x * (1 - x), _BCE_FLOOR),
        maximum(log1p(-x), _LOG_FLOOR) - maximum(log(x), _LOG_FLOOR),
    ],
    domain=lambda x, t: sp.And(x > 0, x < 1, t >= 0, t <= 1), aliases=["bce", "bce_loss"], cost=15,
)  # fmt: skip
bce_with_logits = _loss(
    "binary_cross_entropy_with_logits", "Cross-entropy of the logit of a probability.",
    "F.binary_cross_entropy_with_logits nn.BCEWithLogitsLoss",
    meaning=lambda x, t: log(1 + exp(x)) - t * x,
    stable=lambda x, t: log1p(exp(-Abs(x))) + (maximum(x, 0) - t * x),
    partials=lambda x, t, y: [(1 - t) * sigmoid(x) - t * sigmoid(-x), -x],
    aliases=["bce_with_logits"], cost=16,
)  # fmt: skip
kl_div = _loss(
    "kl_div", "Divergence from a log-probability to a probability.", "F.kl_div nn.KLDivLoss",
    meaning=lambda x, t: where(sp.Eq(t, 0), 0, t * log(t)) - t * x,
    stable=lambda x, t: xlogy(t, t) - t * x, partials=lambda x, t, y: [-t, log(t) + 1 - x],
    domain=lambda x, t: t > 0, cost=8,
)  # fmt: skip
poisson_nll = _loss(
    "poisson_nll_loss", "Poisson likelihood of the logarithm of a rate.",
    "F.poisson_nll_loss nn.PoissonNLLLoss",
    meaning=lambda x, t: exp(x) - t * x, partials=lambda x, t, y: [exp(x) - t, -x], cost=5,
    aliases=["poisson_nll"],
)  # fmt: skip
gaussian_nll = _loss(
    "gaussian_nll_loss", "Normal likelihood of a mean and a variance, the latter at least eps.",
    "F.gaussian_nll_loss nn.GaussianNLLLoss",
    meaning=lambda x, t, var, eps=_VAR_FLOOR: _HALF * (
        log(sp.Max(var, eps)) + (x - t) ** 2 / sp.Max(var, eps)
    ),
    stable=lambda x, t, var, eps: _HALF * (
        log(maximum(var, eps)) + squared(x - t) / maximum(var, eps)
    ),
    partials=lambda x, t, var, eps, y: _gaussian(x - t, maximum(var, eps)),
    domain=lambda x, t, var, eps: var > eps, aliases=["gaussian_nll"], cost=8,
)  # fmt: skip
soft_margin = _loss(
    "soft_margin_loss", "Logistic loss of a score and a label of +-1.",
    "F.soft_margin_loss nn.SoftMarginLoss",
    meaning=lambda x, t: log(1 + exp(-t * x)), stable=lambda x, t: softplus(-t * x), cost=13,
    partials=lambda x, t, y: [-t * sigmoid(-t * x), -x * sigmoid(-t * x)], range=(0, _INF),
)  # fmt: skip
hinge = _loss(
    "hinge_loss", "How far a score is from its label's side of the margin 1.", cost=3,
    meaning=lambda x, t: sp.Max(1 - t * x, 0), stable=lambda x, t: maximum(1 - t * x, 0),
    partials=lambda x, t, y: [where(t * x < 1, -t, 0), where(t * x < 1, -x, 0)], range=(0, _INF),
    kinks=[Kink(lambda x, t: 1 - t * x, (0, 0), "a corner, as of relu")], aliases=["hinge"],
)  # fmt: skip
margin_ranking = _loss(
    "margin_ranking_loss", "The margin that a lacks over b for label 1, or b over a for label -1.",
    "F.margin_ranking_loss nn.MarginRankingLoss",
    meaning=lambda a, b, label, margin=0: sp.Max(margin - label * (a - b), 0),
    stable=lambda a, b, label, margin: maximum(margin - label * (a - b), 0),
    partials=lambda a, b, label, margin, y: [
        where(label * (a - b) < margin, -label, 0), where(label * (a - b) < margin, label, 0),
        None, where(label * (a - b) < margin, 1, 0),
    ],
    kinks=[Kink(lambda a, b, t, m: m - t * (a - b), (0, 0, None, 0), "a corner of relu")],
    domain=lambda a, b, label, margin: sp.Eq(Abs(label), 1), cost=4,
)  # fmt: skip
hinge_embedding = _loss(
    "hinge_embedding_loss", "The distance for label 1, the lack of margin for label -1.",
    "F.hinge_embedding_loss nn.HingeEmbeddingLoss",
    meaning=lambda x, label, margin=1: where(sp.Eq(label, 1), x, sp.Max(margin - x, 0)),
    stable=lambda x, label, margin: where(sp.Eq(label, 1), x, maximum(margin - x, 0)),
    partials=lambda x, label, margin, y: [
        where(sp.Eq(label, 1), 1, where(x < margin, -1, 0)),
        None,
        where(sp.And(sp.Ne(label, 1), x < margin), 1, 0),
    ],
    kinks=[Kink(lambda x, t, m: Abs(x - m) + Abs(t + 1), (0, None, 0), "a corner of relu")],
    domain=lambda x, label, margin: sp.Eq(Abs(label), 1), cost=4,
)  # fmt: skip


def _clip(d: Any, bound: Any) -> Any:
    return minimum(maximum(d, -bound), bound)


def _slope(d: Any, beta: Any) -> Any:
    """The slope in the distance; for beta = 0 the sign, which is 0 at 0."""
    return where(sp.Eq(d, 0), 0, _clip(d / beta, sp.Integer(1)))


def _bend(d: Any, beta: Any) -> Any:
    """The slope in beta: -(d/beta)^2/2 within, -1/2 beyond."""
    return -squared(_slope(d, beta)) / 2


def _gaussian(d: Any, var: Any) -> list[Any]:
    slope = d / var
    return [slope, -slope, _HALF * (1 - d * slope) / var, None]
