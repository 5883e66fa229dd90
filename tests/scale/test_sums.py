"""Sums of blocks: as the exact sum rounds, whatever the order, the sizes and the numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from derivc.scale.sums import PIECE, combine, finalize, reduce_block


def hard(size: int, seed: int = 0) -> Any:
    """Numbers of all magnitudes whose sum cancels: NumPy's own sum loses all digits."""
    rng = np.random.default_rng(seed)
    half = rng.standard_normal(size // 2) * 10.0 ** rng.integers(-8, 12, size // 2)
    return rng.permutation(np.concatenate([half, -half * (1 + 1e-13), rng.random(size % 2)]))


def both(a: Any, x: Any) -> Any:
    return a * x, (x,)


@pytest.mark.parametrize("size", [0, 1, 127, PIECE, PIECE + 1, 5 * PIECE - 3])
def test_sums_are_rounded_once(size: int) -> None:
    x = hard(size)
    found = reduce_block(both, [2.0, x], [1], 2)
    assert found.shape == (2, 3)
    assert finalize(found, "sum").tolist() == [math.fsum(2 * x), math.fsum(x)]
    assert found[0, 0] == size


def test_a_plain_sum_would_not_pass() -> None:
    x = hard(5 * PIECE)
    assert float(np.sum(x)) != math.fsum(x)


def test_neither_order_nor_sizes_of_blocks_show() -> None:
    x = hard(20_001)
    ways = [[x], np.array_split(x, 7), np.array_split(x[::-1], 3), [x[:1], x[1:1], x[1:]]]
    sums = [combine([reduce_block(both, [2.0, b], [1], 2) for b in way]) for way in ways]
    nested = combine([combine([sums[0]]), combine([np.zeros((2, 3))])])
    assert {tuple(finalize(s, "mean")) for s in [*sums, nested]} == {
        (math.fsum(2 * x) / x.size, math.fsum(x) / x.size)
    }


def test_blocks_broadcast_and_arrays_of_results_are_summed_by_number() -> None:
    def outer(w: Any, x: Any, y: Any) -> Any:
        return x * y, np.stack([w[0] * x, w[1] * y])

    x, y, w = np.arange(6.0).reshape(3, 2), np.array([1.0, 10.0]), np.array([2.0, 3.0])
    found = finalize(reduce_block(outer, [w, x, y], [1, 2], 3), "sum")
    assert found.tolist() == [(x * y).sum(), 2 * x.sum(), 3 * 3 * y.sum()]


def test_single_precision_is_summed_in_double() -> None:
    x = np.full(3 * PIECE, 0.1, np.float32)
    found = finalize(reduce_block(lambda x: x, [x], [0], 1), "sum")
    assert found.tolist() == [math.fsum(x.tolist())]


@pytest.mark.parametrize(
    ("bad", "sum_"), [([np.inf], np.inf), ([np.nan], np.nan), ([np.inf, -np.inf], np.nan)]
)
def test_infinities_and_nan_arrive(bad: list[float], sum_: float) -> None:
    x = np.concatenate([np.ones(PIECE), bad, np.ones(5)])
    part = reduce_block(lambda x: x, [x], [0], 1)
    for found in (part, combine([part, part]), combine([np.zeros((2, 2)), part])):
        assert np.array_equal(finalize(found, "sum"), [sum_], equal_nan=True)


def test_the_mean_of_nothing_is_nan() -> None:
    assert np.isnan(finalize(reduce_block(lambda x: x, [np.ones(0)], [0], 1), "mean")).all()
