"""Sums and scalings in the exponent: logaddexp, logaddexp2, ldexp."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivc.ops.declaration import Spelling
from derivc.ops.declare import declare
from derivc.ops.exponential import exp2
from derivc.ops.names import Names
from derivc.ops.shorthand import everywhere, mpmath
from derivc.ops.sigmoids import sigmoid

_LN2 = sp.log(2)
_TAGS = ["exponential"]


def _sum(a: Any, b: Any) -> Any:
    """max + log(1 + exp(-|a - b|)): the exponent never overflows."""
    return max(a, b) + mpmath().log1p(mpmath().exp(-abs(a - b)))


logaddexp = declare(
    "logaddexp", "The logarithm of the sum of two exponentials.", tags=_TAGS, cost=12,
    meaning=lambda a, b: sp.log(sp.exp(a) + sp.exp(b)), truth=_sum,
    spelling=Spelling("np.logaddexp"), partials=lambda a, b, y: [sigmoid(a - b), sigmoid(b - a)],
    also=everywhere("logaddexp").plus("T.logaddexp"),
)  # fmt: skip
logaddexp2 = declare(
    "logaddexp2", "The binary logarithm of the sum of two powers of two.", tags=_TAGS, cost=14,
    meaning=lambda a, b: sp.log(2**a + 2**b) / _LN2, spelling=Spelling("np.logaddexp2"),
    truth=lambda a, b: _sum(a * mpmath().ln2, b * mpmath().ln2) / mpmath().ln2,
    partials=lambda a, b, y: [sigmoid(_LN2 * (a - b)), sigmoid(_LN2 * (b - a))],
    also=everywhere("logaddexp2").plus("T.logaddexp2"),
)  # fmt: skip
ldexp = declare(
    "ldexp", "A number times a power of two.", meaning=lambda x, e: x * exp2(e), tags=_TAGS,
    partials=lambda x, e, y: [exp2(e), _LN2 * y], cost=4,
    also=Names("torch.ldexp", "jax.numpy.ldexp", "numpy.ldexp").plus("T.ldexp T.ldexp_"),
)  # fmt: skip
