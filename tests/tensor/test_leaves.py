"""Leaves, `.grad` and accumulation: the rules and messages that PyTorch users know."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import derivc as dc
from derivc.errors import AutogradError, DerivcError


def leaf(*numbers):
    return dc.tensor(list(numbers), requires_grad=True)


def test_only_floats_can_require_grad():
    with pytest.raises(AutogradError, match="Only Tensors of floating point and complex dtype"):
        dc.tensor([1, 2], requires_grad=True)
    with pytest.raises(AutogradError, match="only Tensors of floating point"):
        dc.tensor([1, 2]).requires_grad_()
    x = leaf(1.0, 2.0)
    assert not (x > 1).requires_grad
    assert not x.to(int).requires_grad or x.to(int).dtype.kind != "i"


def test_leaf_means_no_grad_fn():
    x = leaf(1.0)
    assert x.is_leaf
    assert x.grad_fn is None
    y = x * 2
    assert not y.is_leaf
    assert y.grad_fn.name() == "MulBackward"
    assert (dc.tensor([1.0]) * 2).is_leaf


def test_results_under_no_grad_are_leaves():
    with dc.no_grad():
        y = leaf(1.0) * 2
    assert y.is_leaf
    assert not y.requires_grad


def test_grad_of_a_non_leaf_warns_and_is_none():
    y = leaf(1.0) * 2
    with pytest.warns(UserWarning, match="that is not a leaf Tensor is being accessed"):
        assert y.grad is None


def test_retain_grad():
    x = leaf(1.0, 2.0)
    y = x * 3
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad
    (y**2).sum().backward()
    assert y.grad.tolist() == [6.0, 12.0]
    assert not x.retains_grad
    x.retain_grad()
    assert not x.retains_grad
    with pytest.raises(AutogradError, match="can't retain_grad on Tensor that has requires_grad"):
        dc.tensor(1.0).retain_grad()


def test_second_backward_adds_in_place():
    x = leaf(1.0, 2.0)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first
    assert first.tolist() == [5.0, 5.0]


@pytest.mark.filterwarnings("ignore:Using backward:UserWarning")
def test_second_backward_with_create_graph_makes_a_new_grad():
    x = leaf(1.0, 2.0)
    (x**2).sum().backward(create_graph=True)
    first = x.grad
    (x**2).sum().backward(create_graph=True)
    assert x.grad is not first
    assert x.grad.grad_fn is not None


def test_gradients_of_one_cotangent_do_not_share_memory():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (a + b).sum().backward()
    a.grad._array += 5
    assert b.grad.tolist() == [1.0, 1.0]


def test_the_users_gradient_is_not_kept():
    x = leaf(1.0, 2.0)
    given = dc.tensor([1.0, 1.0])
    (x + 0).backward(given)
    given._array[:] = 7
    assert x.grad.tolist() == [1.0, 1.0]


def test_assigning_grad_is_checked():
    x = leaf(1.0, 2.0)
    with pytest.raises(AutogradError, match=r"attempting to assign a gradient of size '\[3\]'"):
        x.grad = dc.zeros(3)
    with pytest.raises(TypeError, match="expected to be a Tensor or None but got grad of type int"):
        x.grad = 3
    with pytest.raises(AutogradError, match="can't assign Variable as its own grad"):
        x.grad = x
    with pytest.raises(AutogradError, match="gradient with dtype 'float32'"):
        x.grad = dc.zeros(2, dtype=np.float32)
    x.grad = dc.ones(2)
    x.grad = None
    assert x.grad is None


def test_flag_of_a_non_leaf_cannot_be_changed():
    y = leaf(1.0) * 2
    with pytest.raises(AutogradError, match="you can only change requires_grad flags of leaf"):
        y.requires_grad = False
    assert y.requires_grad_(True) is y


def test_tensor_of_a_tensor_copies_and_warns():
    x = leaf(1.0)
    with pytest.warns(UserWarning, match="To copy construct from a tensor"):
        y = dc.tensor(x)
    assert y.is_leaf
    assert not y.requires_grad
    assert y._array is not x._array


def test_copies_and_pickles_of_leaves_only():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    for again in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert again.requires_grad
        assert again.grad.tolist() == [2.0, 4.0]
    with pytest.raises(AutogradError, match="graph leaves"):
        copy.deepcopy(x * 2)
    with pytest.raises(AutogradError, match="no leaf"):
        pickle.dumps(x * 2)


def test_numpy_of_a_tensor_that_requires_grad():
    x = leaf(1.0)
    for ask in (x.numpy, lambda: np.asarray(x)):
        with pytest.raises(AutogradError, match=r"Use tensor.detach\(\).numpy\(\) instead"):
            ask()
    assert x.detach().numpy() is x._array


def test_conversion_to_numbers():
    x = dc.tensor(2.5, requires_grad=True)
    assert x.item() == 2.5
    with pytest.warns(UserWarning, match="Converting a tensor with requires_grad=True"):
        assert float(x) == 2.5
    with pytest.raises(AutogradError, match="2 elements cannot be converted to Scalar"):
        leaf(1.0, 2.0).item()
    with pytest.raises(AutogradError, match="more than one value is ambiguous"):
        bool(leaf(1.0, 2.0) > 0)


def test_repr():
    x = leaf(1.0, 2.0)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], grad_fn=<MulBackward>)"
    assert repr(dc.tensor([1, 2])) == "tensor([1, 2])"
    assert "dtype=float32" in repr(dc.tensor([1.0], dtype=np.float32))


def test_nodes_can_be_walked():
    x = leaf(1.0)
    y = (x * 2).sin()
    ((mul, index),) = y.grad_fn.next_functions
    assert (mul.name(), index) == ("MulBackward", 0)
    ((end, _),) = mul.next_functions
    assert end.name() == "AccumulateGrad"
    assert end.variable is x


def test_every_node_shows_its_formula():
    x = leaf(1.0, 2.0)
    assert r"\cos" in x.sin().grad_fn.formula
    assert r"\bar{y}" in x.softmax(0).grad_fn.formula
    assert r"\bar{x}" in (x @ x).grad_fn.formula or r"\bar{A}" in (x @ x).grad_fn.formula


def test_tensors_are_made_of_numbers_only():
    for bad in ("text", [[1.0], [1.0, 2.0]], object()):
        with pytest.raises(DerivcError):
            dc.tensor(bad)
    with pytest.raises(TypeError, match=r"dc.tensor\(data"):
        dc.Tensor([1.0])


def test_making_tensors():
    assert dc.zeros(2, 3).shape == (2, 3)
    assert dc.ones((2,), requires_grad=True).requires_grad
    assert dc.full((2,), 1.5).tolist() == [1.5, 1.5]
    assert dc.arange(3).tolist() == [0, 1, 2]
    assert dc.linspace(0, 1, 3).tolist() == [0, 0.5, 1]
    assert dc.eye(2).tolist() == [[1, 0], [0, 1]]
    array = np.ones(2)
    assert dc.from_numpy(array)._array is array
    assert dc.as_tensor(array)._array is array
    assert dc.zeros_like(dc.ones(2)).tolist() == [0, 0]
