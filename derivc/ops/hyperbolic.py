"""Hyperbolic functions and their inverses.

Formulas: https://dlmf.nist.gov/4 (sections 4.28 to 4.40). The derivative of tanh is the square of
sech, which keeps its digits where 1 - tanh^2 has none left (from |x| = 19 on).
"""

from __future__ import annotations

import sympy as sp
from sympy import Abs, Rational, cosh, coth, csch, exp, log, sech, sign, sinh, sqrt, tanh

from derivc.ops.bounded import bounded
from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.exponential import expm1, log1p
from derivc.ops.magnitude import copysign, hypot
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, over, squared

_TAGS = ["hyperbolic"]
_STRAIGHT = 40
"""From here on the slope of log cosh is 1 to every digit; its terms do not overflow up to here."""

sinh_ = declare(
    "sinh", "The hyperbolic sine.", params=("x",), symbol=sinh, truth="sinh", tags=_TAGS, cost=10,
    spelling=Spelling("np.sinh", "math.sinh"), partials=lambda x, y: [cosh(x)],
    also=everywhere("sinh").plus("T.sinh T.sinh_ lax.sinh"), source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
cosh_ = declare(
    "cosh", "The hyperbolic cosine.", params=("x",), symbol=cosh, truth="cosh", tags=_TAGS,
    spelling=Spelling("np.cosh", "math.cosh"), partials=lambda x, y: [sinh(x)], range=(1, sp.oo),
    also=everywhere("cosh").plus("T.cosh T.cosh_ lax.cosh"), cost=10, source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
tanh_ = declare(
    "tanh", "The hyperbolic tangent.", params=("x",), symbol=tanh, truth="tanh", tags=_TAGS,
    spelling=Spelling("np.tanh", "math.tanh"), partials=lambda x, y: [sech(x) ** 2],
    range=(-1, 1),
    also=everywhere("tanh").plus("F.tanh T.tanh T.tanh_ nn.Tanh jax.nn.tanh lax.tanh"), cost=3, source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
sech_ = declare(
    "sech", "The hyperbolic secant, 1/cosh.", params=("x",), symbol=sech, truth="sech", cost=8,
    stable=lambda x: 2 * exp(-Abs(x)) / (1 + squared(exp(-Abs(x)))), range=(0, 1), tags=_TAGS,
    partials=lambda x, y: [-y * tanh(x)], source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
csch_ = declare(
    "csch", "The hyperbolic cosecant, 1/sinh.", params=("x",), symbol=csch, truth="csch", cost=8,
    stable=lambda x: copysign(2 * exp(-Abs(x)) / -expm1(-2 * Abs(x)), x), tags=_TAGS,
    partials=lambda x, y: [-y * coth(x)], domain=lambda x: sp.Ne(x, 0),
    source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
coth_ = declare(
    "coth", "The hyperbolic cotangent, 1/tanh.", params=("x",), symbol=coth, truth="coth", cost=5,
    stable=lambda x: 1 / tanh(x), partials=lambda x, y: [-(csch(x) ** 2)], tags=_TAGS,
    domain=lambda x: sp.Ne(x, 0), source="https://dlmf.nist.gov/4.34",
)  # fmt: skip
asinh_ = declare(
    "asinh", "The inverse of sinh.", params=("x",), symbol=sp.asinh, truth="asinh", tags=_TAGS,
    spelling=Spelling("np.arcsinh", "math.asinh"), partials=lambda x, y: [over(1, hypot(1, x))],
    also=everywhere("arcsinh").plus(
        "T.arcsinh T.arcsinh_ torch.asinh T.asinh T.asinh_ np.asinh jnp.asinh lax.asinh"
    ), aliases=["arcsinh"], cost=20,
)  # fmt: skip
acosh_ = declare(
    "acosh", "The non-negative inverse of cosh.", params=("x",), symbol=sp.acosh, truth="acosh",
    spelling=Spelling("np.arccosh", "math.acosh"), tags=_TAGS,
    partials=lambda x, y: [1 / (sqrt(x - 1) * sqrt(x + 1))], domain=lambda x: x >= 1,
    range=(0, sp.oo),
    also=everywhere("arccosh").plus(
        "T.arccosh T.arccosh_ torch.acosh T.acosh T.acosh_ np.acosh jnp.acosh lax.acosh"
    ), aliases=["arccosh"], cost=20,
)  # fmt: skip
atanh_ = declare(
    "atanh", "The inverse of tanh.", params=("x",), symbol=sp.atanh, truth="atanh", tags=_TAGS,
    spelling=Spelling("np.arctanh", "math.atanh"), partials=lambda x, y: [1 / ((1 - x) * (1 + x))],
    domain=lambda x: Abs(x) < 1,
    also=everywhere("arctanh").plus(
        "T.arctanh T.arctanh_ torch.atanh T.atanh T.atanh_ np.atanh jnp.atanh lax.atanh"
    ), aliases=["arctanh"], cost=20,
)  # fmt: skip
asech_ = declare(
    "asech", "The non-negative inverse of sech.", params=("x",), symbol=sp.asech, truth="asech",
    stable=lambda x: log1p(sqrt((1 - x) * (1 + x))) - log(x), tags=_TAGS,
    partials=lambda x, y: [-1 / (x * sqrt((1 - x) * (1 + x)))], range=(0, sp.oo),
    domain=lambda x: sp.And(x > 0, x <= 1), aliases=["arcsech"], cost=12,
)  # fmt: skip
acsch_ = declare(
    "acsch", "The inverse of csch.", params=("x",), symbol=sp.acsch, truth="acsch", tags=_TAGS,
    stable=lambda x: sign(x) * _acsch_of_positive(Abs(x)), domain=lambda x: sp.Ne(x, 0),
    partials=lambda x, y: [-1 / (Abs(x) * hypot(1, x))], aliases=["arccsch"], cost=40,
)  # fmt: skip
acoth_ = declare(
    "acoth", "The inverse of coth.", params=("x",), symbol=sp.acoth, truth="acoth", tags=_TAGS,
    stable=lambda x: Rational(1, 2) * sign(x) * log1p(2 / (Abs(x) - 1)),
    partials=lambda x, y: [1 / ((1 - x) * (1 + x))], domain=lambda x: Abs(x) > 1,
    aliases=["arccoth"], cost=8,
)  # fmt: skip
logcosh = declare(
    "logcosh", "The logarithm of cosh, without its overflow.", meaning=lambda x: log(cosh(x)),
    stable=lambda x: _log_cosh(bounded(x, _STRAIGHT), x),
    partials=lambda x, y: [tanh(x)], range=(0, sp.oo), tags=_TAGS, cost=15,
    aliases=["log_cosh"],
)  # fmt: skip


def _log_cosh(c: sp.Expr, x: sp.Expr) -> sp.Expr:
    """log cosh by cosh c = 1 + 2 sinh^2(c/2) of c = x, held where the rest is straight."""
    return log1p(2 * sinh(c / 2) ** 2) + Abs(x - c)


def _acsch_of_positive(a: sp.Expr) -> sp.Expr:
    """asinh(1/a), for small a without the quotient, which may overflow."""
    return where(a < 1, log1p(hypot(1, a)) - log(a), sp.asinh(1 / a))
