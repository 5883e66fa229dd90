"""Rounding, remainders, steps and what is done about NaN: piecewise constant or linear."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import ceiling, floor

from derivc.ops.declaration import Kink, Op, Spelling
from derivc.ops.declare import declare
from derivc.ops.magnitude import maximum, minimum
from derivc.ops.names import NAMELESS, Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, jump, mpmath

_TAGS = ["rounding"]
_FLOAT_MAX = (2 - sp.Rational(1, 2**52)) * sp.Integer(2) ** 1023


def _at_integers(x: Any) -> Any:
    """Zero at the integers."""
    return x - floor(x)


def _rounding(name: str, words: str, numpy: str, kink: Any, aliases: list[str], **rest: Any) -> Op:
    """An op that rounds to an integer: slope 0, a jump where it changes."""
    return declare(
        name, words, params=("x",), partials=lambda x, y: [0], tags=["rounding", "integer"],
        kinks=[jump(kink, "a jump; the slope is 0 on both sides")], aliases=aliases,
        spelling=Spelling(f"np.{numpy}", rest.pop("math")), **rest,
    )  # fmt: skip


floor_ = _rounding(
    "floor", "The largest integer not above.", "floor", _at_integers, [], math="math.floor",
    symbol=floor, truth="floor", also=everywhere("floor").plus("T.floor T.floor_ lax.floor"),
)  # fmt: skip
ceil = _rounding(
    "ceil", "The smallest integer not below.", "ceil", _at_integers, ["ceiling"],
    math="math.ceil", symbol=ceiling, truth="ceil",
    also=everywhere("ceil").plus("T.ceil T.ceil_ lax.ceil"),
)  # fmt: skip
round_ = _rounding(
    "round", "The nearest integer, the even one at a tie.", "rint",
    lambda x: x - floor(x) - sp.Rational(1, 2), ["rint", "around"], math="float(round({0}))",
    truth="nint",
    also=everywhere("round").plus(
        "special.round T.round T.round_ lax.round sp.special.round np.rint jnp.rint np.around "
        "jnp.around"
    ),
)  # fmt: skip
trunc = _rounding(
    "trunc", "The integer part, towards zero.", "trunc", _at_integers, ["fix"], math="math.trunc",
    truth=lambda x: mpmath().floor(x) if x >= 0 else mpmath().ceil(x),
    also=everywhere("trunc").plus("T.trunc T.trunc_ torch.fix T.fix T.fix_"),
)  # fmt: skip
frac = declare(
    "frac", "The fractional part, with the sign of the number.", meaning=lambda x: x - trunc(x),
    partials=lambda x, y: [1], kinks=[jump(_at_integers, "a jump between slopes 1", 1)],
    range=(-1, 1), tags=_TAGS, cost=3, also=Names("torch.frac").plus("T.frac T.frac_"),
)  # fmt: skip
sawtooth = declare(
    "frac_floor", "The fractional part x - floor(x), never negative.", symbol=sp.frac,
    params=("x",), stable=lambda x: x - floor(x), truth="frac", partials=lambda x, y: [1],
    kinks=[jump(_at_integers, "a jump between slopes 1", 1)], range=(0, 1), tags=_TAGS, cost=3,
)  # fmt: skip
heaviside = declare(
    "heaviside", "The unit step: 0 below zero, 1 above, `h0` at zero.", params=("x", "h0"),
    defaults={"h0": sp.Rational(1, 2)}, symbol=sp.Heaviside, spelling=Spelling("np.heaviside"),
    truth=lambda x, h0: h0 if x == 0 else mpmath().mpf(x > 0),
    partials=lambda x, h0, y: [0, where(sp.Eq(x, 0), 1, 0)], range=(0, 1), tags=_TAGS,
    kinks=[jump(lambda x, h0: x, "a jump; the slope is 0 on both sides", (0, 1))],
    also=everywhere("heaviside").plus("T.heaviside T.heaviside_"), aliases=["step"], cost=3,
)  # fmt: skip
floor_divide = declare(
    "floor_divide", "The quotient, rounded down.", params=("a", "b"), cost=8,
    truth=lambda a, b: mpmath().floor(a / b), partials=lambda a, b, y: [0, 0], tags=_TAGS,
    spelling=Spelling("np.floor_divide", infix="{0} // {1}"), domain=lambda a, b: sp.Ne(b, 0),
    kinks=[jump(lambda a, b: _at_integers(a / b), "a jump", (0, 0))],
    also=everywhere("floor_divide").plus(
        "T.floor_divide T.floor_divide_ torch.div(rounding_mode='floor')"
    ), aliases=["floordiv"],
)  # fmt: skip
remainder = declare(
    "remainder", "What is left of a after b is taken as often as it goes; the sign of b.",
    params=("a", "b"), symbol=sp.Mod, truth=lambda a, b: a - b * mpmath().floor(a / b), cost=10,
    spelling=Spelling("np.remainder", infix="{0} % {1}"), domain=lambda a, b: sp.Ne(b, 0),
    partials=lambda a, b, y: [1, _less_taken(a, b, y)], tags=_TAGS, aliases=["mod", "Mod"],
    kinks=[jump(lambda a, b: _at_integers(a / b), "a jump", (1, None))],
    also=everywhere("remainder").plus("T.remainder T.remainder_ np.mod jnp.mod"),
)  # fmt: skip
fmod = declare(
    "fmod", "What is left of a after b is taken as often as it goes; the sign of a.",
    params=("a", "b"), truth=lambda a, b: mpmath().sign(a) * mpmath().fmod(abs(a), abs(b)),
    spelling=Spelling("np.fmod", "math.fmod"),
    partials=lambda a, b, y: [1, _less_taken(a, b, y)],
    kinks=[jump(lambda a, b: _at_integers(a / b), "a jump", (1, None))], tags=_TAGS, cost=10,
    domain=lambda a, b: sp.Ne(b, 0), also=everywhere("fmod").plus("T.fmod T.fmod_"),
)  # fmt: skip
trunc_divide = declare(
    "trunc_divide", "The quotient, rounded towards zero.", meaning=lambda a, b: trunc(a / b),
    partials=lambda a, b, y: [0, 0], domain=lambda a, b: sp.Ne(b, 0), tags=_TAGS, cost=8,
    kinks=[jump(lambda a, b: _at_integers(a / b), "a jump", (0, 0))],
    also=NAMELESS.plus("torch.div(rounding_mode='trunc')"),
)  # fmt: skip


def _less_taken(a: Any, b: Any, rest: Any) -> Any:
    """Less how often b was taken: rest - a is a multiple of b, so that rounding mends a digit."""
    return round_((rest - a) / b)


def _test(name: str, words: str, truth: Any) -> Op:
    """A question about a float, answered 0 or 1."""
    return declare(
        name, words, params=("x",), truth=truth, also=everywhere(name).plus(f"T.{name}"),
        spelling=Spelling(f"np.{name}", f"math.{name}"), tags=["boolean", "comparison"],
    )  # fmt: skip


isnan = _test("isnan", "Whether the number is NaN.", lambda x: mpmath().isnan(x))
isinf = _test("isinf", "Whether the number is infinite.", lambda x: mpmath().isinf(x))
isfinite = _test("isfinite", "Whether the number is finite.", lambda x: mpmath().isfinite(x))

nan_to_num = declare(
    "nan_to_num", "The number, with NaN and infinities replaced.",
    meaning=lambda x, nan=0, posinf=_FLOAT_MAX, neginf=-_FLOAT_MAX: where(
        _holds(isnan(x)), nan, where(_holds(isinf(x)), where(x > 0, posinf, neginf), x)
    ),
    partials=lambda x, nan, posinf, neginf, y: [where(_holds(isfinite(x)), 1, 0), *_replaced(x)],
    tags=_TAGS, cost=4, also=everywhere("nan_to_num").plus("T.nan_to_num T.nan_to_num_"),
)  # fmt: skip


def _holds(question: Any) -> Any:
    return sp.Ne(question, 0)


def _replaced(x: Any) -> list[Any]:
    infinite = _holds(isinf(x))
    right = where(x > 0, 1, 0)  # one question for both signs
    return [where(_holds(isnan(x)), 1, 0), where(infinite, right, 0), where(infinite, 1 - right, 0)]


clamp = declare(
    "clamp", "The nearest number between two bounds.", aliases=["clip"], cost=2,
    meaning=lambda x, lo=-sp.oo, hi=sp.oo: sp.Min(sp.Max(x, lo), hi), tags=["order"],
    stable=lambda x, lo, hi: minimum(maximum(x, lo), hi),
    partials=lambda x, lo, hi, y: [
        where(sp.And(x > lo, x < hi), 1, 0),
        where(sp.And(x < lo, lo < hi), 1, 0),
        where(sp.Or(hi < x, hi <= lo), 1, 0),
    ],
    kinks=[
        Kink(lambda x, lo, hi: x - lo, (0, 0, None), "a corner at a bound: the slope is 0",
             left=(0, None, None), right=(1, None, None), jax=(sp.Rational(1, 2), None, None)),
        Kink(lambda x, lo, hi: x - hi, (0, None, 0), "a corner at a bound: the slope is 0",
             left=(1, None, None), right=(0, None, None), jax=(sp.Rational(1, 2), None, None)),
    ],
    domain=lambda x, lo, hi: lo < hi,
    also=Names("torch.clamp", "jax.numpy.clip", "numpy.clip").plus(
        "T.clamp T.clamp_ torch.clip T.clip T.clip_ torch.clamp_min torch.clamp_max T.clamp_min "
        "T.clamp_max"
    ),
)  # fmt: skip
