"""What may be data: arguments' names, real numbers, shapes that fit; dask must be there."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

import derivc as dc
from derivc.errors import InputTypeError, MissingDependencyError, ShapeError

X = np.linspace(0.0, 3.0, 20)
NEEDS = "needs dask: pip install 'derivc[dask]'"


@pytest.fixture
def k() -> Any:
    return dc.compile("(y - a*exp(-b*x))**2", wrt=["a", "b"])


@pytest.mark.parametrize(
    ("how", "data", "error", "told"),
    [
        ("max", {"x": X}, InputTypeError, "how='max'"),
        ("sum", {}, InputTypeError, "must name arguments"),
        ("sum", {"z": X}, InputTypeError, "must name arguments"),
        ("sum", {"a": X, "b": X, "x": X, "y": X}, InputTypeError, "no parameter"),
        ("sum", {"x": X, "y": X[:-1]}, ShapeError, "do not broadcast"),
        ("sum", {"x": X.astype(complex)}, InputTypeError, "real numbers"),
    ],
)
def test_what_is_refused(k: Any, how: str, data: Any, error: Any, told: str) -> None:
    pytest.importorskip("dask.array", reason=NEEDS)
    with pytest.raises(error, match=told):
        dc.scale.reduce(k, how, data=data)


def test_wrong_kernels_are_refused() -> None:
    pytest.importorskip("dask.array", reason=NEEDS)
    with pytest.raises(ShapeError, match="scalar-valued"):
        dc.scale.reduce(dc.compile(["a*x", "x"]), data={"x": X})
    fixed = dc.compile(lambda w, x: w[0] * x, shapes={"w": (2,)})
    with pytest.raises(ShapeError, match="fixed shape"):
        dc.scale.reduce(fixed, data={"w": X[:2]})


def test_a_missing_dask_is_named(k: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("dask"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependencyError, match=r"pip install 'derivc\[dask\]'"):
        dc.scale.reduce(k, data={"x": X, "y": X})
