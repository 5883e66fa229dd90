"""Calling `backward` and `grad`: what is allowed, what comes out, what is said when it cannot."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError, FreedGraphError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def test_only_one_number_has_an_implicit_gradient():
    x = leaf(1.0, 2.0)
    with pytest.raises(AutogradError, match="only for scalar outputs"):
        (x * 2).backward()
    (x.sum() * 2).reshape(1, 1).backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_the_gradient_must_have_the_shape():
    x = leaf(1.0, 2.0)
    with pytest.raises(AutogradError, match="Mismatch in shape: grad_output"):
        (x * 2).backward(dc.ones(3))
    (x * 2).backward(dc.tensor([1, 2]))
    assert x.grad.tolist() == [2.0, 4.0]


def test_nothing_to_differentiate():
    with pytest.raises(AutogradError, match="element 0 of tensors does not require grad"):
        dc.tensor(1.0).backward()


def test_second_pass_through_a_freed_graph():
    x = leaf(1.0, 2.0)
    y = (x.exp() * x).sum()
    y.backward()
    with pytest.raises(FreedGraphError, match="backward through the graph a second time"):
        y.backward()


def test_a_graph_that_saved_nothing_can_be_used_twice():
    x = leaf(1.0, 2.0)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_retain_graph():
    x = leaf(1.0, 2.0)
    y = (x**2).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4.0, 8.0]


def test_inputs_limits_where_gradients_go():
    x, w = leaf(2.0), leaf(3.0)
    y = x * w
    (y * y).sum().backward(inputs=[w])
    assert x.grad is None
    assert w.grad.tolist() == [24.0]
    with pytest.raises(AutogradError, match="cannot be empty"):
        (x * 2).sum().backward(inputs=[])


def test_inputs_may_be_no_leaf():
    x = leaf(2.0)
    y = x * 3
    y.retain_grad()
    (y * y).sum().backward(inputs=y)
    assert y.grad.tolist() == [12.0]
    assert x.grad is None


def test_several_roots_add_up():
    x = leaf(2.0)
    dc.backward([x.sum() * 2, (x * x).sum()])
    assert x.grad.tolist() == [6.0]
    x.grad = None
    y = x.sum()
    dc.backward([y, y])
    assert x.grad.tolist() == [2.0]
    with pytest.raises(AutogradError, match="got 2 tensors and 1 gradients"):
        dc.backward([y, y], [dc.tensor(1.0)])


def test_grad_does_not_touch_grad():
    x = leaf(2.0)
    (g,) = dc.grad((x**3).sum(), x)
    assert g.tolist() == [12.0]
    assert x.grad is None


def test_unused_inputs():
    x, z = leaf(2.0), leaf(1.0)
    y = x.sum()
    with pytest.raises(AutogradError, match="index 1 appears to not have been used in the graph"):
        dc.grad(y, [x, z])
    assert dc.grad(y, [x, z], allow_unused=True)[1] is None
    assert dc.grad(y, [x, z], materialize_grads=True)[1].tolist() == [0.0]
    with pytest.raises(ValueError, match="Expected allow_unused to be True or not passed"):
        dc.grad(y, [x, z], materialize_grads=True, allow_unused=False)
    with pytest.raises(AutogradError, match="does not require grad"):
        dc.grad(y, dc.tensor(1.0))


def test_grad_by_itself_is_the_seed():
    y = leaf(2.0) * 3
    (g,) = dc.grad(y, y, dc.tensor([5.0]))
    assert g.tolist() == [5.0]


def test_grad_of_a_dict():
    x = leaf(2.0)
    found = dc.grad((x**2).sum(), {"weight": x})
    assert found["weight"].tolist() == [4.0]


def test_batched_gradients():
    x = leaf(1.0, 2.0)
    (rows,) = dc.grad(x**2, x, dc.eye(2), is_grads_batched=True)
    assert rows.tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_every_order():
    x = dc.tensor(1.5, requires_grad=True)
    y = x**5
    for k in range(1, 6):
        (y,) = dc.grad(y, x, create_graph=True)
        expected = np.prod(np.arange(5, 5 - k, -1)) * 1.5 ** (5 - k)
        assert y.item() == pytest.approx(expected, rel=1e-14)


def test_create_graph_warns_of_the_cycle():
    x = leaf(1.0)
    with pytest.warns(UserWarning, match="will create a reference cycle"):
        (x * x).sum().backward(create_graph=True)


def test_hooks_of_tensors():
    x = leaf(1.0, 2.0)
    seen = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()))
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    assert x.grad.tolist() == [20.0, 20.0]
    assert seen == [[20.0, 20.0]]
    handle.remove()
    (x * 1).sum().backward()
    assert len(seen) == 1
    with pytest.raises(AutogradError, match="cannot register a hook on a tensor that doesn't"):
        dc.tensor(1.0).register_hook(print)


def test_hooks_of_nodes():
    x = leaf(1.0, 2.0)
    y = (x * 2).sum()
    node = y.grad_fn.next_functions[0][0]
    node.register_prehook(lambda outputs: (outputs[0] * 3,))
    node.register_hook(lambda inputs, outputs: (inputs[0] + 1,))
    y.backward()
    assert x.grad.tolist() == [7.0, 7.0]


def test_hook_after_accumulation():
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 4).sum().backward()
    assert seen == [4.0]
    with pytest.raises(AutogradError, match="non-leaf"):
        (x * 1).register_post_accumulate_grad_hook(print)


def test_a_deep_graph_needs_no_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1e-9
    y.sum().backward()
    assert x.grad.tolist() == [1.0]


@pytest.mark.slow
def test_a_very_deep_graph_needs_no_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(300_000):
        y = y.sin()
    y.sum().backward()
    assert np.isfinite(x.grad.item())


def test_a_deep_graph_is_freed_without_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y.sin()
    end = weakref.ref(y.grad_fn)
    del y
    assert end() is None


def test_graphs_are_freed_without_the_collector():
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        y = x.exp()
        z = (y * y).softmax(0).sum()
        ends = [weakref.ref(t.grad_fn) for t in (y, z)]
        z.backward()
        del y, z
        assert [end() for end in ends] == [None, None]
    finally:
        gc.enable()


def test_leaves_are_freed_without_the_collector():
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        x.register_hook(lambda g: g)
        (x.exp() * x).sum().backward()
        end = weakref.ref(x)
        del x
        assert end() is None
    finally:
        gc.enable()


def test_saved_values_are_freed_on_the_way():
    x = leaf(1.0, 2.0)
    y = x.exp()
    node = y.grad_fn
    y.sum().backward()
    assert node.saved is None


def test_zero_cotangents_do_not_meet_infinities():
    x = leaf(-1.0, 0.0, 4.0)
    dc.where(x > 0, dc.sqrt(x), 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.25]
    x = leaf(float("nan"), 4.0)
    dc.where(dc.isnan(x), 0.0, dc.sqrt(x) * x).sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]
    x = leaf(0.0, 2.0)
    (dc.log(x) * dc.tensor([0.0, 1.0])).masked_fill(x == 0, 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.5]


def test_zero_cotangents_do_not_hide_second_derivatives():
    x = dc.tensor(0.0, requires_grad=True)
    (g,) = dc.grad((x.sin() ** 2), x, create_graph=True)
    assert g.item() == 0.0
    (h,) = dc.grad(g, x)
    assert h.item() == pytest.approx(2.0)
