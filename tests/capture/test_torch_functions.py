"""Functions in PyTorch as people write them: captured, with PyTorch's values and gradients."""

from __future__ import annotations

from typing import Any

import pytest

import derivc as dc
from tests.capture.compared import (
    by_torch,
    drawn,
    exactly,
    flat,
    names_of,
    ordered,
    shapes_of,
)

pytest.importorskip("torch")
from tests.functions import torch_activations, torch_losses, torch_models

MODULES = (torch_activations, torch_losses, torch_models)
CASES = [(f, spec) for module in MODULES for f, spec in module.CASES.items()]


def test_there_are_enough():
    assert len(CASES) >= 120


NAMES = [names_of(f) for f, _ in CASES]
SAMPLE = CASES[::9]


@pytest.mark.parametrize(("function", "spec"), CASES, ids=NAMES)
def test_value_and_gradient_are_pytorchs(function: Any, spec: dict[str, Any]) -> None:
    """What was captured, and its derivative, evaluated to 25 digits."""
    kernel = dc.from_torch(function, shapes=shapes_of(spec))
    point = drawn(spec, 0)
    value, gradient = by_torch(function, point, kernel.inputs)
    found, partials = exactly(kernel, point)
    assert found == pytest.approx(value, rel=1e-9, abs=1e-11)
    assert partials == pytest.approx(gradient, rel=1e-8, abs=1e-10)


def agree(function: Any, spec: dict[str, Any]) -> None:
    kernel = dc.from_torch(function, shapes=shapes_of(spec))
    for seed in range(3):
        point = drawn(spec, seed)
        value, gradient = by_torch(function, point, kernel.inputs)
        found, partials = kernel.value_and_grad(*ordered(kernel, point))
        assert float(found) == pytest.approx(value, rel=1e-9, abs=1e-11)
        assert flat(partials) == pytest.approx(gradient, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize(("function", "spec"), SAMPLE, ids=[names_of(f) for f, _ in SAMPLE])
def test_compiled_too(function: Any, spec: dict[str, Any]) -> None:
    agree(function, spec)


@pytest.mark.slow
@pytest.mark.parametrize(("function", "spec"), CASES, ids=NAMES)
def test_every_one_compiled(function: Any, spec: dict[str, Any]) -> None:
    agree(function, spec)
