"""Where differentiation stops by decree: what `detach` and `stop_gradient` mean.

The number is itself, and counts as a constant wherever a derivative is taken. That is no property
of a function of real numbers, so the oracle holds these values fixed when it looks for slopes.
"""

from __future__ import annotations

from derivc.ops.declaration import Names
from derivc.ops.declare import declare

stop_gradient = declare(
    "stop_gradient", "The number itself, taken for a constant: its derivative is 0.",
    meaning=lambda x: x, partials=lambda x, y: [0], tags=["auxiliary", "decree"],
    also=Names("torch.Tensor.detach", "jax.lax.stop_gradient"), cost=0,
)  # fmt: skip
