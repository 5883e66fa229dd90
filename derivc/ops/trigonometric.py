"""Trigonometric functions and their inverses.

Formulas: https://dlmf.nist.gov/4 (sections 4.14 to 4.24). The inverse functions of a reciprocal
are computed without the reciprocal, which would lose digits next to 1.
"""

from __future__ import annotations

import sympy as sp
from sympy import Abs, acos, asin, atan, atan2, cos, cot, sec, sign, sin, sqrt, tan

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.magnitude import hypot
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, jump, mpmath, over

_PI = sp.pi
_TAGS = ["trigonometric"]

sin_ = declare(
    "sin", "The sine.", params=("x",), symbol=sin, truth="sin", tags=_TAGS, cost=25,
    spelling=Spelling("np.sin", "math.sin"), partials=lambda x, y: [cos(x)], range=(-1, 1),
    also=everywhere("sin").plus("T.sin T.sin_ lax.sin"), source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
cos_ = declare(
    "cos", "The cosine.", params=("x",), symbol=cos, truth="cos", tags=_TAGS, cost=25,
    spelling=Spelling("np.cos", "math.cos"), partials=lambda x, y: [-sin(x)], range=(-1, 1),
    also=everywhere("cos").plus("T.cos T.cos_ lax.cos"), source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
tan_ = declare(
    "tan", "The tangent.", params=("x",), symbol=tan, truth="tan", tags=_TAGS, cost=30,
    spelling=Spelling("np.tan", "math.tan"), partials=lambda x, y: [1 + y**2],
    also=everywhere("tan").plus("T.tan T.tan_ lax.tan"), source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
cot_ = declare(
    "cot", "The cotangent, 1/tan.", params=("x",), symbol=cot, truth="cot", tags=_TAGS, cost=32,
    stable=lambda x: 1 / tan(x), partials=lambda x, y: [-(1 + y**2)],
    domain=lambda x: sp.Ne(sin(x), 0), source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
sec_ = declare(
    "sec", "The secant, 1/cos.", params=("x",), symbol=sec, truth="sec", tags=_TAGS, cost=27,
    stable=lambda x: 1 / cos(x), partials=lambda x, y: [y * tan(x)],
    source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
csc_ = declare(
    "csc", "The cosecant, 1/sin.", params=("x",), symbol=sp.csc, truth="csc", tags=_TAGS, cost=27,
    stable=lambda x: 1 / sin(x), partials=lambda x, y: [-y * cot(x)],
    domain=lambda x: sp.Ne(sin(x), 0), source="https://dlmf.nist.gov/4.20",
)  # fmt: skip
asin_ = declare(
    "asin", "The angle in [-pi/2, pi/2] with this sine.", params=("x",), symbol=asin, truth="asin",
    spelling=Spelling("np.arcsin", "math.asin"), partials=lambda x, y: [1 / _leg(x)],
    domain=lambda x: Abs(x) <= 1, range=(-_PI / 2, _PI / 2),
    also=everywhere("arcsin").plus(
        "T.arcsin T.arcsin_ torch.asin T.asin T.asin_ np.asin jnp.asin lax.asin"
    ),
    aliases=["arcsin"], tags=_TAGS, cost=20, source="https://dlmf.nist.gov/4.24.E7",
)  # fmt: skip
acos_ = declare(
    "acos", "The angle in [0, pi] with this cosine.", params=("x",), symbol=acos, truth="acos",
    spelling=Spelling("np.arccos", "math.acos"), partials=lambda x, y: [-1 / _leg(x)],
    domain=lambda x: Abs(x) <= 1, range=(0, _PI),
    also=everywhere("arccos").plus(
        "T.arccos T.arccos_ torch.acos T.acos T.acos_ np.acos jnp.acos lax.acos"
    ),
    aliases=["arccos"], tags=_TAGS, cost=20, source="https://dlmf.nist.gov/4.24.E8",
)  # fmt: skip
atan_ = declare(
    "atan", "The angle in (-pi/2, pi/2) with this tangent.", params=("x",), symbol=atan,
    spelling=Spelling("np.arctan", "math.atan"), partials=lambda x, y: [1 / (1 + x**2)],
    truth="atan", range=(-_PI / 2, _PI / 2),
    also=everywhere("arctan").plus(
        "T.arctan T.arctan_ torch.atan T.atan T.atan_ np.atan jnp.atan lax.atan"
    ), aliases=["arctan"],
    tags=_TAGS, cost=20, source="https://dlmf.nist.gov/4.24.E9",
)  # fmt: skip
atan2_ = declare(
    "atan2", "The angle of the point (x, y) = (b, a), in (-pi, pi].", params=("a", "b"),
    symbol=atan2, spelling=Spelling("np.arctan2", "math.atan2"), truth="atan2",
    partials=lambda a, b, y: [_turn(b, hypot(a, b)), -_turn(a, hypot(a, b))],
    kinks=[jump(lambda a, b: Abs(a) + Abs(b), "the angle of the origin is undefined", (0, 0))],
    range=(-_PI, _PI),
    also=everywhere("arctan2").plus(
        "T.arctan2 T.arctan2_ torch.atan2 T.atan2 T.atan2_ np.atan2 jnp.atan2 lax.atan2"
    ), aliases=["arctan2"], tags=_TAGS, cost=25,
)  # fmt: skip
acot_ = declare(
    "acot", "The angle in (-pi/2, pi/2] with this cotangent.", params=("x",), symbol=sp.acot,
    stable=lambda x: where(sp.Eq(x, 0), _PI / 2, atan(1 / x)),
    truth=lambda x: mpmath().acot(x) if x else mpmath().pi / 2,
    partials=lambda x, y: [-1 / (1 + x**2)], range=(-_PI / 2, _PI / 2), aliases=["arccot"],
    kinks=[jump(0, "the angle jumps from -pi/2 to pi/2", -1)], tags=_TAGS, cost=24,
)  # fmt: skip
asec_ = declare(
    "asec", "The angle in [0, pi] with this secant.", params=("x",), symbol=sp.asec,
    stable=lambda x: atan2(_far_leg(x), sign(x)), truth="asec",
    partials=lambda x, y: [1 / (Abs(x) * _far_leg(x))], domain=lambda x: Abs(x) >= 1,
    range=(0, _PI), aliases=["arcsec"], tags=_TAGS, cost=32,
)  # fmt: skip
acsc_ = declare(
    "acsc", "The angle in [-pi/2, pi/2] with this cosecant.", params=("x",), symbol=sp.acsc,
    stable=lambda x: atan2(sign(x), _far_leg(x)), truth="acsc",
    partials=lambda x, y: [-1 / (Abs(x) * _far_leg(x))], domain=lambda x: Abs(x) >= 1,
    range=(-_PI / 2, _PI / 2), aliases=["arccsc"], tags=_TAGS, cost=32,
)  # fmt: skip
deg2rad = declare(
    "deg2rad", "Degrees to radians.", meaning=lambda x: _PI * x / 180, tags=_TAGS,
    truth=lambda x: mpmath().pi * x / 180, partials=lambda x, y: [_PI / 180],
    spelling=Spelling("np.deg2rad", "math.radians"),
    also=everywhere("deg2rad").plus("T.deg2rad T.deg2rad_ np.radians jnp.radians"),
    aliases=["radians"],
)  # fmt: skip
rad2deg = declare(
    "rad2deg", "Radians to degrees.", meaning=lambda x: 180 * x / _PI, tags=_TAGS,
    truth=lambda x: 180 * x / mpmath().pi, partials=lambda x, y: [180 / _PI],
    spelling=Spelling("np.rad2deg", "math.degrees"),
    also=everywhere("rad2deg").plus("T.rad2deg T.rad2deg_ np.degrees jnp.degrees"),
    aliases=["degrees"],
)  # fmt: skip
angle = declare(
    "angle", "The argument of a real number: 0, or pi for a negative one.",
    meaning=lambda x: where(x < 0, _PI, 0), partials=lambda x, y: [0], range=(0, _PI),
    kinks=[jump(0, "the angle jumps from pi to 0")], tags=_TAGS,
    also=everywhere("angle").plus("T.angle"),
)  # fmt: skip


def _leg(x: sp.Expr) -> sp.Expr:
    """sqrt(1 - x^2) with both factors exact next to +-1."""
    return sqrt((1 - x) * (1 + x))


def _far_leg(x: sp.Expr) -> sp.Expr:
    """sqrt(x^2 - 1) for |x| >= 1, without the square, which may overflow."""
    return sqrt(Abs(x) - 1) * sqrt(Abs(x) + 1)


def _turn(part: sp.Expr, radius: sp.Expr) -> sp.Expr:
    """part/radius^2, and 0 at the origin as in PyTorch."""
    return where(sp.Eq(radius, 0), 0, over(over(part, radius), radius))
