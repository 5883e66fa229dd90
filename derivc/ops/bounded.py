"""A number kept finite where it meets a factor that vanishes.

x exp(-x) is 0 at infinity, but infinity times zero is NaN. `bounded(x)` is x in every formula; what
is computed is x held within a bound beyond which the other factor is exactly zero.
"""

from __future__ import annotations

import sympy as sp

from derivc.ops.declare import declare
from derivc.ops.magnitude import maximum, minimum

_BOUND = sp.Integer(10) ** 9

bounded = declare(
    "bounded", "The number itself, held finite where a factor next to it vanishes.",
    meaning=lambda x, bound=_BOUND: x, stable=lambda x, bound: minimum(maximum(x, -bound), bound),
    partials=lambda x, bound, y: [1, 0], tex="{x}", tags=["auxiliary"], cost=2,
)  # fmt: skip
