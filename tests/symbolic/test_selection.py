"""Masks: what x[x > 0] selects is traced, although its length differs from point to point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import TraceError

POINTS = [
    np.array([0.7, -1.5, 2.5, 0.1]),
    np.array([-0.2, -3.0, 1.75, 4.0]),
    np.array([1.0, 2.0, 3.0, 4.0]),
]


def clipped(x: Any) -> Any:
    y = x.copy()
    y[y < 0] = 0
    return y.sum()


def scaled(x: Any) -> Any:
    y = x**2
    y[x > 1] *= 3
    y[x < 0] -= x[x < 0]
    return y.sum()


def pieces(x: Any) -> Any:
    y = np.empty_like(x)
    m = x > 0
    y[m] = np.sqrt(x[m]) + 1
    y[~m] = -2 * x[~m]
    return y @ y


def summed(x: Any) -> Any:
    return np.sum(x[x > 0] ** 2) - 3 * x[x <= 0].sum()


def statistics(x: Any) -> Any:
    m = x > 0
    chosen = x[m]
    return chosen.mean() + np.prod(x[m]) + np.max(chosen) - chosen.min() + x[m].std()


def spread(x: Any) -> Any:
    return np.std(x[x > 0], ddof=1) + np.var(x[x > 0], ddof=1) + x[x > 0].std(ddof=1)


def indices(x: Any) -> Any:
    y = 2 * x
    (i,) = np.where(x > 1)
    y[i] = 3 * x[i]
    j = np.flatnonzero(x < 0)
    return y.sum() + np.sum(np.abs(x[j]))


def counts(x: Any) -> Any:
    return np.count_nonzero(x > 0) * x[0] + x[x > 0].size * np.sum(x > 1)


def norms(x: Any) -> Any:
    chosen = x[np.abs(x) > 0.5]
    return np.linalg.norm(chosen) + np.dot(chosen, chosen) + np.clip(chosen, -1, 1).sum()


def bounded(x: Any) -> Any:
    y = x.copy()
    y[np.abs(y) > 1] = np.sign(y[np.abs(y) > 1])
    return np.any(x[x > 0] > 3) + y.sum()


FUNCTIONS = [clipped, scaled, pieces, summed, statistics, spread, indices, counts, norms, bounded]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_masked_function_is_traced(function: Any) -> None:
    kernel = dc.compile(function, shapes={"x": (4,)})
    for point in POINTS:
        assert kernel(point) == pytest.approx(float(function(point)), rel=1e-13)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_its_gradient_is_that_of_what_is_selected(function: Any) -> None:
    kernel = dc.compile(function, shapes={"x": (4,)})
    for point in POINTS[:2]:
        assert kernel.grad(point) == pytest.approx(differences(function, point), abs=1e-7)


def differences(function: Any, point: Any) -> Any:
    steps = np.eye(len(point)) * 1e-6
    return [(function(point + s) - function(point - s)) / 2e-6 for s in steps]


REFUSED = {
    "length": (lambda x: len(x[x > 0]), "how many elements"),
    "loop": (lambda x: sum(v for v in x[x > 0]), "goes through"),
    "element": (lambda x: x[x > 0][0], "indexes what a mask selects"),
    "masks": (lambda x: (x[x > 0] + x[x > 1]).sum(), "different masks"),
    "array": (lambda x: (x[x > 0] * x).sum(), "another array"),
    "sort": (lambda x: np.sort(x[x > 0]).sum(), "np.sort"),
    "places": (lambda x: len(np.where(x > 0)[0]), "at how many places"),
    "option": (lambda x: np.sum(x[x > 0], initial=2.0), "initial="),
    "attribute": (lambda x: x[x > 0].shape, "`shape`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_needs_the_number_is_refused(case: str) -> None:
    function, told = REFUSED[case]
    with pytest.raises(TraceError, match="differs from point to point") as caught:
        dc.compile(function, shapes={"x": (4,)})
    assert told in str(caught.value)


def test_what_one_mask_selects_fits_no_other_place() -> None:
    def misplaced(x: Any) -> Any:
        y = x.copy()
        y[x > 1] = x[x > 0]
        return y.sum()

    with pytest.raises(TraceError, match=r"y\[x > 1\] = x\[x > 0\]"):
        dc.compile(misplaced, shapes={"x": (4,)})
