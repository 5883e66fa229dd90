"""Progress is counted by blocks, and nothing but blocks; a cluster's is tested in test_cluster."""

from __future__ import annotations

import pytest

from derivc.scale.run import compute

dask = pytest.importorskip("dask", reason="needs dask: pip install 'derivc[dask]'")


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
def test_every_block_is_told_once(scheduler: str) -> None:
    blocks = [dask.delayed(abs)(-i) for i in range(5)]
    told: list[tuple[int, int]] = []
    with dask.config.set(scheduler=scheduler):
        found = compute(dask.delayed(sum)(blocks), blocks, lambda done, of: told.append((done, of)))
        assert compute(dask.delayed(sum)(blocks), blocks) == found == 10
    assert told == [(i, 5) for i in range(1, 6)]
