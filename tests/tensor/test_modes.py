"""no_grad, enable_grad, set_grad_enabled, inference_mode: blocks, decorators, threads."""

from __future__ import annotations

import threading

import pytest

import derivc as dc
from derivc.errors import AutogradError, DerivcError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def test_blocks():
    x = leaf(1.0)
    with dc.no_grad():
        assert not (x * 2).requires_grad
        with dc.enable_grad():
            assert (x * 2).requires_grad
        assert not dc.is_grad_enabled()
    assert dc.is_grad_enabled()


@pytest.mark.parametrize(
    "make",
    [lambda: dc.no_grad, lambda: dc.no_grad(), lambda: dc.set_grad_enabled(False)],
    ids=range(3),
)
def test_decorators(make):
    @make()
    def double(x):
        return x * 2

    assert not double(leaf(1.0)).requires_grad
    assert dc.is_grad_enabled()
    assert double.__name__ == "double"


def test_generators_enter_the_mode_for_every_step():
    @dc.no_grad()
    def steps():
        seen = yield dc.is_grad_enabled()
        yield seen, dc.is_grad_enabled()

    generator = steps()
    assert next(generator) is False
    assert dc.is_grad_enabled()
    assert generator.send("sent") == ("sent", False)
    assert dc.is_grad_enabled()


def test_set_grad_enabled_at_once_and_as_a_block():
    dc.set_grad_enabled(False)
    assert not dc.is_grad_enabled()
    dc.set_grad_enabled(True)
    with dc.set_grad_enabled(False):
        assert not dc.is_grad_enabled()
    assert dc.is_grad_enabled()


def test_an_error_inside_restores_the_mode():
    with pytest.raises(ZeroDivisionError), dc.no_grad():
        raise ZeroDivisionError
    assert dc.is_grad_enabled()


def test_modes_belong_to_threads():
    seen = []
    with dc.no_grad():
        thread = threading.Thread(target=lambda: seen.append(dc.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_threads_do_not_disturb_each_other():
    def work(k, found):
        x = dc.tensor([float(k)] * 50, requires_grad=True)
        for _ in range(20):
            x.grad = None
            (x.exp() * x.sin()).sum().backward()
        found[k] = x.grad.tolist()[0]

    alone, together = {}, {}
    for k in range(4):
        work(k, alone)
    threads = [threading.Thread(target=work, args=(k, together)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alone == together


def test_threads_add_to_one_leaf():
    x = leaf(1.0, 2.0)

    def work():
        for _ in range(300):
            (x * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad.tolist() == [1200.0, 1200.0]


def test_a_leaf_made_under_no_grad_still_requires_grad():
    with dc.no_grad():
        x = leaf(1.0)
    assert x.requires_grad


def test_no_grad_allows_updates_of_leaves():
    x = leaf(1.0, 2.0)
    with dc.no_grad():
        x -= 0.5
    assert x.tolist() == [0.5, 1.5]
    assert x._version == 1
    assert x.is_leaf


def test_inference_mode():
    x = leaf(1.0)
    with dc.inference_mode():
        y = x * 2
        assert dc.is_inference_mode_enabled()
    assert not y.requires_grad
    with pytest.raises(DerivcError, match="Inference tensors cannot be saved for backward"):
        x * y
    with pytest.raises(AutogradError, match="Inplace update to inference tensor"):
        y.add_(1)
    with pytest.raises(AutogradError, match="inference tensor outside InferenceMode"):
        y.requires_grad_()


def test_backward_switches_nothing_on():
    x = leaf(1.0)
    y = (x * x).sum()
    with dc.no_grad():
        y.backward()
        assert not dc.is_grad_enabled()
    assert x.grad.tolist() == [2.0]
