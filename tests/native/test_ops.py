"""Every primitive in C: elementary ones against 50 digits, special ones as NumPy computes them.

docs/native.md holds the table of the worst errors; DERIVC_GOLDEN=write measures it anew.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from derivc.codegen.c import spelling
from derivc.codegen.function import Argument
from derivc.definition import Definition
from derivc.kernel import Kernel
from derivc.lowering import multiprecision
from derivc.ops import registry
from derivc.ops.shorthand import mpmath
from derivc.options import Options
from derivc.verify.ulp import ulps

pytestmark = pytest.mark.usefixtures("needs_compiler")
PAGE = Path(__file__).parents[2] / "docs" / "native.md"
ROW = re.compile(r"^\| `(\w+)` +\| +(\d+) \| +(\d+) \|$", re.MULTILINE)
POINTS = 1500
INTERVALS = {"gamma": (0.01, 30), "lgamma_far": (0.01, 30), "pow": (0.01, 30), "cosh": (-20, 20)}
MEASURED = sorted(
    op.name for op in registry.all_ops()
    if op.is_primitive and spelling.calls(op.name) and op.name not in spelling.OWN
)  # fmt: skip
OTHERS = sorted(
    op.name for op in registry.all_ops()
    if op.is_primitive and op.name not in MEASURED and op.name != "where"
)  # fmt: skip


def kernel(name: str, **options) -> Kernel:
    op = registry.get(name)
    symbols = [sp.Symbol(p, real=True) for p in op.params]
    arguments = tuple(Argument(p, (p,)) for p in op.params)
    definition = Definition(arguments, (op.build(*symbols),), None, name)
    return Kernel(definition, options=Options(**options))


def points(name: str) -> list[np.ndarray]:
    """Numbers of every size in the op's interval, dense around 0 and 1."""
    source, (low, high) = np.random.default_rng(5), INTERVALS.get(name, (-9.0, 9.0))
    found = []
    for _ in registry.get(name).params:
        wide = source.uniform(low, high, POINTS // 3)
        near = (
            source.uniform(-1, 1, POINTS // 3) if low < 0 else source.uniform(0.5, 2, POINTS // 3)
        )
        tiny = 10 ** source.uniform(-20, 0, POINTS // 3) * np.sign(near)
        column = np.concatenate([wide, near, tiny])
        source.shuffle(column)
        found.append(column)
    return found


@lru_cache(maxsize=64)
def truths(name: str) -> list[float]:
    function = multiprecision.function(name)
    with mpmath().workdps(50):
        exact = [map(mpmath().mpf, point) for point in zip(*points(name), strict=True)]
        return [float(function(*point)) for point in exact]


def worst(name: str, accuracy: str) -> int:
    """The worst distance from the truth in units in the last place."""
    found = kernel(name, backend="c", accuracy=accuracy)(*points(name))
    return int(max(ulps(float(a), t) for a, t in zip(found, truths(name), strict=True)))


def documented() -> dict[str, tuple[int, int]]:
    return {name: (int(fast), int(strict)) for name, fast, strict in ROW.findall(PAGE.read_text())}


def test_the_page_names_every_op() -> None:
    if os.environ.get("DERIVC_GOLDEN") == "write":
        rows = [f"| `{n}` | {worst(n, 'fast')} | {worst(n, 'strict')} |" for n in MEASURED]
        text = PAGE.read_text()
        head, _, tail = text.partition("| --- | ---: | ---: |\n")
        rest = tail[tail.index("\n\n") :] if "\n\n" in tail else "\n"
        PAGE.write_text(f"{head}| --- | ---: | ---: |\n{chr(10).join(rows)}{rest}")
    assert sorted(documented()) == MEASURED


@pytest.mark.parametrize("name", MEASURED)
def test_errors_are_within_what_is_documented(name: str) -> None:
    fast, strict = documented()[name]
    assert worst(name, "fast") <= fast
    assert worst(name, "strict") <= strict


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.filterwarnings("ignore:floating point number truncated:RuntimeWarning")
def test_the_rest_is_as_with_numpy(name: str) -> None:
    if registry.get(name).tags & {"special"}:
        pytest.importorskip("scipy")
    given = [
        np.rint(p) if i == 0 and len(points(name)) > 1 else p for i, p in enumerate(points(name))
    ]
    given = [np.abs(p) + 1.5 for p in given] if name == "zeta" else given
    with np.errstate(all="ignore"):
        expected, found = kernel(name)(*given), kernel(name, backend="c")(*given)
    rtol = 1e-13 if name == "zeta" else 1e-14
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=0)
    assert np.array_equal(np.signbit(found), np.signbit(expected))


@pytest.mark.parametrize("s", [1.0001, 1.5, 2, 3, 4.5, 10, 30])
def test_zeta_is_right(s: float) -> None:
    """Ours, since SciPy hands out no C function: against 80 digits."""
    zeta = kernel("zeta", backend="c")
    for q in (1e-5, 0.3, 1.0, 2.5, 7.0, 50.0, 1e5, 1e9):
        with mpmath().workdps(80):
            truth = mpmath().zeta(mpmath().mpf(s), mpmath().mpf(q))
            assert abs(zeta(s, q) - truth) <= 8e-16 * abs(truth)
    assert np.isnan(zeta(0.5, 1.0)) and np.isinf(zeta(1.0, 1.0)) and np.isinf(zeta(2.0, -3.0))
