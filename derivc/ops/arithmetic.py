"""Arithmetic: the ops that Python writes as operators, and their near relatives."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Rational, log

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.names import Names
from derivc.ops.piecewise import where
from derivc.ops.shorthand import everywhere, mpmath, over


def _real_root(x: Any) -> Any:
    return mpmath().cbrt(x) if x >= 0 else -mpmath().cbrt(-x)


add = declare(
    "add", "Sum of two numbers.", params=("a", "b"), truth=lambda a, b: a + b,
    meaning=lambda a, b: a + b, spelling=Spelling("np.add", infix="{0} + {1}"),
    partials=lambda a, b, y: [1, 1], tex="{a} + {b}", tags=["arithmetic"],
    also=Names("torch.add", "jax.numpy.add", "numpy.add").plus("T.add T.add_ lax.add"),
)  # fmt: skip
sub = declare(
    "sub", "Difference of two numbers.", params=("a", "b"), truth=lambda a, b: a - b,
    meaning=lambda a, b: a - b, spelling=Spelling("np.subtract", infix="{0} - {1}"),
    partials=lambda a, b, y: [1, -1], tex="{a} - {b}", tags=["arithmetic"], aliases=["subtract"],
    also=Names("torch.sub", "jax.numpy.subtract", "numpy.subtract").plus(
        "T.sub T.sub_ lax.sub torch.subtract T.subtract T.subtract_ torch.rsub"
    ),
)  # fmt: skip
mul = declare(
    "mul", "Product of two numbers.", params=("a", "b"), truth=lambda a, b: a * b,
    meaning=lambda a, b: a * b, spelling=Spelling("np.multiply", infix="{0} * {1}"),
    partials=lambda a, b, y: [b, a], tex="{a} {b}", tags=["arithmetic"], aliases=["multiply"],
    also=Names("torch.mul", "jax.numpy.multiply", "numpy.multiply").plus(
        "T.mul T.mul_ lax.mul torch.multiply T.multiply T.multiply_"
    ),
)  # fmt: skip
div = declare(
    "div", "Quotient of two numbers.", params=("a", "b"), truth=lambda a, b: a / b,
    meaning=lambda a, b: a / b, spelling=Spelling("np.divide", infix="{0} / {1}"),
    partials=lambda a, b, y: [1 / b, -y / b], domain=lambda a, b: sp.Ne(b, 0),
    tex=r"\frac{{{a}}}{{{b}}}", tags=["arithmetic"], aliases=["divide", "true_divide"], cost=2,
    also=Names("torch.div", "jax.numpy.divide", "numpy.divide").plus(
        "T.div T.div_ lax.div torch.divide T.divide T.divide_ torch.true_divide T.true_divide "
        "T.true_divide_ np.true_divide jnp.true_divide"
    ),
)  # fmt: skip
neg = declare(
    "neg", "The number with its sign changed.", params=("x",), truth=lambda x: -x,
    meaning=lambda x: -x, spelling=Spelling("np.negative", infix="-{0}"),
    partials=lambda x, y: [-1], tex="-{x}", tags=["arithmetic"], aliases=["negative"],
    also=Names("torch.neg", "jax.numpy.negative", "numpy.negative").plus(
        "T.neg T.neg_ lax.neg torch.negative T.negative T.negative_"
    ),
)  # fmt: skip
power = declare(
    "pow", "A number raised to a power.", params=("x", "e"), truth="power",
    symbol=sp.Pow, spelling=Spelling("np.power", infix="{0} ** {1}"),
    partials=lambda x, e, y: [
        where(sp.Eq(e, 0), 0, e * x ** (e - 1)),
        where(sp.Eq(x, 0), where(e >= 0, 0, -sp.oo), y * log(x)),
    ],
    domain=lambda x, e: x > 0, tex="{{{x}}}^{{{e}}}", tags=["arithmetic"], cost=20,
    aliases=["power", "float_power"],
    also=Names("torch.pow", "jax.numpy.power", "numpy.power").plus(
        "T.pow T.pow_ np.pow jnp.pow lax.pow torch.float_power T.float_power T.float_power_ "
        "np.float_power jnp.float_power"
    ),
)  # fmt: skip
square = declare(
    "square", "A number times itself.", meaning=lambda x: x**2, truth=lambda x: x * x,
    spelling=Spelling("np.square", infix="{0} * {0}"), partials=lambda x, y: [2 * x],
    range=(0, sp.oo), tex="{{{x}}}^{{2}}", tags=["arithmetic"],
    also=Names("torch.square", "jax.numpy.square", "numpy.square").plus(
        "T.square T.square_ lax.square"
    ),
)  # fmt: skip
sqrt = declare(
    "sqrt", "The non-negative square root.", meaning=sp.sqrt, params=("x",), truth="sqrt",
    spelling=Spelling("np.sqrt", "math.sqrt"), partials=lambda x, y: [Rational(1, 2) / y],
    domain=lambda x: x >= 0, range=(0, sp.oo), tex=r"\sqrt{{{x}}}", tags=["arithmetic"], cost=2,
    also=Names("torch.sqrt", "jax.numpy.sqrt", "numpy.sqrt").plus("T.sqrt T.sqrt_ lax.sqrt"),
)  # fmt: skip
cbrt = declare(
    "cbrt", "The real cube root, of negative numbers too.", truth=_real_root,
    meaning=lambda x: sp.sign(x) * sp.Abs(x) ** Rational(1, 3), tags=["arithmetic"], cost=10,
    spelling=Spelling("np.cbrt", "math.cbrt"), partials=lambda x, y: [Rational(1, 3) / y**2],
    tex=r"\sqrt[3]{{{x}}}",
    also=Names(None, "jax.numpy.cbrt", "numpy.cbrt", "scipy.special.cbrt").plus("lax.cbrt"),
)  # fmt: skip
reciprocal = declare(
    "reciprocal", "One over a number.", meaning=lambda x: 1 / x, partials=lambda x, y: [-(y**2)],
    domain=lambda x: sp.Ne(x, 0), tags=["arithmetic"], cost=2,
    also=everywhere("reciprocal").plus("T.reciprocal T.reciprocal_ lax.reciprocal"),
)  # fmt: skip
rsqrt = declare(
    "rsqrt", "One over the square root.", meaning=lambda x: 1 / sp.sqrt(x), tags=["arithmetic"],
    partials=lambda x, y: [-(y**3) / 2], domain=lambda x: x > 0, range=(0, sp.oo), cost=4,
    also=Names("torch.rsqrt", "jax.lax.rsqrt").plus("T.rsqrt T.rsqrt_"),
)  # fmt: skip
positive = declare(
    "positive", "The number itself.", meaning=lambda x: x, partials=lambda x, y: [1],
    tags=["arithmetic"], also=everywhere("positive").plus("T.positive nn.Identity"),
)  # fmt: skip
lerp = declare(
    "lerp", "Between a and b, at the fraction w of the way; exact at both ends.",
    meaning=lambda a, b, w: a + w * (b - a), tags=["arithmetic"], cost=6,
    stable=lambda a, b, w: where(w < Rational(1, 2), a + w * (b - a), b - (1 - w) * (b - a)),
    partials=lambda a, b, w, y: [1 - w, w, b - a],
    also=Names("torch.lerp").plus("T.lerp T.lerp_"),
)  # fmt: skip
addcmul = declare(
    "addcmul", "The sum a + value b c.", meaning=lambda a, b, c, value=1: a + value * b * c,
    partials=lambda a, b, c, value, y: [1, value * c, value * b, b * c], cost=3,
    tags=["arithmetic"], also=Names("torch.addcmul").plus("T.addcmul T.addcmul_"),
)  # fmt: skip
addcdiv = declare(
    "addcdiv", "The sum a + value b/c.", meaning=lambda a, b, c, value=1: a + value * b / c,
    partials=lambda a, b, c, value, y: [1, value / c, -over(over(value * b, c), c), b / c],
    domain=lambda a, b, c, value: sp.Ne(c, 0), tags=["arithmetic"], cost=4,
    also=Names("torch.addcdiv").plus("T.addcdiv T.addcdiv_"),
)  # fmt: skip
fma = declare(
    "fma", "The sum x y + z.", meaning=lambda x, z, w: x * z + w, cost=2, tags=["arithmetic"],
    partials=lambda x, z, w, y: [z, x, 1],
)  # fmt: skip
