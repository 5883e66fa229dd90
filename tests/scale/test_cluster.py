"""Real worker processes, data larger than their memory, and one of them killed at work."""

from __future__ import annotations

import logging
import math
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derivc as dc

dask = pytest.importorskip("dask", reason="needs dask: pip install 'derivc[dask]'")
da = pytest.importorskip("dask.array", reason="needs dask: pip install 'derivc[dask]'")
distributed = pytest.importorskip("distributed", reason="needs pip install 'derivc[dask]'")

LIMIT = 256 * 2**20
POINTS, CHUNK = 34_500_000, 500_000
"""Of x and y together 526 MiB: more than two workers may hold."""

RESIDUAL = "(y - a*exp(-b*x))**2"
AT = (2.0, 1.0)


def test_a_cluster_of_two_processes(subtests: pytest.Subtests) -> None:
    """One test, so that processes of pytest that share the work start one cluster."""
    with cluster() as client:
        for check in CHECKS:
            with subtests.test(check.__name__):
                check(client)


@contextmanager
def cluster() -> Iterator[Any]:
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of the killed worker
    calm = {"distributed.admin.tick.limit": "1h", "distributed.logging.distributed": "critical"}
    calm["distributed.worker.memory.pause"] = False  # what is over the limit is still killed
    with (
        dask.config.set(calm),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0",
            memory_limit=LIMIT, silence_logs=logging.CRITICAL,
        ) as two,
        distributed.Client(two) as client,
    ):  # fmt: skip
        yield client
        pids = list(client.run(os.getpid).values())
    assert not wait_for_end(pids), "worker processes stay behind"


def generated(points: int = POINTS, chunk: int = CHUNK) -> tuple[Any, Any]:
    """Data that no one holds: every block is drawn when it is asked for."""
    x = da.random.default_rng(1).random(points, chunks=chunk)
    noise = da.random.default_rng(2).random(points, chunks=chunk)
    return x, 2.5 * da.exp(-1.3 * x) + 0.1 * (noise - 0.5)


def alone(x: Any, y: Any) -> tuple[float, tuple[float, float]]:
    """The sums by the formulas' own NumPy, in this process, a block at a time."""
    sums = [[], [], []]
    (a, b) = AT
    for i in range(x.numblocks[0]):
        px, py = dask.compute(x.blocks[i], y.blocks[i], scheduler="synchronous")
        e = np.exp(-b * px)
        r = py - a * e
        for kept, row in zip(sums, (r * r, -2 * r * e, 2 * r * a * e * px), strict=True):
            kept.append(np.sum(row, dtype=np.longdouble))
    value, da_, db_ = (float(np.sum(kept)) for kept in sums)
    return value, (da_, db_)


def close(found: Any, wanted: Any) -> None:
    assert found[0] == pytest.approx(wanted[0], rel=1e-14)
    assert found[1] == pytest.approx(wanted[1], rel=1e-14)


def more_data_than_memory_and_a_worker_killed_in_the_middle(client: Any) -> None:
    x, y = generated()
    assert x.nbytes + y.nbytes > 2 * LIMIT
    k = dc.compile(RESIDUAL, wrt=["a", "b"])
    before = client.run(os.getpid)
    killed: list[int] = []

    def strike(done: int, of: int) -> None:
        assert of == x.numblocks[0]
        if done == of // 4 and not killed:
            killed.append(next(iter(before.values())))
            os.kill(killed[0], signal.SIGKILL)

    found = dc.scale.reduce(k, data={"x": x, "y": y}, progress=strike).value_and_grad(*AT)
    assert killed
    close(found, alone(x, y))
    client.wait_for_workers(2, timeout=60)
    assert killed[0] not in client.run(os.getpid).values()


def numpy_gives_what_one_machine_gives(client: Any) -> None:
    one_machine(client, "numpy")


def native_code_gives_what_one_machine_gives(client: Any) -> None:
    if not has_compiler():
        pytest.skip("there is no C compiler")
    one_machine(client, "c")


def one_machine(client: Any, backend: str) -> None:
    x, y = generated(300_000, 70_000)
    k = dc.compile(RESIDUAL, wrt=["a", "b"], backend=backend)
    loss = dc.scale.reduce(k, "mean", data={"x": x, "y": y})
    there = loss.value_and_grad(*AT)
    with dask.config.set(scheduler="synchronous"):
        assert loss.value_and_grad(*AT) == there
    value, (by_a, by_b) = k.value_and_grad(*AT, *dask.compute(x, y))
    close(there, (math.fsum(value) / x.size, tuple(math.fsum(by) / x.size for by in (by_a, by_b))))
    parts = dask.compute(k.value_and_grad(*AT, x, y))[0]
    for found, wanted in zip((parts[0], *parts[1]), (value, by_a, by_b), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-14, atol=1e-14)


def has_compiler() -> bool:
    from derivc.native.toolchain import find

    try:
        return bool(find())
    except dc.errors.NativeError:
        return False


def a_delayed_loss_is_a_future_of_the_client(client: Any) -> None:
    x = da.arange(10.0, chunks=3)
    loss = dc.scale.reduce(dc.compile("a*x**2"), data={"x": x})
    future = client.compute(loss.delayed(2.0))
    assert future.result() == (570.0, (285.0,))


def an_error_of_a_worker_arrives(client: Any) -> None:
    def broken(block: Any) -> Any:
        raise OSError("no such file")

    x = da.ones(10, chunks=5).map_blocks(broken, dtype=float, meta=np.empty(0))
    calls: list[int] = []
    loss = dc.scale.reduce(
        dc.compile("a*x**2"), data={"x": x}, progress=lambda done, of: calls.append(done)
    )
    with pytest.raises(OSError, match="no such file"):
        loss.value(1.0)


def the_script_in_the_docs_fits(client: Any) -> None:
    pytest.importorskip("scipy", reason="needs SciPy")
    page = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
    (script,) = re.findall(
        r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    names: dict[str, Any] = {"__name__": "fit"}
    exec(script, names)
    assert names["fit"](2_000_000) == pytest.approx([2.5, 1.3], abs=2e-3)


CHECKS: list[Callable[[Any], None]] = [
    more_data_than_memory_and_a_worker_killed_in_the_middle,
    numpy_gives_what_one_machine_gives,
    native_code_gives_what_one_machine_gives,
    a_delayed_loss_is_a_future_of_the_client,
    an_error_of_a_worker_arrives,
    the_script_in_the_docs_fits,
]


def wait_for_end(pids: list[int], seconds: float = 10) -> list[int]:
    """The processes that still run after some time."""
    end = time.monotonic() + seconds
    while pids and time.monotonic() < end:
        pids = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        time.sleep(0.05)
    return pids
