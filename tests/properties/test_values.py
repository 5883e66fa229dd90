"""Property: compiled values and partials agree with the oracle to a few units in the last place.

The error allowed is that of a careful computation: some ulp of the result, and some ulp of each
argument, carried through the slope (an argument rounded once is no fault of the kernel).
"""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

import derivc as dc
from derivc.ops.declaration import Op
from tests.properties.oracle import differentiable_ops, partials, points, truth

ULPS = 12
DIGITS = 120
LARGEST = mp.mpf(2) ** 1023
LOOSE = {"gegenbauer": 128, "legendre": 128, "chebyshevt": 128, "chebyshevu": 128,
         "zeta": 64, "trigamma": 64, "polygamma": 256, "gammainc": 256, "gammaincc": 256,
         "dawsn": 128, "ive": 512, "beta": 1024, "betaln": 128, "binomial": 1024,
         "erfi": 128}  # fmt: skip
"""Ops whose SciPy function, or series at the edge of its range, loses more digits than that."""


OPS = [pytest.param(op, id=op.name) for op in differentiable_ops()]


def compiled(op: Op, free: list[int], fixed: dict[int, float]) -> Any:
    """A kernel of the op in its free arguments, the others being constants."""
    import sympy as sp

    names = [sp.Symbol(f"a{i}", real=True) for i in range(op.arity)]
    args = [sp.sympify(fixed[i]) if i in fixed else names[i] for i in range(op.arity)]
    return dc.compile(op.build(*args), inputs=[f"a{i}" for i in free])


def free_arguments(op: Op) -> list[int]:
    """The positions the op can be differentiated by."""
    args = [mp.mpf(a) for a in points(op)[0]]
    return [i for i, p in enumerate(partials(op, args, truth(op, args))) if p is not None]


def allowed(op: Op, result: Any, args: list[Any], slopes: list[Any], ulp: float) -> Any:
    """How far a careful computation may be from the truth."""
    carried = sum(abs(a * s) for a, s in zip(args, slopes, strict=True) if s is not None)
    return LOOSE.get(op.name, ULPS) * ulp * (abs(result) + carried) + mp.mpf(10) ** -300


@pytest.mark.parametrize("op", OPS)
def test_values_agree_with_the_oracle(op: Op) -> None:
    for place in points(op):
        args = [mp.mpf(a) for a in place]
        with mp.workdps(DIGITS):
            expected = truth(op, args)
            slopes = partials(op, args, expected) if op.partials else [0] * op.arity
        free = free_arguments(op)
        kernel = compiled(op, free, {i: a for i, a in enumerate(place) if i not in free})
        inputs = [float(place[i]) for i in free]
        got = kernel(*inputs)
        if abs(expected) > LARGEST:
            continue
        limit = allowed(op, expected, args, slopes, 2.0**-53)
        assert abs(mp.mpf(got) - expected) <= limit, (place, got, expected)
        assert np.allclose(kernel(*[np.full(3, v) for v in inputs]), got, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("op", OPS)
def test_partials_agree_with_the_oracle(op: Op) -> None:
    for place in points(op):
        args = [mp.mpf(a) for a in place]
        free = free_arguments(op)
        with mp.workdps(DIGITS):
            expected = partials(op, args, truth(op, args))
            bend = [_second(op, args, i) for i in free]
        kernel = compiled(op, free, {i: a for i, a in enumerate(place) if i not in free})
        got = kernel.grad(*[float(place[i]) for i in free])
        for position, index in enumerate(free):
            limit = allowed(op, expected[index], args, bend[position], 2.0**-53)
            if abs(expected[index]) > LARGEST:
                continue
            error = abs(mp.mpf(got[position]) - expected[index])
            assert error <= limit, (place, index, got[position], expected[index])


def _second(op: Op, args: list[Any], index: int) -> list[Any]:
    """How the partial moves with each argument: differences of the declared partial."""
    found = []
    for i, a in enumerate(args):
        h = max(abs(a), mp.mpf("1e-3")) * mp.mpf(10) ** -20
        sides = [[*args[:i], a + s * h, *args[i + 1 :]] for s in (-1, 1)]
        try:
            low, high = [partials(op, side, truth(op, side))[index] for side in sides]
            found.append((high - low) / (2 * h))
        except (ValueError, ZeroDivisionError):
            found.append(mp.mpf(0))
    return found
