"""Every declared elementwise op as a function of tensors, against PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

import derivc as dc
from derivc.ops import registry

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'derivc[torch]'")

pytestmark = pytest.mark.filterwarnings("ignore:reduction:UserWarning")

# Where PyTorch is the less accurate one, or calls the op otherwise.
LOOSE = {"hardsigmoid": 1e-7, "digamma": 1e-9, "trigamma": 1e-9, "lgamma": 1e-9}
OTHERWISE = {"threshold", "zeta", "heaviside", "polygamma", "mvlgamma", "clamp"}
CONSTANT = {
    "gammainc": {0}, "gammaincc": {0}, "hinge_embedding_loss": {1}, "soft_margin_loss": {1},
    "margin_ranking_loss": {2},
}  # fmt: skip
SHAPES = [((2, 3), (3,)), ((3, 1), (4,)), ((), ()), ((0,), ()), ((2, 1, 3), (2, 1))]


def counterpart(op):
    found = torch
    for part in (op.also.torch or "missing").split(".")[1:]:
        found = getattr(found, part, None)
    return found if callable(found) else None


OPS = [
    op
    for op in registry.all_ops()
    if counterpart(op) and "boolean" not in op.tags and op.name not in OTHERWISE
]


def arguments(op, shapes, dtype=np.float64):
    rng = np.random.default_rng(len(op.name))
    count = op.arity - len(op.defaults)
    if "loss" in op.tags:
        shapes = (shapes[0],) * 2
    found = [rng.uniform(0.1, 0.9, shapes[min(i, 1)]).astype(dtype) for i in range(count)]
    if op.name == "hinge_embedding_loss":
        found[1] = np.where(found[1] > 0.5, 1, -1).astype(dtype)
    if op.name == "acosh":
        found[0] = found[0] + dtype(1.5)
    if op.name == "where":
        found[0] = found[0] > 0.5
    return found


def leaves(op, arrays, make):
    constant = CONSTANT.get(op.name, set())
    return [
        make(a, requires_grad=bool(a.dtype != bool) and i not in constant)
        for i, a in enumerate(arrays)
    ]


def compare(op, arrays, rtol):
    mine, his = leaves(op, arrays, dc.tensor), leaves(op, arrays, torch.tensor)
    y, z = getattr(dc, op.name)(*mine), counterpart(op)(*his)
    close(y, z, rtol)
    if z.requires_grad and op.name != "floor_divide":
        seed = np.random.default_rng(5).normal(size=tuple(z.shape)).astype(arrays[0].dtype)
        seed = seed if seed.dtype.kind == "f" else seed.astype(y.dtype)
        y.backward(dc.tensor(seed.astype(y.dtype)))
        z.backward(torch.tensor(seed.astype(y.dtype)))
        for a, b in zip(mine, his, strict=True):
            if b.grad is not None:
                close(a.grad, b.grad, 10 * rtol)
            elif a.grad is not None:
                assert not np.any(a.grad.numpy())


def close(mine, his, rtol):
    expected = his.detach().numpy()
    assert mine.shape == expected.shape
    assert mine.dtype == expected.dtype
    np.testing.assert_allclose(mine.detach().numpy(), expected, rtol=rtol, atol=rtol * 1e-2)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_value_and_gradient(op, shapes):
    if op.name == "prelu" and shapes[1] not in ((3,), ()):
        pytest.skip("PyTorch's prelu has one weight per channel")
    compare(op, arguments(op, shapes), LOOSE.get(op.name, 1e-12))


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_single_precision(op):
    compare(op, arguments(op, SHAPES[0], np.float32), 2e-5)


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_method_and_function_agree(op):
    arrays = arguments(op, SHAPES[0])
    first, *rest = leaves(op, arrays, dc.tensor)
    if op.name == "where":  # the method takes the condition first, as PyTorch's
        (a, b) = rest
        np.testing.assert_array_equal(a.where(first, b).detach(), dc.where(first, a, b).detach())
    elif hasattr(type(first), op.name):
        one, two = getattr(first, op.name)(*rest), getattr(dc, op.name)(first, *rest)
        np.testing.assert_array_equal(one.detach().numpy(), two.detach().numpy())


def test_missing_derivative_is_an_error_of_the_backward_pass():
    a = dc.tensor(0.5, requires_grad=True)
    y = dc.gammainc(a, 2.0)
    with pytest.raises(NotImplementedError, match="gammainc: a"):
        y.backward()


def test_digamma_is_right_where_pytorch_is_not():
    import mpmath

    for x in (0.7, 3.3, 19.5):
        with mpmath.workdps(30):
            truth = float(mpmath.digamma(x))
        assert dc.digamma(dc.tensor(x)).item() == pytest.approx(truth, rel=4e-16)


def test_float32_and_double_give_what_pytorch_gives():
    pairs = [(np.float32, np.float64), (np.float32, np.float32), (np.int64, np.float32)]
    for one, two in pairs:
        for shapes in (((3,), (3,)), ((3,), ()), ((), (3,)), ((), ())):
            a, b = np.ones(shapes[0], one), np.ones(shapes[1], two)
            expected = (torch.tensor(a) * torch.tensor(b)).numpy().dtype
            assert (dc.tensor(a) * dc.tensor(b)).dtype == expected, (one, two, shapes)


def test_gradients_have_the_dtype_of_their_input():
    a = dc.tensor(np.ones(3, np.float32), requires_grad=True)
    b = dc.tensor(np.ones(3), requires_grad=True)
    (a * b).sum().backward()
    assert a.grad.dtype == np.float32
    assert b.grad.dtype == np.float64


def test_a_raised_flag_gives_the_stable_form_its_turn():
    import mpmath

    for value in (5.0, 300.0, 800.0, -800.0):
        x = dc.tensor(value, requires_grad=True)
        dc.tanh(x).backward()
        with mpmath.workdps(400):
            truth = float(mpmath.sech(value) ** 2)
        assert x.grad.item() == pytest.approx(truth, rel=2e-15, abs=0)


@pytest.mark.parametrize("product", [lambda a, b: a * b, lambda a, b: a @ b], ids=["mul", "matmul"])
def test_second_gradients_have_the_dtype_of_their_input(product):
    a = dc.tensor(np.full((2, 2), 0.5, np.float32), requires_grad=True)
    b = dc.tensor(np.full((2, 2), 1.5), requires_grad=True)
    first = dc.grad((product(a, b) ** 2).sum(), [a, b], create_graph=True)
    second = dc.grad(sum((g * g).sum() for g in first), [a, b])
    assert [g.dtype for g in (*first, *second)] == [np.float32, np.float64] * 2
