"""What ratios between peers do not show: threads, kinds of numbers, memory, time to compile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.cases import ACTIVATIONS, BLACK_SCHOLES, SEEDS, Case, feynman
from benchmarks.compare import quiet
from benchmarks.peers import ours
from benchmarks.peers.base import GRADIENT, Thunk
from benchmarks.results import geometric
from benchmarks.timing import medians

SIZE = 1_000_000
_HEAVY = 8
"""From so many weighted operations a number read or written on, a kernel is bound by computing."""

Found = dict[str, dict[str, float]]


def measure(quick: bool) -> dict[str, Any]:
    """Everything here; a sample of it when in a hurry."""
    physics = feynman()
    rounds, many = (3, physics[::12]) if quick else (9, physics)
    with quiet():
        return {
            "float32": _each(many, rounds, _kinds),
            "threads": _each(bound_by_computing(many), rounds, _threads),
            "memory": _each([*SEEDS[:1], SEEDS[3], BLACK_SCHOLES], rounds, _memory),
            "compile": compile_times(1 if quick else 5),
        }


def _each(cases: Sequence[Case], rounds: int, make: Callable[[Case], dict[str, Thunk]]) -> Found:
    return {case.name: medians(make(case), rounds) for case in cases}


def _kinds(case: Case) -> dict[str, Thunk]:
    return {
        kind: ours.into_outputs(case, GRADIENT, np.dtype(kind))(case.arrays(SIZE, kind))
        for kind in ("float64", "float32")
    }


def _threads(case: Case) -> dict[str, Thunk]:
    inputs = case.arrays(SIZE)
    given = ours.warm(1 + len(inputs), inputs, np.float64)
    return {f"{n} thread": _into(case, n, inputs, given) for n in (1, 2)}


def _into(case: Case, threads: int, inputs: Sequence[Any], given: tuple[Any, ...]) -> Thunk:
    ufunc = case.kernel(backend="c", threads=threads).native(GRADIENT).ufunc
    return lambda: ufunc(*inputs, out=given)


def _memory(case: Case) -> dict[str, Thunk]:
    inputs = case.arrays(SIZE)
    makes = {
        "fresh (ufunc)": ours.fresh,
        "used again (call)": ours.kernel(backend="c", threads=1),
        "given (out=)": ours.into_outputs,
    }
    return {name: make(case, GRADIENT, np.float64)(inputs) for name, make in makes.items()}


def bound_by_computing(physics: Sequence[Case]) -> list[Case]:
    """The cases whose value and gradient weigh much beside the memory they move."""
    everything = [*SEEDS, BLACK_SCHOLES, *ACTIVATIONS, *physics]
    return [c for c in everything if _weight(c) >= _HEAVY * (1 + 2 * len(c.domain))]


def _weight(case: Case) -> float:
    return float(case.kernel(backend="c").native(GRADIENT).plan.weight)


def compile_times(repeats: int) -> dict[str, dict[str, float]]:
    """Median seconds in fresh processes, with an empty cache and with what the last one left."""
    runs = [_pair() for _ in range(repeats)]
    return {
        state: {step: float(np.median([r[state][step] for r in runs])) for step in runs[0][state]}
        for state in ("cold", "cached")
    }


def _pair() -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DERIVC_CACHE_DIR": folder}
        command = [sys.executable, "-m", "benchmarks.compiling"]
        found = [
            subprocess.run(command, env=environment, check=True, capture_output=True).stdout
            for _ in range(2)
        ]
    return dict(zip(("cold", "cached"), map(json.loads, found), strict=True))


def report(found: dict[str, Any]) -> str:
    """Everything as text."""
    lines = [f"derivc c beside itself: value and gradient, {SIZE:,} points, milliseconds"]
    for name in ("float32", "threads"):
        lines += [f"\n{name}", *_speedup(found[name])]
    lines += ["\noutputs of 8 MB", *(_row(case, times) for case, times in found["memory"].items())]
    lines += ["\ncompiling a small kernel (the bell), milliseconds"]
    lines += [_row(state, times) for state, times in found["compile"].items()]
    return "\n".join(lines)


def _row(name: str, times: dict[str, float]) -> str:
    return f"  {name:28s}" + "".join(f"  {n} {t * 1e3:8.3f}" for n, t in times.items())


def _speedup(found: Found) -> list[str]:
    gains = {case: first / second for case, (first, second) in _pairs(found)}
    if not gains:
        return ["  nothing to measure"]
    rows = [f"{_row(case, times)}  {gains[case]:5.2f}x" for case, times in found.items()]
    worst = min(gains, key=lambda case: gains[case])
    mean = geometric(gains.values())
    return [*rows, f"  geometric mean {mean:.2f}x, least {gains[worst]:.2f}x ({worst})"]


def _pairs(found: Found) -> list[tuple[str, tuple[float, float]]]:
    return [(case, (a, b)) for case, times in found.items() for a, b in [tuple(times.values())]]
