"""What the tracer takes, and how it refuses the rest: by line, with what to do."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import ShapeError, TraceError

PAIR = {"x": (2,)}


def refusal(function: Any, shapes: Any = None) -> str:
    with pytest.raises(TraceError) as caught:
        dc.compile(function, shapes=shapes)
    return str(caught.value)


def test_a_branch_on_a_value_is_refused_by_its_line() -> None:
    def kinked(x: Any) -> Any:
        if x > 0:
            return x
        return -x

    told = refusal(kinked)
    assert __file__ in told
    assert "`if x > 0:`" in told
    assert "np.where" in told


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sqrt(3) * x[0] - x[1],
        lambda x: np.float64(6) / x[0] + x[1] ** np.float64(2),
        lambda x: np.int64(3) * x[0] - np.float32(2) + x[1],
        lambda x: np.where(np.float64(1) > x[0], np.float64(2) * x[1], x[0]),
        lambda x: np.array([2.0, 3.0])[0] * x[0] + np.pi * x[1],
    ],
    ids=["left", "quotient", "kinds", "where", "element"],
)
def test_numbers_of_numpy_stand_on_either_side(function: Any) -> None:
    point = np.array([0.25, 1.5])
    assert dc.compile(function, shapes=PAIR)(point) == pytest.approx(float(function(point)))


USES_OF_ARRAYS = {
    "iterated": lambda x: sum(v**2 for v in x),
    "unpacked": lambda x: max(*x),
    "indexed": lambda x: x[0] ** 2,
    "measured": lambda x: len(x) * x,
}


@pytest.mark.parametrize("function", USES_OF_ARRAYS.values(), ids=USES_OF_ARRAYS)
def test_a_number_used_as_an_array_asks_for_its_shape(function: Any) -> None:
    assert 'shapes={"x": (n,)}' in refusal(function)


@pytest.mark.parametrize("draw", [np.random.rand, random.random], ids=["numpy", "random"])
def test_random_numbers_are_refused(draw: Any) -> None:
    assert "draws random numbers" in refusal(lambda x: x * draw())


def test_seeded_random_numbers_are_constants() -> None:
    def weighted(x: Any) -> Any:
        np.random.seed(3)  # noqa: NPY002  as many people still write it
        return np.sum(np.random.rand(2) * x)  # noqa: NPY002

    point = np.array([1.0, 2.0])
    assert dc.compile(weighted, shapes=PAIR)(point) == pytest.approx(float(weighted(point)))


def test_a_state_of_the_random_generator_is_kept() -> None:
    state = random.getstate()
    refusal(lambda x: x * np.random.rand())  # noqa: NPY002
    assert random.getstate() == state


def test_a_failure_names_the_line() -> None:
    def wrong(x: Any) -> Any:
        return x + undefined_name  # type: ignore[name-defined]  # noqa: F821

    assert "x + undefined_name" in refusal(wrong)


def test_an_endless_recursion_is_told() -> None:
    def endless(x: Any) -> Any:
        return endless(x) + 1

    assert "recurses too deeply" in refusal(endless)


def test_shapes_of_unknown_arguments_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"the arguments are \(x\)"):
        dc.compile(lambda x: x, shapes={"y": (3,)})


class Model:
    """A function with a state, as people write them."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.calls = 0

    def loss(self, x: Any) -> Any:
        self.calls += 1
        return self.scale * np.sum(x**2)

    def __call__(self, x: Any) -> Any:
        return self.loss(x)


@pytest.mark.parametrize(
    "function",
    [Model(3.0), Model(3.0).loss, partial(lambda a, x: a * np.sum(x**2), 3.0)],
    ids=["object", "method", "partial"],
)
def test_methods_objects_and_partials(function: Any) -> None:
    assert dc.compile(function, shapes=PAIR).grad(np.array([1.0, 2.0])) == pytest.approx([6, 12])


def test_arguments_with_defaults_are_constants() -> None:
    kernel = dc.compile(lambda x, a=2.0: a * math.sin(x))
    assert kernel(1.0) == pytest.approx(2 * math.sin(1))
    assert kernel.inputs == ("x",)


def test_a_refusal_that_the_function_swallows_is_told() -> None:
    def guarded(x: Any) -> Any:
        try:
            if x[0] > 0:
                return x[0]
        except Exception:  # noqa: BLE001, S110  as people write it
            pass
        return x[0] + x[1]

    assert "`if x[0] > 0:`" in refusal(guarded, PAIR)


def test_an_exception_of_its_own_may_be_swallowed() -> None:
    def guarded(x: Any) -> Any:
        try:
            return x[7]
        except IndexError:
            return x[0] * x[1]

    assert dc.compile(guarded, shapes=PAIR)(np.array([2.0, 3.0])) == 6.0


def test_sizes_that_do_not_fit_are_told_as_such() -> None:
    told = refusal(lambda x: x @ np.ones(4), PAIR)
    assert "mismatch" in told
    assert "numbers only" not in told
