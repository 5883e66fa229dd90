"""Threads: the same results, however many share an array."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import derivc as dc
from derivc.native import function
from derivc.options import processors

pytestmark = pytest.mark.usefixtures("needs_compiler")


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
@pytest.mark.parametrize("size", [1, 63, 4095, 100_001])
def test_results_do_not_depend_on_threads(threads: int, size: int, monkeypatch) -> None:
    monkeypatch.setattr(function, "worth", lambda plan: 64)
    x = np.linspace(-3, 800, size)
    one = dc.compile("exp(x)/exp(x - 1) + sin(x)", backend="c", threads=1).value_and_grad(x)
    many = dc.compile("exp(x)/exp(x - 1) + sin(x)", backend="c", threads=threads)
    found = many.value_and_grad(x)
    np.testing.assert_array_equal(found[0], one[0])
    np.testing.assert_array_equal(found[1][0], one[1][0])


def test_calls_from_several_threads() -> None:
    k = dc.compile("sin(x)*exp(-x**2)", backend="c")
    x = np.linspace(-3, 3, 50_000)
    expected, wrong = k.value_and_grad(x), []

    def run() -> None:
        for _ in range(20):
            found = k.value_and_grad(x)
            if not (np.array_equal(found[0], expected[0]) and k(1.0) == k(1.0)):
                wrong.append(found)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_default_is_what_the_process_may_use(monkeypatch) -> None:
    most = processors()
    assert dc.compile("x + 1", backend="c").native("value").record.threads == most
    monkeypatch.setenv("DERIVC_NUM_THREADS", "1")
    assert processors() == 1
    monkeypatch.setenv("DERIVC_NUM_THREADS", "1000")
    assert processors() == most
