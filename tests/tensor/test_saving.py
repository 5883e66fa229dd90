"""Hooks for saved tensors, checkpoints, anomaly mode."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AnomalyError, AutogradError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def test_hooks_pack_once_per_save_and_unpack_at_every_use():
    packed, unpacked = [], []

    def pack(t):
        packed.append(t.tolist())
        return t.numpy().copy()

    def unpack(a):
        unpacked.append(a.tolist())
        return dc.tensor(a)

    x = leaf(2.0)
    with dc.saved_tensors_hooks(pack, unpack):
        y = (x * x).sum()
    assert packed == [[2.0], [2.0]]
    y.backward(retain_graph=True)
    y.backward()
    assert unpacked == [[2.0]] * 4
    assert x.grad.tolist() == [8.0]


def test_hooks_nest_and_end():
    seen = []
    x = leaf(2.0)
    with dc.saved_tensors_hooks(lambda t: seen.append("outer") or t, lambda t: t):
        with dc.saved_tensors_hooks(lambda t: seen.append("inner") or t, lambda t: t):
            x.exp()
        x.exp()
    x.exp()
    assert seen == ["inner", "outer"]


def test_a_hook_must_not_change_its_input():
    with (
        dc.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t),
        pytest.raises(AutogradError, match="pack hook is modifying its input in place"),
    ):
        leaf(2.0).exp()


def test_an_unpack_hook_must_return_a_tensor():
    with dc.saved_tensors_hooks(lambda t: 1, lambda t: 1):
        y = leaf(2.0).exp()
    with pytest.raises(TypeError, match="expected to be a Tensor but got result of type int"):
        y.sum().backward()


def test_hooks_can_be_forbidden_and_values_are_saved_all_the_same():
    x, hooks = leaf(2.0), dc.saved_tensors_hooks(lambda t: t, lambda t: t)
    with dc.disable_saved_tensors_hooks("not here"):
        y = x * x  # as in PyTorch: only hooks are refused
        with pytest.raises(AutogradError, match="not here"):
            hooks.__enter__()
    y.sum().backward()
    assert x.grad.tolist() == [4.0]
    with hooks, pytest.raises(AutogradError, match="nor here"):
        dc.disable_saved_tensors_hooks("nor here").__enter__()
    with hooks:
        leaf(2.0).exp()


def test_checkpoint():
    calls = []

    def block(x, w):
        calls.append(1)
        return (x * w).tanh().exp()

    x, w = leaf(0.5, 1.0), leaf(2.0)
    y = dc.checkpoint(block, x, w, use_reentrant=False)
    y.sum().backward()
    mine = x.grad.tolist(), w.grad.tolist()
    assert len(calls) == 2
    x.grad = w.grad = None
    block(x, w).sum().backward()
    assert (x.grad.tolist(), w.grad.tolist()) == mine


def test_checkpoint_to_second_order():
    x = leaf(0.5, 1.0)
    (g,) = dc.grad(dc.checkpoint(lambda x: x**3, x).sum(), x, create_graph=True)
    (h,) = dc.grad(g.sum(), x)
    np.testing.assert_allclose(h.tolist(), [3.0, 6.0])


def test_anomaly_names_op_formula_numbers_and_line():
    x = leaf(-1.0, 4.0)
    with dc.detect_anomaly():
        y = x.sqrt().sum()  # the line that is named
        with (
            pytest.warns(UserWarning, match="the line that is named"),
            pytest.raises(AnomalyError) as caught,
        ):
            y.backward()
    text = str(caught.value)
    assert "Function 'SqrtBackward' returned nan values in its 0th output." in text
    assert r"\sqrt{x}" in text
    assert "the line that is named" in text
    assert "saved value 0: [nan 2.]" in text


def test_anomaly_mode_ends():
    with dc.set_detect_anomaly(True):
        pass
    x = leaf(-1.0)
    x.sqrt().sum().backward()
    assert np.isnan(x.grad.item())
    with dc.detect_anomaly(check_nan=False):
        x.sqrt().sum().backward()
