"""Magnitude, sign and order: abs, sign, hypot, copysign, the larger and the smaller of two."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, Rational, sign

from derivc.ops.declaration import Kink, Op, Spelling
from derivc.ops.declare import declare
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, jump, over

_HALF = Rational(1, 2)
_TAGS = ["magnitude"]


def _origin(a: Any, b: Any) -> Any:
    """Zero where both numbers are."""
    return Abs(a) + Abs(b)


absolute = declare(
    "abs", "The absolute value.", params=("x",), symbol=Abs, truth="fabs", range=(0, sp.oo),
    spelling=Spelling("np.abs", "abs({0})"), partials=lambda x, y: [sign(x)], tags=_TAGS,
    kinks=[Kink(0, 0, "a corner; 0 is the least subgradient", left=-1, right=1, jax=1)],
    tex=r"\left|{x}\right|",
    also=everywhere("abs").plus(
        "T.abs T.abs_ lax.abs np.fabs jnp.fabs torch.absolute T.absolute T.absolute_ "
        "np.absolute jnp.absolute"
    ), aliases=["fabs", "absolute"],
)  # fmt: skip
sign_ = declare(
    "sign", "The sign: -1, 0 or 1.", params=("x",), symbol=sign, truth="sign", range=(-1, 1),
    spelling=Spelling("np.sign", "(({0} > 0) * 1.0 - ({0} < 0))"), partials=lambda x, y: [0],
    kinks=[jump(0, "a jump; the slope is 0 on both sides")],
    also=everywhere("sign").plus("T.sign T.sign_ lax.sign torch.sgn T.sgn T.sgn_"), tags=_TAGS,
    aliases=["sgn"],
)  # fmt: skip
copysign: Op = declare(
    "copysign", "The magnitude of the first number with the sign of the second.",
    meaning=lambda x, s: where(s < 0, -Abs(x), Abs(x)), tags=_TAGS,
    spelling=Spelling("np.copysign", "math.copysign"),
    truth=lambda x, s: -abs(x) if s < 0 else abs(x),
    partials=lambda x, s, y: [sign(x) * copysign(1, s), 0],
    kinks=[
        Kink(0, (0, None), "a corner, as of abs"),
        jump(lambda x, s: s, "a jump; the slope is 0 on both sides", (None, 0)),
    ],
    also=everywhere("copysign").plus("T.copysign T.copysign_"),
)  # fmt: skip
leg_share: Op = declare(
    "leg_share", "A leg's share of the hypotenuse over it and another leg, a cosine.", cost=10,
    meaning=lambda a, b: a / sp.sqrt(a**2 + b**2), stable=lambda a, b: over(a, hypot(a, b)),
    partials=lambda a, b, y: _turning(y, leg_share(b, a), hypot(a, b)), range=(-1, 1),
    tags=[*_TAGS, "auxiliary"], kinks=[Kink(_origin, (sp.nan, sp.nan), "no direction")],
)  # fmt: skip
hypot: Op = declare(
    "hypot", "The length of the hypotenuse over two legs.", tags=_TAGS, cost=8,
    meaning=lambda a, b: sp.sqrt(a**2 + b**2), truth="hypot", range=(0, sp.oo),
    spelling=Spelling("np.hypot", "math.hypot"),
    partials=lambda a, b, y: [leg_share(a, b), leg_share(b, a)],
    kinks=[
        Kink(_origin, (sp.nan, sp.nan), "the tip of a cone: no slope", jax=(_HALF, _HALF)),
    ],
    also=everywhere("hypot").plus("T.hypot T.hypot_"),
)  # fmt: skip


def _turning(cosine: Any, sine: Any, length: Any) -> list[Any]:
    """The slopes of a cosine in its two legs: sine^2/length, and no difference to cancel."""
    turn = over(sine, length)
    return [sine * turn, -cosine * turn]


def _extreme(name: str, words: str, numpy: str, math: str | None, pick: Any, choose: Any) -> Op:
    """maximum and minimum, fmax and fmin: ties share the slope."""
    half = (_HALF, _HALF)
    return declare(
        name, words, params=("a", "b"), truth=pick, partials=choose, tags=["magnitude", "order"],
        spelling=Spelling(f"np.{numpy}", math), also=everywhere(numpy).plus(f"T.{numpy}"),
        kinks=[Kink(lambda a, b: a - b, half, "a tie: the slope is shared evenly")],
    )  # fmt: skip


def _chosen(a: Any, b: Any, y: Any) -> list[Any]:
    """1/2 at a tie, 1 for the argument that the result equals (a NaN is skipped)."""
    tie = sp.Eq(a, b)
    return [where(tie, _HALF, where(sp.Eq(y, p), 1, 0)) for p in (a, b)]


maximum = _extreme(
    "maximum", "The larger of two numbers; NaN if one is.", "maximum",
    "({0} if {0} >= {1} or {0} != {0} else {1})", max,
    lambda a, b, y: [where(sp.Eq(a, b), _HALF, where(c, 0, 1)) for c in (a < b, b < a)],
)  # fmt: skip
minimum = _extreme(
    "minimum", "The smaller of two numbers; NaN if one is.", "minimum",
    "({0} if {0} <= {1} or {0} != {0} else {1})", min,
    lambda a, b, y: [where(sp.Eq(a, b), _HALF, where(c, 0, 1)) for c in (a > b, b > a)],
)  # fmt: skip
fmax = _extreme(
    "fmax", "The larger of two numbers, the other one if one is NaN.", "fmax",
    "({0} if {0} >= {1} or {1} != {1} else {1})", max, _chosen,
)  # fmt: skip
fmin = _extreme(
    "fmin", "The smaller of two numbers, the other one if one is NaN.", "fmin",
    "({0} if {0} <= {1} or {1} != {1} else {1})", min, _chosen,
)  # fmt: skip
