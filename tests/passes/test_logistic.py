"""Powers of 1 + exp(x) and of the logistic function, with slopes where exp(x) overflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import pytest

import derivc as dc

CASES: list[tuple[str, Callable[[Any], Any]]] = [
    ("sigmoid(x)*(1 + exp(x))**(-1/2)", lambda x: 1 / (1 + mp.exp(-x)) / mp.sqrt(1 + mp.exp(x))),
    ("sqrt(1 + exp(x))", lambda x: mp.sqrt(1 + mp.exp(x))),
    ("sqrt(sigmoid(x))", lambda x: 1 / mp.sqrt(1 + mp.exp(-x))),
    ("(1 + exp(x))**-2", lambda x: (1 + mp.exp(x)) ** -2),
    ("(1 + exp(-x))**-0.25", lambda x: (1 + mp.exp(-x)) ** -0.25),
]
PLACES = [-800.0, -30.0, -2.0, 0.0, 0.5, 34.0, 300.0, 800.0]


@pytest.mark.parametrize(("text", "meaning"), CASES, ids=[text for text, _ in CASES])
def test_values_and_slopes(text: str, meaning: Callable[[Any], Any]) -> None:
    kernel = dc.compile(text)
    assert kernel.check(points=24)
    for x in PLACES:
        with mp.workdps(900):
            truths = [meaning(mp.mpf(x)), mp.diff(meaning, mp.mpf(x), h=mp.mpf(10) ** -200)]
        value, (slope,) = kernel.value_and_grad(x)
        for got, truth in zip((value, slope), truths, strict=True):
            assert got == pytest.approx(float(truth), rel=1e-14, abs=1e-300), x


@pytest.mark.parametrize(("text", "meaning"), CASES, ids=[text for text, _ in CASES])
def test_a_generated_module_has_no_second_look(text: str, meaning: Callable[[Any], Any]) -> None:
    torch = pytest.importorskip("torch")
    scope: dict[str, Any] = {}
    exec(dc.compile(text).source_for("torch"), scope)
    x = torch.tensor(PLACES, dtype=torch.float64, requires_grad=True)
    scope["f"](x).sum().backward()
    for place, slope in zip(PLACES, x.grad.tolist(), strict=True):
        with mp.workdps(900):
            truth = mp.diff(meaning, mp.mpf(place), h=mp.mpf(10) ** -200)
        assert slope == pytest.approx(float(truth), rel=1e-13, abs=1e-300), place
