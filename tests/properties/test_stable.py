"""Property: the stable form of a composite is its meaning, at 50 digits."""

from __future__ import annotations

import mpmath as mp
import pytest

from derivc.ops.declaration import Op
from tests.properties.oracle import DIGITS, differentiable_ops, evaluate, points, truth
from tests.properties.test_partials import TRUNCATED

COMPOSITES = [op for op in differentiable_ops() if op.stable is not None]
TO_DOUBLE = TRUNCATED | {"tanhshrink", "sincu", "lgamma", "mvlgamma", "digamma_rise"}


@pytest.mark.parametrize("op", COMPOSITES, ids=lambda op: op.name)
def test_stable_form_equals_the_meaning(op: Op) -> None:
    assert op.stable is not None
    to_double = op.name in TO_DOUBLE or op.name.startswith(("sincu_", "digamma_rise_"))
    bound = mp.mpf(10) ** (-16 if to_double else -DIGITS + 8)
    with mp.workdps(DIGITS):
        for place in points(op):
            args = [mp.mpf(a) for a in place]
            expected, computed = truth(op, args), evaluate(op.stable, args)
            assert abs(computed - expected) <= bound * (1 + abs(expected)), (place, computed)
