"""A function next to the number that it tends to keeps its digits, and so do its slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import pytest

import derivc as dc
from tests.ops.near import ulps

CASES: list[tuple[str, Callable[[Any], Any], float]] = [
    ("erf(x) - 1", lambda x: -mp.erfc(x), 10.0),
    ("1 - erf(x)", mp.erfc, 10.0),
    ("erf(x) + 1", lambda x: mp.erfc(-x), -10.0),
    ("0.5 - 0.5*erf(x)", lambda x: mp.erfc(x) / 2, 10.0),
    ("1/2 + erf(x)/2", lambda x: mp.erfc(-x) / 2, -10.0),
    ("1 - erfc(x)", mp.erf, 1e-20),
    ("2 - erfc(x)", lambda x: mp.erfc(-x), -10.0),
    ("1 - ndtr(x)", lambda x: mp.ncdf(-x), 8.0),
    ("sigmoid(x) - 1", lambda x: -1 / (1 + mp.exp(x)), 300.0),
    ("1 - tanh(x)", lambda x: 2 / (1 + mp.exp(2 * x)), 100.0),
    ("3 + 3*tanh(x)", lambda x: 6 / (1 + mp.exp(-2 * x)), -100.0),
    ("1 - tanh(x)**2", lambda x: mp.sech(x) ** 2, 100.0),
    ("1 - gammainc(2, x)", lambda x: mp.gammainc(2, x, regularized=True), 50.0),
]


@pytest.mark.parametrize(("text", "meaning", "x"), CASES, ids=[text for text, _, _ in CASES])
def test_it_keeps_its_digits(text: str, meaning: Callable[[Any], Any], x: float) -> None:
    kernel = dc.compile(text)
    with mp.workdps(50):
        assert ulps(kernel(x), meaning(mp.mpf(x))) < 64
        assert ulps(kernel.grad(x)[0], mp.diff(meaning, mp.mpf(x))) < 64


@pytest.mark.parametrize("text", ["erf(x) - 2", "2 + tanh(x)", "erf(x) + x", "1 - gamma(x)"])
def test_other_sums_stay(text: str) -> None:
    assert not {"erfc", "sigmoid"} & {s.op for s in dc.compile(text).program.instructions}
