"""The runtime graph beside PyTorch and HIPS autograd: operations, a kernel, a training step."""

from __future__ import annotations

import importlib
import itertools
import json
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import derivc as dc
from benchmarks.timing import medians
from derivc.errors import NativeError
from derivc.native.toolchain import find

POINT = np.random.default_rng(0).normal(size=10)
SIZES = ((256, 784), (256,), (10, 256), (10,))


def chain(x: Any, sin: Any, tanh: Any) -> Any:
    """A hundred small operations."""
    y = x
    for _ in range(25):
        y = tanh(sin(y) * 1.01) + x
    return y


def optional(name: str) -> Any:
    """A peer, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def compiler() -> bool:
    """Whether native kernels can be compiled here."""
    try:
        find()
    except NativeError:
        return False
    return True


def chains(torch: Any) -> dict[str, Callable[[], Any]]:
    """Forward and backward pass of the chain, on ten numbers."""
    x = dc.tensor(POINT, requires_grad=True)
    sin, tanh = dc.sin, dc.tanh
    kernel, native = (
        dc.function(lambda x: chain(x, np.sin, np.tanh), backend=b) for b in ("numpy", "c")
    )

    def pull(x: Any, y: Any) -> None:
        x.grad = None
        y.sum().backward()

    found: dict[str, Callable[[], Any]] = {
        "derivc": lambda: pull(x, chain(x, sin, tanh)),
        "derivc, one kernel": lambda: pull(x, kernel(x)),
    }
    if compiler():
        found["derivc, one kernel in C"] = lambda: pull(x, native(x))
    if torch:
        t = torch.tensor(POINT, requires_grad=True)
        found["PyTorch"] = lambda: pull(t, chain(t, torch.sin, torch.tanh))
    if hips := optional("autograd"):
        anp = importlib.import_module("autograd.numpy")
        gradient = hips.grad(lambda x: anp.sum(chain(x, anp.sin, anp.tanh)))
        found["HIPS autograd"] = lambda: gradient(POINT)
    return found


def network(torch: Any, dtype: Any) -> dict[str, Callable[[], Any]]:
    """One training step of a network 784-256-10 on 128 samples, on one thread."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(128, 784)).astype(dtype)
    labels = rng.integers(0, 10, 128)
    start = [rng.normal(0, 0.05, s).astype(dtype) for s in SIZES]

    def step(f: Any, relu: Any, make: Any, sgd: Any) -> Callable[[], Any]:
        a, b, c, d = leaves = [make(w, requires_grad=True) for w in start]
        x, t, optimizer = make(points), make(labels), sgd(leaves, lr=0.1)

        def run() -> Any:
            optimizer.zero_grad()
            loss = f.cross_entropy(f.linear(relu(f.linear(x, a, b)), c, d), t)
            loss.backward()
            optimizer.step()
            return loss

        return run

    found = {"derivc": step(dc, dc.relu, dc.tensor, dc.SGD)}
    if torch:
        f = torch.nn.functional
        found["PyTorch"] = step(f, torch.relu, torch.tensor, torch.optim.SGD)
    return found


def peak(run: Callable[[], Any]) -> float:
    """The most memory in MB that NumPy held during a step, beyond what it held before."""
    run()
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def peak_of_torch(torch: Any, run: Callable[[], Any]) -> float:
    """The same for PyTorch, from the sizes that its profiler writes down."""
    run()
    with torch.profiler.profile(profile_memory=True) as profile:
        run()
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        profile.export_chrome_trace(str(trace))
        events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    sizes = [(e["ts"], e["args"]["Bytes"]) for e in events if e.get("name") == "[memory]"]
    return max(itertools.accumulate(size for _, size in sorted(sizes))) / 1e6


def rows(title: str, times: dict[str, float]) -> list[str]:
    """One line per competitor: the median, and its ratio to ours."""
    own = times["derivc"]
    return [title] + [
        f"  {name:<20} {seconds * 1e6:10.0f} us   derivc takes {own / seconds:.2f} of it"
        for name, seconds in times.items()
    ]


def table(rounds: int) -> str:
    """All of it as text."""
    torch = optional("torch")
    if torch:
        torch.set_num_threads(1)
    lines = rows("chain of 100 operations on 10 numbers", medians(chains(torch), rounds))
    for dtype in (np.float32, np.float64):
        steps = network(torch, dtype)
        name = np.dtype(dtype).name
        lines += rows(f"training step, {name}", medians(steps, rounds))
        lines.append(f"  peak memory of derivc  {peak(steps['derivc']):.2f} MB")
        if torch:
            lines.append(
                f"  peak memory of PyTorch {peak_of_torch(torch, steps['PyTorch']):.2f} MB"
            )
    return "\n".join(lines)
