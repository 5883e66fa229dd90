"""Value and gradient: derivc's NumPy kernels beside SymPy's lambdify, in one run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

import derivc as dc
from benchmarks.cases import Case
from benchmarks.timing import medians

Function = Callable[..., Any]


def lambdified(case: Case, cse: bool) -> Function:
    """SymPy's value and gradient by lambdify, nothing around it."""
    names = sorted(case.domain)
    symbols = {name: sp.Symbol(name, real=True) for name in names}
    scope = {**symbols, "sigmoid": lambda x: 1 / (1 + sp.exp(-x)), "ln": sp.log}
    tree = sp.sympify(case.expression, locals=scope)
    outputs = [tree, *(sp.diff(tree, symbols[name]) for name in names)]
    found: Function = sp.lambdify([symbols[name] for name in names], outputs, "numpy", cse=cse)
    return found


def materialized(raw: Function) -> Function:
    """The same function with every output a fresh array.

    lambdify hands its inputs (and scalars) back as trivial partials; a user who wants arrays has to
    copy them, so that copy is counted.
    """
    return lambda *arguments: [_fresh(out, arguments) for out in raw(*arguments)]


def _fresh(out: Any, arguments: Sequence[Any]) -> Any:
    shape = np.shape(arguments[0])
    aliased = any(out is a for a in arguments)
    if np.shape(out) == shape and not aliased:
        return out
    return np.broadcast_to(out, shape).copy()


def compare(case: Case, size: int, rounds: int = 7) -> dict[str, float]:
    """Median seconds of value and gradient for each competitor on arrays, or on one point."""
    kernel = dc.compile(case.expression, inputs=sorted(case.domain))
    arguments = case.arrays(size) if size > 1 else case.point()
    peers = {"lambdify": lambdified(case, False), "lambdify cse": lambdified(case, True)}
    if size > 1:
        peers = {name: materialized(raw) for name, raw in peers.items()}
    functions = {"derivc": kernel.value_and_grad, **peers}
    thunks = {name: partial(f, *arguments) for name, f in functions.items()}
    return medians(thunks, rounds)


def table(cases: Sequence[Case], size: int, rounds: int = 7) -> str:
    """One line a case with times in milliseconds and the ratio to lambdify(cse=True)."""
    lines = [f"value and gradient, {size:,} float64 points, milliseconds"]
    ratios: dict[str, list[float]] = {"lambdify": [], "lambdify cse": []}
    for case in cases:
        found = compare(case, size, rounds)
        for peer, of_peer in ratios.items():
            of_peer.append(found[peer] / found["derivc"])
        times = "  ".join(f"{name} {seconds * 1e3:9.4f}" for name, seconds in found.items())
        lines.append(f"{case.name:14s} {times}  {ratios['lambdify cse'][-1]:6.2f}x")
    for peer, of_peer in ratios.items():
        mean = math.exp(sum(map(math.log, of_peer)) / len(of_peer))
        lines.append(f"{peer}: geometric mean {mean:.2f}x, least {min(of_peer):.2f}x")
    return "\n".join(lines)
