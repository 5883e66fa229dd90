"""Arithmetic: the ops that Python writes as operators, and their near relatives."""

from __future__ import annotations

import sympy as sp
from sympy import Rational, log

from derivc.ops.declaration import Names, Spelling
from derivc.ops.declare import declare
from derivc.ops.piecewise import where

add = declare(
    "add", "Sum of two numbers.", params=("a", "b"), truth=lambda a, b: a + b,
    meaning=lambda a, b: a + b, spelling=Spelling("np.add", infix="{0} + {1}"),
    partials=lambda a, b, y: [1, 1], tex="{a} + {b}", tags=["arithmetic"],
    also=Names("torch.add", "jax.numpy.add", "numpy.add"),
)  # fmt: skip
sub = declare(
    "sub", "Difference of two numbers.", params=("a", "b"), truth=lambda a, b: a - b,
    meaning=lambda a, b: a - b, spelling=Spelling("np.subtract", infix="{0} - {1}"),
    partials=lambda a, b, y: [1, -1], tex="{a} - {b}", tags=["arithmetic"], aliases=["subtract"],
    also=Names("torch.sub", "jax.numpy.subtract", "numpy.subtract"),
)  # fmt: skip
mul = declare(
    "mul", "Product of two numbers.", params=("a", "b"), truth=lambda a, b: a * b,
    meaning=lambda a, b: a * b, spelling=Spelling("np.multiply", infix="{0} * {1}"),
    partials=lambda a, b, y: [b, a], tex="{a} {b}", tags=["arithmetic"], aliases=["multiply"],
    also=Names("torch.mul", "jax.numpy.multiply", "numpy.multiply"),
)  # fmt: skip
div = declare(
    "div", "Quotient of two numbers.", params=("a", "b"), truth=lambda a, b: a / b,
    meaning=lambda a, b: a / b, spelling=Spelling("np.divide", infix="{0} / {1}"),
    partials=lambda a, b, y: [1 / b, -y / b], domain=lambda a, b: sp.Ne(b, 0),
    tex=r"\frac{{{a}}}{{{b}}}", tags=["arithmetic"], aliases=["divide", "true_divide"], cost=2,
    also=Names("torch.div", "jax.numpy.divide", "numpy.divide"),
)  # fmt: skip
neg = declare(
    "neg", "The number with its sign changed.", params=("x",), truth=lambda x: -x,
    meaning=lambda x: -x, spelling=Spelling("np.negative", infix="-{0}"),
    partials=lambda x, y: [-1], tex="-{x}", tags=["arithmetic"], aliases=["negative"],
    also=Names("torch.neg", "jax.numpy.negative", "numpy.negative"),
)  # fmt: skip
power = declare(
    "pow", "A number raised to a power.", params=("x", "e"), truth="power",
    symbol=sp.Pow, spelling=Spelling("np.power", infix="{0} ** {1}"),
    partials=lambda x, e, y: [
        e * x ** (e - 1),
        where(sp.Eq(x, 0), where(e >= 0, 0, -sp.oo), y * log(x)),
    ],
    domain=lambda x, e: x > 0, tex="{{{x}}}^{{{e}}}", tags=["arithmetic"], aliases=["power"],
    also=Names("torch.pow", "jax.numpy.power", "numpy.power", None), cost=20,
)  # fmt: skip
square = declare(
    "square", "A number times itself.", meaning=lambda x: x**2, truth=lambda x: x * x,
    spelling=Spelling("np.square", infix="{0} * {0}"), partials=lambda x, y: [2 * x],
    range=(0, sp.oo), tex="{{{x}}}^{{2}}", tags=["arithmetic"],
    also=Names("torch.square", "jax.numpy.square", "numpy.square"),
)  # fmt: skip
sqrt = declare(
    "sqrt", "The non-negative square root.", meaning=lambda x: sp.sqrt(x), truth="sqrt",
    spelling=Spelling("np.sqrt", "math.sqrt"), partials=lambda x, y: [Rational(1, 2) / y],
    domain=lambda x: x >= 0, range=(0, sp.oo), tex=r"\sqrt{{{x}}}", tags=["arithmetic"], cost=2,
    also=Names("torch.sqrt", "jax.numpy.sqrt", "numpy.sqrt"),
)  # fmt: skip
