"""Property: declared partials are the derivative of the meaning, found numerically at 50 digits."""

from __future__ import annotations

import mpmath as mp
import pytest

from derivc.ops.declaration import Op
from tests.properties.oracle import DIGITS, differentiable_ops, partials, points, truth

TRUNCATED = {"erfcx", "dawsn", "i0e", "i1e", "k0e", "k1e", "gammainc", "gammaincc", "elliptic_k",
             "elliptic_e", "lambertw", "ive"}  # fmt: skip
"""Ops with a series of fixed length in a partial or stable form: exact to double precision only."""

WITH_PARTIALS = [op for op in differentiable_ops() if op.partials is not None]


def slope(op: Op, args: list[mp.mpf], index: int) -> mp.mpf:
    """Central difference of fourth order: at 100 digits a step of 1e-12 leaves 45 good ones."""

    def along(t: mp.mpf) -> mp.mpf:
        return truth(op, [*args[:index], t, *args[index + 1 :]])

    x, h = args[index], mp.mpf(10) ** -12
    h *= max(abs(x), mp.mpf(10) ** -3)
    near, far = along(x + h) - along(x - h), along(x + 2 * h) - along(x - 2 * h)
    return (8 * near - far) / (12 * h)


@pytest.mark.parametrize("op", WITH_PARTIALS, ids=lambda op: op.name)
def test_partials_are_derivatives_of_the_meaning(op: Op) -> None:
    places = points(op)
    assert len(places) >= 3, f"{op.name}: only {len(places)} places inside the domain"
    bound = mp.mpf(10) ** (-13 if op.name in TRUNCATED else -30)
    with mp.workdps(2 * DIGITS):
        for place in places:
            args = [mp.mpf(a) for a in place]
            declared = partials(op, args, truth(op, args))
            assert len(declared) == op.arity
            for index, partial in enumerate(declared):
                if partial is None:
                    continue
                found = slope(op, args, index)
                tolerance = bound * (1 + abs(found)) * mp.mpf(10) ** 3
                assert abs(partial - found) <= tolerance, (place, index, partial, found)
