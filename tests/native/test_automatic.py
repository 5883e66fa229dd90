"""backend="auto": NumPy first, native when it pays, NumPy for good when it cannot be had."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import derivc as dc
from derivc.errors import NativeError
from derivc.native import automatic


def test_many_calls_make_it_native(needs_compiler) -> None:
    k = dc.compile("x*exp(-x)", backend="auto")
    call, expected = k.value, dc.compile("x*exp(-x)")(0.5)
    for _ in range(automatic.ENOUGH // automatic.CALL - 5):
        assert k.value(0.5) == pytest.approx(expected, rel=1e-15)
    assert call.backend == "numpy"
    for _ in range(10):
        k.value(0.5)
    call.wait()
    assert call.backend == "c"
    assert k.value(0.5) == pytest.approx(expected, rel=1e-15)


def test_one_large_array_makes_it_native(needs_compiler) -> None:
    k = dc.compile("x*exp(-2*x)", backend="auto")
    x = np.linspace(0, 1, automatic.ENOUGH)
    first = k.value(x=x)
    k.value.wait()
    assert k.value.backend == "c"
    np.testing.assert_allclose(k(x), first, rtol=1e-14)


def test_a_failure_leaves_numpy_working(monkeypatch) -> None:
    def fail(*_):
        raise NativeError("no luck")

    k = dc.compile("x*exp(-3*x)", backend="auto")
    monkeypatch.setattr(type(k), "native", fail)
    monkeypatch.setattr(automatic, "ENOUGH", 1)
    assert k(0.0) == 0.0
    k.value.wait()
    assert (k.value.backend, k.value.problem) == ("numpy", "no luck")
    assert k(0.0) == 0.0


def test_calls_do_not_wait_for_the_compiler(monkeypatch) -> None:
    hold, begun = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        hold.wait(20)
        raise NativeError("after all")

    k = dc.compile("x*exp(-4*x)", backend="auto")
    monkeypatch.setattr(type(k), "native", slow)
    monkeypatch.setattr(automatic, "ENOUGH", 1)
    k(1.0)
    assert begun.wait(20)
    assert k(0.0) == 0.0 and k.grad(0.0) == (1.0,)  # neither has to wait
    assert k.value.backend == "numpy"
    hold.set()
    k.value.wait()
