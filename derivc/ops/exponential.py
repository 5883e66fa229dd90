"""Exponentials and logarithms."""

from __future__ import annotations

import sympy as sp

from derivc.ops.declaration import Names, Spelling
from derivc.ops.declare import declare

exp = declare(
    "exp", "The exponential function.", params=("x",), symbol=sp.exp, truth="exp",
    spelling=Spelling("np.exp", "math.exp"), partials=lambda x, y: [y], range=(0, sp.oo), cost=3,
    also=Names("torch.exp", "jax.numpy.exp", "numpy.exp"), tags=["exponential"],
)  # fmt: skip
log = declare(
    "log", "The natural logarithm.", params=("x",), symbol=sp.log, truth="log",
    spelling=Spelling("np.log", "math.log"), partials=lambda x, y: [1 / x],
    domain=lambda x: x > 0, also=Names("torch.log", "jax.numpy.log", "numpy.log"),
    aliases=["ln"], cost=3, tags=["exponential"],
)  # fmt: skip
