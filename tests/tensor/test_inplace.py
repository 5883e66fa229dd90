"""Changes in place, version counters and views."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError, InplaceError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def test_a_leaf_that_requires_grad_is_protected():
    x = leaf(1.0, 2.0)
    with pytest.raises(InplaceError, match="a leaf Variable that requires grad is being used"):
        x.add_(1)
    with pytest.raises(InplaceError, match="a view of a leaf Variable that requires grad"):
        x[0] = 3.0
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda y: y.add_(1),
        lambda y: y.mul_(3),
        lambda y: y.__imul__(y.clone()),
        lambda y: y.exp_(),
        lambda y: y.sigmoid_(),
        lambda y: y.clamp_(1.5, 3.0),
        lambda y: y.__setitem__(0, 5.0),
        lambda y: y.__setitem__(slice(1, None), y[:1] * 2),
        lambda y: y.__setitem__([0, 0], dc.tensor([7.0, 8.0])),
        lambda y: y.__setitem__(y > 3, 0.0),
        lambda y: y.zero_(),
        lambda y: y.copy_(dc.tensor([3.0, 4.0])),
        lambda y: y[0].mul_(4.0),
        lambda y: y.reshape(2, 1)[1].exp_(),
        lambda y: y.view(1, 2).T.add_(1.0),
    ],
    ids=range(15),
)
def test_against_pytorch(change):
    torch = pytest.importorskip("torch")
    import sys

    x, y = leaf(1.0, 2.0), None
    y = x * 2
    change(y)
    (y * y).sum().backward()
    module = sys.modules[__name__]
    original, module.dc = dc, torch
    try:
        tx = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
        torch.set_default_dtype(torch.float64)
        ty = tx * 2
        change(ty)
        (ty * ty).sum().backward()
    finally:
        module.dc = original
        torch.set_default_dtype(torch.float32)
    assert y.tolist() == pytest.approx(ty.tolist(), rel=1e-14)
    assert x.grad.tolist() == pytest.approx(tx.grad.tolist(), rel=1e-14)


def test_versions_are_checked():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = (y * y).sum()
    y.add_(1)
    with pytest.raises(InplaceError, match="is at version 1; expected version 0"):
        z.backward()


def test_a_change_through_a_detached_alias_is_noticed():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = y.sum()
    y.detach().zero_()
    with pytest.raises(InplaceError, match="modified by an inplace operation"):
        z.backward()


def test_a_change_through_data_is_not():
    x = leaf(1.0, 2.0)
    y = x.exp()
    z = y.sum()
    y.data.zero_()
    z.backward()
    assert x.grad.tolist() == [0.0, 0.0]


def test_views_follow_their_base():
    x = leaf(1.0, 2.0)
    y = x * 1
    part = y[0]
    y.mul_(3)
    assert part.item() == 3.0
    part.backward()
    assert x.grad.tolist() == [3.0, 0.0]


def test_the_base_follows_its_views():
    x = leaf(1.0, 2.0)
    y = x * 1
    y[0].mul_(5)
    assert y.grad_fn.name() == "CopySlices"
    y.sum().backward()
    assert x.grad.tolist() == [5.0, 1.0]


def test_second_derivatives_through_a_view():
    x = leaf(1.0, 2.0)
    y = x * 1
    y[0].pow_(3)
    (g,) = dc.grad((y * y).sum(), x, create_graph=True)
    assert g.tolist() == pytest.approx([6.0, 4.0])
    (h,) = dc.grad(g.sum(), x)
    assert h.tolist() == pytest.approx([30.0, 2.0])


def test_filling_a_buffer():
    x = leaf(1.0, 2.0)
    buffer = dc.zeros(3)
    buffer[1:] = x * x
    assert buffer.requires_grad
    buffer.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_expanded_memory_cannot_be_written():
    x = dc.ones(1).expand(3)
    with pytest.raises(AutogradError, match="more than one element of the written-to tensor"):
        x.add_(1)


def test_shape_and_dtype_stay():
    with pytest.raises(ValueError, match="doesn't match the broadcast shape"):
        dc.ones(2).add_(dc.ones(3, 2))
    with pytest.raises(AutogradError, match="can't be cast to the desired output type"):
        dc.tensor([1, 2]).add_(0.5)
    y = dc.tensor(np.ones(2, np.float32))
    y += dc.ones(2)
    assert y.dtype == np.float32


def test_detach_():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.detach_()
    assert y.is_leaf
    assert not y.requires_grad
    with pytest.raises(AutogradError, match="Can't detach views in-place"):
        (x * 2)[0].detach_()


def test_a_view_made_under_no_grad_is_not_changed():
    y = leaf(1.0, 2.0) * 1
    with dc.no_grad():
        part = y[0]
    with pytest.raises(InplaceError, match="A view was created in no_grad mode"):
        part.add_(1)


def test_out_is_refused():
    x = leaf(1.0)
    with pytest.raises(AutogradError, match="don't support automatic differentiation"):
        np.sin(x, out=np.zeros(1))


def test_views_of_a_buffer_join_the_graph_with_it():
    x = leaf(1.0, 2.0)
    buffer = dc.zeros(2)
    view = buffer.reshape(-1)
    assert not view.requires_grad
    buffer[0] = x[1] * 3
    assert view.requires_grad
    view.sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]


def test_values_with_leading_ones_are_written():
    x = leaf(1.0, 2.0)
    y = dc.zeros(2)
    y[...] = (x * 2)[None, None]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
