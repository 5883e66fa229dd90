"""The graph of a reduction: one task per block, and tasks that add few sums each."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from derivc.scale.remote import Remote
from derivc.scale.tree import Partial, blocks_of, total_of

da = pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")


def task() -> Partial:
    return Partial(Remote(dc.compile("a*x")), "value_and_grad", 3, (2.0, None), (1,))


def test_a_block_is_summed_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, run = [], Partial.__call__
    monkeypatch.setattr(Partial, "__call__", lambda self, b: calls.append(b.size) or run(self, b))
    x = da.random.default_rng(0).random(40, chunks=10) * 2 + 1
    blocks = blocks_of(task(), [x])
    assert len(blocks) == 4
    total = total_of(blocks)
    sums = total.compute(scheduler="synchronous")
    assert calls == [10] * 4
    assert sums[0, 0] == 40
    assert sums[0, 1] == pytest.approx(2 * float(x.sum().compute(scheduler="synchronous")))


@pytest.mark.parametrize(("count", "adding"), [(1, 0), (2, 1), (16, 1), (17, 3), (300, 22)])
def test_sums_are_added_in_a_tree(count: int, adding: int) -> None:
    total: Any = total_of(blocks_of(task(), [da.arange(float(count), chunks=1)]))
    keys = list(dict(total.__dask_graph__()))
    assert sum("combine" in str(key) for key in keys) == adding
    assert total.compute(scheduler="synchronous")[0].tolist() == [
        count, count * (count - 1), count * (count - 1) / 2, 2 * count,
    ]  # fmt: skip
