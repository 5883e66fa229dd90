"""What tracing leaves behind: nothing. Registries, counters and originals stay as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from tests.functions import housing

COUNTS = {"calls": 0}


def test_registries_keep_their_classes() -> None:
    before, made = dict(housing.REGISTRY), list(housing.Recording.made)
    dc.compile(housing.exponentials, shapes={"x": (3,)})
    dc.compile(housing.distance, shapes={"x": (3,)})
    assert before == housing.REGISTRY
    assert housing.Recording.made == made


def test_named_tuples_are_not_changed() -> None:
    dc.compile(housing.named_tuple, shapes={"x": (2,)})
    assert type(housing.FIXED) is housing.Pair
    assert housing.Pair.wave.__globals__ is vars(housing)


def test_an_object_that_answers_strange_names_with_any_error() -> None:
    class Odd(dict):  # type: ignore[type-arg]
        def __getattr__(self, name: str) -> Any:
            return self[name]

    odd = Odd(a=2.0)
    kernel = dc.compile(lambda x: odd["a"] * np.sum(x), shapes={"x": (2,)})
    assert kernel(np.ones(2)) == 4.0


def test_one_number_in_an_array_has_a_gradient() -> None:
    kernel = dc.compile(lambda x: np.sum(np.atleast_2d(x) ** 2, axis=1), shapes={"x": (3,)})
    point = np.array([1.0, 2.0, 3.0])
    value, slope = kernel.value_and_grad(point)
    assert value == pytest.approx([14.0])
    assert slope == pytest.approx(2 * point)
    assert kernel.hessian(point) == pytest.approx(2 * np.eye(3))


def test_submodules_of_numpys_look_alikes_are_numpys() -> None:
    jnp = pytest.importorskip("jax.numpy")
    kernel = dc.compile(lambda x: jnp.linalg.norm(jnp.sin(x)), shapes={"x": (3,)})
    point = np.array([0.1, 0.2, 0.3])
    assert kernel(point) == pytest.approx(np.linalg.norm(np.sin(point)))
