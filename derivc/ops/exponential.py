"""Exponentials and logarithms.

Formulas: https://dlmf.nist.gov/4 (sections 4.2 to 4.12).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, mpmath

_LN2, _LN10 = sp.log(2), sp.log(10)
_TAGS = ["exponential"]

exp = declare(
    "exp", "The exponential function.", params=("x",), symbol=sp.exp, truth="exp", tags=_TAGS,
    spelling=Spelling("np.exp", "math.exp"), partials=lambda x, y: [y], range=(0, sp.oo), cost=3,
    also=everywhere("exp").plus("T.exp T.exp_ lax.exp"),
)  # fmt: skip
exp2 = declare(
    "exp2", "Two to a power.", meaning=lambda x: 2**x, truth=lambda x: 2**x, tags=_TAGS, cost=3,
    spelling=Spelling("np.exp2", "math.exp2"), partials=lambda x, y: [_LN2 * y],
    range=(0, sp.oo), tex="2^{{{x}}}",
    also=everywhere("exp2").plus("special.exp2 T.exp2 T.exp2_ lax.exp2 sp.special.exp2"),
)  # fmt: skip
exp10 = declare(
    "exp10", "Ten to a power.", meaning=lambda x: 10**x, partials=lambda x, y: [_LN10 * y],
    range=(0, sp.oo), tex="10^{{{x}}}", tags=_TAGS, cost=20,
    also=Names(scipy="scipy.special.exp10"),
)  # fmt: skip
expm1 = declare(
    "expm1", "The exponential less one, exact next to zero.", meaning=lambda x: sp.exp(x) - 1,
    spelling=Spelling("np.expm1", "math.expm1"), partials=lambda x, y: [sp.exp(x)], cost=8,
    truth="expm1", range=(-1, sp.oo), tags=_TAGS,
    also=everywhere("expm1").plus("special.expm1 T.expm1 T.expm1_ lax.expm1 sp.special.expm1"),
)  # fmt: skip
log = declare(
    "log", "The natural logarithm.", params=("x",), symbol=sp.log, truth="log", tags=_TAGS,
    spelling=Spelling("np.log", "math.log"), partials=lambda x, y: [1 / x], cost=3,
    domain=lambda x: x > 0, also=everywhere("log").plus("T.log T.log_ lax.log"), aliases=["ln"],
)  # fmt: skip
log2 = declare(
    "log2", "The logarithm to base 2.", meaning=lambda x: sp.log(x) / _LN2, tags=_TAGS,
    truth=lambda x: mpmath().log(x, 2), spelling=Spelling("np.log2", "math.log2"),
    partials=lambda x, y: [1 / (_LN2 * x)], domain=lambda x: x > 0, cost=5,
    also=everywhere("log2").plus("T.log2 T.log2_"),
)  # fmt: skip
log10 = declare(
    "log10", "The logarithm to base 10.", meaning=lambda x: sp.log(x) / _LN10, tags=_TAGS,
    truth=lambda x: mpmath().log(x, 10), spelling=Spelling("np.log10", "math.log10"),
    partials=lambda x, y: [1 / (_LN10 * x)], domain=lambda x: x > 0, cost=5,
    also=everywhere("log10").plus("T.log10 T.log10_"),
)  # fmt: skip
log1p = declare(
    "log1p", "The logarithm of one plus x, exact next to zero.", meaning=lambda x: sp.log(1 + x),
    spelling=Spelling("np.log1p", "math.log1p"), partials=lambda x, y: [1 / (1 + x)],
    truth="log1p", domain=lambda x: x > -1, tags=_TAGS, cost=8,
    also=everywhere("log1p").plus("special.log1p T.log1p T.log1p_ lax.log1p sp.special.log1p"),
)  # fmt: skip
xlogy = declare(
    "xlogy", "The product x log y, 0 at x = 0.",
    meaning=lambda x, z: where(sp.Eq(x, 0), 0, x * sp.log(z)), tags=_TAGS, cost=5,
    partials=lambda x, z, y: [where(_dead(x, z), 0, sp.log(z)), x / z],
    domain=lambda x, z: z > 0,
    also=Names("torch.xlogy", "jax.scipy.special.xlogy", None, "scipy.special.xlogy").plus(
        "special.xlogy T.xlogy T.xlogy_"
    ),
)  # fmt: skip
xlog1py = declare(
    "xlog1py", "The product x log(1 + y), 0 at x = 0.",
    meaning=lambda x, z: where(sp.Eq(x, 0), 0, x * log1p(z)), tags=_TAGS, cost=10,
    partials=lambda x, z, y: [where(_dead(x, 1 + z), 0, log1p(z)), x / (1 + z)],
    domain=lambda x, z: z > -1,
    also=Names("torch.special.xlog1py", "jax.scipy.special.xlog1py", None, "scipy.special.xlog1py"),
)  # fmt: skip
entr = declare(
    "entr", "The entropy -x log x, 0 at 0 and -inf below.", tags=_TAGS, cost=6,
    meaning=lambda x: where(x > 0, -x * sp.log(x), where(sp.Eq(x, 0), 0, -sp.oo)),
    partials=lambda x, y: [-1 - sp.log(x)], domain=lambda x: x > 0, range=(-sp.oo, sp.exp(-1)),
    also=Names("torch.special.entr", "jax.scipy.special.entr", None, "scipy.special.entr"),
)  # fmt: skip


def _dead(x: Any, argument: Any) -> Any:
    """Where x log(argument) is 0 for every x: the slope in x is 0, not the infinite logarithm."""
    return sp.And(sp.Eq(x, 0), argument <= 0)
